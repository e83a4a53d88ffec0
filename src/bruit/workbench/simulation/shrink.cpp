#include "bruit/workbench/simulation/shrink.h"

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/network/latency_matrix.h"

namespace bruit::workbench {
namespace {

// Notes what clients did, as a list that does the same again.
class OperationRecorder final : public EventLog {
 public:
  explicit OperationRecorder(const Cluster& cluster) : cluster_(cluster) {}

  void on_operation(const Op& op, Time) override {
    if (op.type != OpType::invoke || op.final) return;
    operations_.push_back(
        {.at = op.time, .client = cluster_.worker_of(op.process), .read = op.f == "read"});
  }
  std::vector<TimedOperation> take() { return std::move(operations_); }

 private:
  Cluster cluster_;
  std::vector<TimedOperation> operations_;
};

// A fault without a node: those behind it move up. Nothing if nothing of the fault remains.
struct WithoutNode {
  std::uint32_t gone;

  std::optional<Fault> operator()(const StartPartition& partition) const {
    StartPartition rest{partition.shape, {}};
    bool any = false;
    for (std::uint32_t node = 0; node < partition.grudge.size(); ++node) {
      if (node == gone) continue;
      rest.grudge.push_back(without(partition.grudge[node]));
      any = any || !rest.grudge.back().empty();
    }
    if (!any) return std::nullopt;
    return rest;
  }
  std::optional<Fault> operator()(const CutLinks& cut) const { return of_links(cut); }
  std::optional<Fault> operator()(const MendLinks& mend) const { return of_links(mend); }
  std::optional<Fault> operator()(const SetLatency& latency) const {
    if (!latency.links) return latency;
    return of_links(SetLatency{without(*latency.links), latency.model});
  }
  std::optional<Fault> operator()(const StallLinks& stall) const {
    if (!stall.links) return stall;
    StallLinks rest{without(*stall.links), stall.duration};
    if (empty(*rest.links)) return std::nullopt;
    return rest;
  }
  template <typename Other>
  std::optional<Fault> operator()(const Other& fault) const {
    if constexpr (requires { fault.message; }) {
      Other moved = fault;
      for (auto* end : {&moved.message.source, &moved.message.destination}) {
        if (*end == gone) return std::nullopt;
        if (*end > gone) --*end;
      }
      return moved;
    } else if constexpr (requires { fault.node; }) {
      if (fault.node == gone) return std::nullopt;
      Other moved = fault;
      if (moved.node > gone) --moved.node;
      return moved;
    } else {
      return fault;
    }
  }

 private:
  std::vector<std::uint32_t> without(const std::vector<std::uint32_t>& nodes) const {
    std::vector<std::uint32_t> rest;
    for (const std::uint32_t node : nodes) {
      if (node != gone) rest.push_back(node > gone ? node - 1 : node);
    }
    return rest;
  }
  Links without(const Links& links) const {
    return {without(links.sources), without(links.destinations), links.both_ways};
  }
  template <typename OfLinks>
  std::optional<Fault> of_links(OfLinks fault) const {
    if constexpr (std::is_same_v<OfLinks, SetLatency>) {
      if (empty(*fault.links)) return std::nullopt;
    } else {
      fault.links = without(fault.links);
      if (empty(fault.links)) return std::nullopt;
    }
    return fault;
  }
  static bool empty(const Links& links) {
    return links.sources.empty() || links.destinations.empty();
  }
};

// The parts of a run that shrink.
struct Candidate {
  std::uint32_t nodes = 0;
  std::uint32_t clients = 0;
  Duration time_limit{};
  Scenario scenario;  // with operations
};

class Shrinker {
 public:
  Shrinker(const SimulationOptions& options,
           const std::function<void(const ShrinkProgress&)>& on_progress,
           const ShrinkLimits& limits)
      : options_(options), on_progress_(on_progress), limits_(limits) {}

  std::optional<Shrunk> run() {
    if (!write_down()) return std::nullopt;
    smaller();
    shorter_load();
    rounder_times();
    smaller();  // other times, other failures
    Shrunk shrunk{.options = options_of(best_),
                  .result = {},
                  .failure = *failure_,
                  .size = progress(),
                  .minimal = !exhausted()};
    shrunk.result = simulate(shrunk.options);
    return shrunk;
  }

 private:
  std::size_t size() const {
    return best_.scenario.faults.size() + best_.scenario.operations->size() + best_.nodes +
           best_.clients;
  }
  void smaller() {
    for (std::size_t before = size() + 1; size() < before && !exhausted();) {
      before = size();
      fewer_faults();
      fewer_operations();
      fewer_nodes();
      fewer_clients();
    }
  }
  bool exhausted() const { return runs_ >= limits_.runs_most; }

  ShrinkProgress progress() const {
    return {.runs = runs_,
            .faults = best_.scenario.faults.size(),
            .operations = best_.scenario.operations->size(),
            .nodes = best_.nodes};
  }

  SimulationOptions options_of(const Candidate& candidate) const {
    SimulationOptions options = options_;
    options.test.nodes = numbered_nodes(candidate.nodes);
    options.test.concurrency = candidate.clients;
    options.test.time_limit = candidate.time_limit;
    options.test.scenario = std::make_shared<const Scenario>(candidate.scenario);
    return options;
  }

  // Whether it fails as the first run did; if so it is the best so far.
  bool accept(Candidate candidate) {
    if (exhausted()) return false;
    ++runs_;
    const bool fails = failure_of(simulate(options_of(candidate))) == failure_;
    if (fails) best_ = std::move(candidate);
    if (on_progress_) on_progress_(progress());
    return fails;
  }

  bool write_down() {
    OperationRecorder operations(cluster_of(options_.test));
    ++runs_;
    failure_ = failure_of(simulate(options_, &operations));
    if (!failure_) return false;
    best_ = {.nodes = static_cast<std::uint32_t>(options_.test.nodes.size()),
             .clients = options_.test.concurrency,
             .time_limit = options_.test.time_limit,
             .scenario = options_.test.scenario != nullptr ? *options_.test.scenario
                                                           : generate_faults(options_.test)};
    if (!best_.scenario.operations) best_.scenario.operations = operations.take();
    return accept(best_);
  }

  // Takes pieces out of list(candidate), half of it first and single items last.
  template <typename List>
  void fewer(List list) {
    const auto count = [&] { return list(best_).size(); };
    for (std::size_t piece = std::max<std::size_t>(count() / 2, 1); count() > 0;) {
      bool any = false;
      // From the end, since what comes later often depends on what was before.
      for (std::size_t end = count(); end > 0 && !exhausted();) {
        const std::size_t begin = end > piece ? end - piece : 0;
        Candidate candidate = best_;
        auto& items = list(candidate);
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin),
                    items.begin() + static_cast<std::ptrdiff_t>(end));
        any = accept(std::move(candidate)) || any;
        end = begin;
      }
      if (exhausted() || (piece == 1 && !any)) return;
      if (piece > 1) piece /= 2;
    }
  }
  void fewer_faults() {
    fewer([](auto& candidate) -> auto& { return candidate.scenario.faults; });
  }
  void fewer_operations() {
    fewer([](auto& candidate) -> auto& { return *candidate.scenario.operations; });
  }

  void fewer_nodes() {
    for (std::uint32_t node = best_.nodes; node-- > 0;) {
      if (best_.nodes > nodes_least()) accept(without_node(node));
    }
  }

  // Every region keeps a node.
  std::uint32_t nodes_least() const {
    const auto& matrix = options_.test.latency_matrix;
    const std::size_t listed = matrix != nullptr ? matrix->regions.size() : 1;
    return std::max(options_.test.regions, static_cast<std::uint32_t>(listed));
  }

  // The clients of the node go with it; the others keep talking to theirs.
  Candidate without_node(std::uint32_t gone) const {
    const std::uint32_t before = best_.nodes;
    const std::uint32_t after = before - 1;
    Candidate candidate{.nodes = after,
                        .clients = (best_.clients + before - 1) / before * after,
                        .time_limit = best_.time_limit,
                        .scenario = {.faults = {}, .operations = std::vector<TimedOperation>()}};
    for (const auto& [at, fault] : best_.scenario.faults) {
      if (auto rest = std::visit(WithoutNode{gone}, fault)) {
        candidate.scenario.faults.push_back({at, *std::move(rest)});
      }
    }
    for (TimedOperation operation : *best_.scenario.operations) {
      const std::uint32_t node = operation.client % before;
      if (node == gone) continue;
      operation.client = operation.client / before * after + (node > gone ? node - 1 : node);
      candidate.scenario.operations->push_back(operation);
    }
    return candidate;
  }

  // One for each node.
  void fewer_clients() {
    if (best_.clients <= best_.nodes) return;
    Candidate candidate = best_;
    candidate.clients = candidate.nodes;
    for (auto& operation : *candidate.scenario.operations) operation.client %= candidate.nodes;
    accept(std::move(candidate));
  }

  // To the second after the last event.
  void shorter_load() {
    Duration last{};
    const Scenario& scenario = best_.scenario;
    if (!scenario.faults.empty()) last = scenario.faults.back().at;
    if (!scenario.operations->empty()) last = std::max(last, scenario.operations->back().at);
    Candidate candidate = best_;
    candidate.time_limit = std::chrono::floor<std::chrono::seconds>(last) + std::chrono::seconds(1);
    if (candidate.time_limit < best_.time_limit) accept(std::move(candidate));
  }

  // All times to the coarsest unit that does; then single ones further.
  void rounder_times() {
    constexpr std::array<Duration, 4> units{std::chrono::seconds(1), std::chrono::milliseconds(100),
                                            std::chrono::milliseconds(10),
                                            std::chrono::milliseconds(1)};
    const auto round_all = [](Candidate& candidate, Duration unit) {
      for (auto& fault : candidate.scenario.faults) fault.at -= fault.at % unit;
      for (auto& operation : *candidate.scenario.operations) operation.at -= operation.at % unit;
    };
    for (const Duration unit : units) {
      Candidate candidate = best_;
      round_all(candidate, unit);
      if (accept(std::move(candidate))) break;
    }
    round_one_by_one(
        [](auto& candidate) -> auto& { return candidate.scenario.faults; }, units);
    round_one_by_one(
        [](auto& candidate) -> auto& { return *candidate.scenario.operations; }, units);
  }
  template <typename List, typename Units>
  void round_one_by_one(List list, const Units& units) {
    for (std::size_t i = 0; i < list(best_).size(); ++i) {
      for (const Duration unit : units) {
        const Duration rounded = list(best_)[i].at - list(best_)[i].at % unit;
        if (rounded == list(best_)[i].at) break;
        if (i > 0 && rounded < list(best_)[i - 1].at) continue;
        Candidate candidate = best_;
        list(candidate)[i].at = rounded;
        if (accept(std::move(candidate))) break;
      }
    }
  }

  const SimulationOptions& options_;
  const std::function<void(const ShrinkProgress&)>& on_progress_;
  ShrinkLimits limits_;
  std::optional<FailureKind> failure_;
  Candidate best_;
  std::uint64_t runs_ = 0;
};

}  // namespace

std::optional<FailureKind> failure_of(const SimulationResult& result) {
  if (result.early_end) return FailureKind{.kind = FailureKind::Kind::early_end};
  for (std::size_t i = 0; i < invariant_count; ++i) {
    if (result.invariants.counts[i] > 0) {
      return FailureKind{.kind = FailureKind::Kind::invariant,
                         .invariant = static_cast<Invariant>(i)};
    }
  }
  if (result.validity == Validity::invalid) return FailureKind{.kind = FailureKind::Kind::invalid};
  return std::nullopt;
}

std::string_view to_string(const FailureKind& failure) {
  switch (failure.kind) {
    case FailureKind::Kind::invariant:
      return to_string(failure.invariant);
    case FailureKind::Kind::invalid:
      return "invalid";
    case FailureKind::Kind::early_end:
      return "ended early";
  }
  return "?";
}

std::optional<Shrunk> shrink(const SimulationOptions& options,
                             const std::function<void(const ShrinkProgress&)>& on_progress,
                             const ShrinkLimits& limits) {
  return Shrinker(options, on_progress, limits).run();
}

}  // namespace bruit::workbench
