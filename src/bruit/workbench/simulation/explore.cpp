#include "bruit/workbench/simulation/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/workbench/basics/parallel.h"

namespace bruit::workbench {
namespace {

// With more nodes a single deviation has thousands of variants.
constexpr std::size_t nodes_most = 10;

// What a pattern still lacks.
struct Lacking {
  unsigned deviations = 0;
  bool value = false;

  bool none() const { return deviations == 0 && !value; }
  Lacking after(const Deviation& deviation) const {
    if (deviation.kind() == DeviationKind::value) return {deviations, false};
    return {deviations - 1, value};
  }
};

std::size_t faults_in(const Pattern& pattern) {
  return static_cast<std::size_t>(std::count_if(
      pattern.begin(), pattern.end(),
      [](const Deviation& deviation) { return deviation.kind() != DeviationKind::value; }));
}

void check(const ExploreOptions& options) {
  const TestOptions& test = options.simulation.test;
  const std::size_t nodes = test.nodes.size();
  if (nodes < 2 || nodes > nodes_most) {
    throw std::invalid_argument(
        fmt::format("{} nodes; expected 2 to {}: the search is exhaustive", nodes, nodes_most));
  }
  if (test.latency <= just || test.latency_distribution != LatencyDistribution::constant ||
      test.latency_matrix != nullptr || test.regions > 1 || test.start_spread > Duration::zero()) {
    throw std::invalid_argument(
        "the explorer needs one constant latency above zero on all links, and nodes that start at "
        "once");
  }
  if (options.placements.empty()) {
    throw std::invalid_argument("no placement of values; expected at least one");
  }
}

thread_local const SimulationOptions* running = nullptr;

// Runs patterns of one placement. One for each thread.
class Runner {
 public:
  Runner(const ExploreOptions& options, const Deviations& deviations, Placement placement)
      : all_(options),
        deviations_(deviations),
        options_(options.simulation),
        node_count_(static_cast<std::uint32_t>(options.simulation.test.nodes.size())),
        operations_(operations(placement, node_count_)) {
    options_.test.network = NetworkModel::ideal;
    options_.test.faults_in_history = false;
    options_.only_invariants = true;
    options_.test.concurrency = node_count_;
    options_.test.nodes = numbered_nodes(node_count_);
  }

  std::uint32_t node_count() const { return node_count_; }

  SimulationResult run(const Pattern& pattern, EventLog* log = nullptr) {
    running = &prepare(pattern);
    SimulationResult result = simulate(*running, log);
    running = nullptr;
    return result;
  }

  // The options of this run; valid until the next call.
  const SimulationOptions& prepare(const Pattern& pattern) {
    auto scenario = std::make_shared<Scenario>(
        Scenario{.faults = deviations_.faults(pattern), .operations = operations_});
    auto& listed = *scenario->operations;
    Duration over{};
    for (const Deviation& deviation : pattern) {
      over = std::max(over, deviation.over());
      if (const auto* value = std::get_if<ValuePublished>(&deviation.what)) {
        listed.push_back({.at = deviation.at, .client = value->node});
      }
    }
    if (!listed.empty()) over = std::max(over, listed.back().at);
    options_.test.time_limit = std::chrono::ceil<std::chrono::seconds>(over) + settling_time;
    options_.test.scenario = std::move(scenario);
    options_.expectations.messages =
        all_.messages_most ? *all_.messages_most : default_message_limit(node_count_, pattern);
    return options_;
  }

 private:
  const ExploreOptions& all_;
  const Deviations& deviations_;
  SimulationOptions options_;
  std::uint32_t node_count_;
  std::vector<TimedOperation> operations_;
};

// What comes of a part of the search.
struct Tally {
  explicit Tally(Placement placement, unsigned deviations)
      : summary{.placement = placement,
                .runs_by_deviations = std::vector<std::uint64_t>(deviations + 1),
                .ends = {},
                .failures = {},
                .failing_patterns = {},
                .worst_recovery = {},
                .worst_recovery_of = {},
                .most_messages_of = {}} {}

  PlacementSummary summary;
  std::uint64_t auxiliary_runs = 0;
  std::uint64_t counted = 0;  // patterns that were only counted
  bool cut_short = false;     // by the limit of runs
};

void merge(PlacementSummary& sum, PlacementSummary&& more, std::size_t failing_kept) {
  for (auto& pattern : more.failing_patterns) {
    if (sum.failing_patterns.size() < failing_kept) {
      sum.failing_patterns.push_back(std::move(pattern));
    }
  }
  for (std::size_t i = 0; i < more.runs_by_deviations.size(); ++i) {
    sum.runs_by_deviations[i] += more.runs_by_deviations[i];
  }
  sum.ends.merge(more.ends);
  sum.failing += more.failing;
  for (auto& failure : more.failures) {
    const auto known =
        std::find_if(sum.failures.begin(), sum.failures.end(),
                     [&](const FailureCount& one) { return one.kind == failure.kind; });
    if (known == sum.failures.end()) {
      sum.failures.push_back(std::move(failure));
    } else {
      known->runs += failure.runs;
    }
  }
  sum.died_runs += more.died_runs;
  sum.died += more.died;
  if (more.worst_recovery > sum.worst_recovery) {
    sum.worst_recovery = more.worst_recovery;
    sum.worst_recovery_of = std::move(more.worst_recovery_of);
  }
  if (more.most_messages > sum.most_messages) {
    sum.most_messages = more.most_messages;
    sum.most_messages_of = std::move(more.most_messages_of);
  }
}

// When a part of the search must stop, and who wants to know how far it is.
struct Control {
  std::function<bool()> stopped;
  std::function<void(bool failed)> on_run;
  // If set, gets every pattern that is only counted.
  std::function<void(const Pattern&)> on_counted;
};

// The patterns that begin in one way.
class Walker {
 public:
  enum class Mode : std::uint8_t { judge, count };

  Walker(const ExploreOptions& options, const Deviations& deviations, Placement placement,
         Mode mode)
      : options_(options),
        deviations_(deviations),
        placement_(placement),
        mode_(mode),
        runner_(options, deviations, placement),
        events_(static_cast<std::uint32_t>(options.simulation.test.nodes.size())),
        without_message_(events_) {}

  // All of them that have exactly what `lacking` says besides. At most `runs_most` are judged.
  Tally walk(const Pattern& begin, Lacking lacking, std::uint64_t runs_most,
             const Control& control) {
    BRUIT_CHECK(control.stopped != nullptr);
    tally_.emplace(placement_, options_.deviations);
    control_ = &control;
    runs_left_ = runs_most;
    pattern_ = begin;
    ended_ = false;
    visit(lacking);
    return *std::exchange(tally_, std::nullopt);
  }

  // How a run without deviations can go on, in the order of search; nothing if it fails.
  std::pair<Pattern, Tally> first_choices(Lacking lacking, std::uint64_t runs_most,
                                          const Control& control) {
    tally_.emplace(placement_, options_.deviations);
    control_ = &control;
    runs_left_ = runs_most;
    Pattern next = choices(lacking);
    return {std::move(next), *std::exchange(tally_, std::nullopt)};
  }

 private:
  void visit(Lacking lacking) {
    if (ended_ || control_->stopped()) {
      ended_ = true;
      return;
    }
    if (lacking.none()) {
      judge();
      return;
    }
    const Pattern next = choices(lacking);
    for (const Deviation& deviation : next) {
      pattern_.push_back(deviation);
      visit(lacking.after(deviation));
      pattern_.pop_back();
      if (ended_) return;
    }
  }

  void judge() {
    if (mode_ == Mode::count) {
      ++tally_->counted;
      if (control_->on_counted) control_->on_counted(pattern_);
      return;
    }
    if (may_run()) record(runner_.run(pattern_));
  }

  bool may_run() {
    if (runs_left_ == 0) {
      tally_->cut_short = true;
      ended_ = true;
      return false;
    }
    --runs_left_;
    return true;
  }

  void record(const SimulationResult& result) {
    PlacementSummary& sum = tally_->summary;
    ++sum.runs_by_deviations[faults_in(pattern_)];
    sum.ends.add(result.trace_hash);
    if (result.invariants.died > 0) ++sum.died_runs;
    sum.died += result.invariants.died;
    const auto& recovery = result.invariants.converged_after_last_heal;
    if (recovery > sum.worst_recovery) {
      sum.worst_recovery = recovery;
      sum.worst_recovery_of = pattern_;
    }
    if (result.net.servers.send_count > sum.most_messages) {
      sum.most_messages = result.net.servers.send_count;
      sum.most_messages_of = pattern_;
    }
    const auto failure = failure_in(result);
    if (failure) {
      ++sum.failing;
      count(sum.failures, *failure);
      if (sum.failing_patterns.size() < options_.failing_kept) {
        sum.failing_patterns.push_back(pattern_);
      }
      if (!options_.keep_going) ended_ = true;
    }
    control_->on_run(failure.has_value());
  }

  void count(std::vector<FailureCount>& failures, const FailureKind& kind) const {
    const auto known = std::find_if(failures.begin(), failures.end(),
                                    [&](const FailureCount& one) { return one.kind == kind; });
    if (known == failures.end()) {
      failures.push_back({kind, 1, pattern_});
    } else {
      ++known->runs;
    }
  }

  Pattern choices(Lacking lacking) {
    events_.clear();
    ++tally_->auxiliary_runs;
    const SimulationResult result = runner_.run(pattern_, &events_);
    Pattern next;
    if (mode_ == Mode::judge && failure_in(result)) {
      // Otherwise it was judged before, as a pattern of fewer deviations.
      if (lacking.value && lacking.deviations == 0 && may_run()) record(result);
      return next;
    }
    const KindSet kinds = allowed(lacking);
    std::optional<Place> last;
    if (!pattern_.empty()) last = place_of(pattern_.back());
    Reach reach(options_.reach);
    reach.add(Duration::zero());  // the nodes start
    for (const TimedOperation& operation : operations(placement_, runner_.node_count())) {
      reach.add(operation.at);
    }
    deviations_.add_changes(pattern_, reach);
    deviations_.choices(events_, pattern_, kinds, reach, next);
    if ((kinds & set_of(DeviationKind::hold)) != 0) add_late_messages(reach, last, next);
    std::stable_sort(next.begin(), next.end(), [](const Deviation& a, const Deviation& b) {
      return place_of(a) < place_of(b);
    });
    return next;
  }

  KindSet allowed(Lacking lacking) const {
    KindSet kinds = 0;
    if (lacking.value) kinds |= set_of(DeviationKind::value);
    if (lacking.deviations == 0) return kinds;
    for (const KindLimit& limit : options_.kinds) kinds |= limit.kinds;
    for (const KindLimit& limit : options_.kinds) {
      const auto used = std::count_if(pattern_.begin(), pattern_.end(), [&](const Deviation& one) {
        return (limit.kinds & set_of(one.kind())) != 0;
      });
      if (static_cast<unsigned>(used) >= limit.most) kinds &= static_cast<KindSet>(~limit.kinds);
    }
    return kinds;
  }

  // When a message can be released depends on what its lack brings about.
  void add_late_messages(const Reach& reach, const std::optional<Place>& last, Pattern& next) {
    for (const Arrival& arrival : events_.arrivals()) {
      Deviation late{arrival.at, MessageLate{arrival.message, {}, {}}};
      if (!reach.contains(arrival.at) || (last && place_of(late) <= *last)) continue;
      late.what = MessageLost{arrival.message};
      pattern_.push_back(late);
      without_message_.clear();
      ++tally_->auxiliary_runs;
      runner_.run(pattern_, &without_message_);
      pattern_.pop_back();
      for (const auto& [at, until] : releases(without_message_, arrival)) {
        late.what = MessageLate{arrival.message, at, until};
        next.push_back(late);
      }
    }
  }

  const ExploreOptions& options_;
  const Deviations& deviations_;
  Placement placement_;
  Mode mode_;
  Runner runner_;
  RunEvents events_;
  RunEvents without_message_;
  std::optional<Tally> tally_;
  const Control* control_ = nullptr;
  Pattern pattern_;
  std::uint64_t runs_left_ = 0;
  bool ended_ = false;
};

class Explorer {
 public:
  Explorer(const ExploreOptions& options,
           const std::function<void(const ExploreProgress&)>& on_progress,
           const std::atomic<bool>* stop, Walker::Mode mode)
      : options_(options),
        on_progress_(on_progress),
        stop_(stop),
        mode_(mode),
        deviations_(static_cast<std::uint32_t>(options.simulation.test.nodes.size())) {
    for (const Placement placement : options.placements) {
      tallies_.emplace_back(placement, options.deviations);
      counts_.push_back({placement, std::vector<std::uint64_t>(options.deviations + 1)});
    }
  }

  void run() {
    for (unsigned deviations = 0; deviations <= options_.deviations && !end_; ++deviations) {
      for (std::size_t i = 0; i < options_.placements.size() && !end_; ++i) {
        const bool moves = options_.placements[i] == Placement::moments;
        if (!moves || deviations <= 1) stage(i, {deviations, moves});
      }
    }
  }

  std::vector<PatternCount> counts() { return std::move(counts_); }

  Exploration result() {
    Exploration found;
    found.end = end_.value_or(Exploration::End::complete);
    // Fewest deviations first, then in the order of placements: as they were searched.
    const Pattern* smallest = nullptr;
    Placement placement{};
    for (const Tally& tally : tallies_) {
      found.auxiliary_runs += tally.auxiliary_runs;
      for (const auto& failure : tally.summary.failures) {
        if (smallest != nullptr && faults_in(*smallest) <= faults_in(failure.first)) continue;
        smallest = &failure.first;
        placement = tally.summary.placement;
      }
    }
    if (smallest != nullptr) found.smallest = describe(options_, placement, *smallest);
    for (Tally& tally : tallies_) found.placements.push_back(std::move(tally.summary));
    return found;
  }

 private:
  // All patterns of one placement with so many deviations.
  void stage(std::size_t place, Lacking lacking) {
    place_ = place;
    lacking_ = lacking;
    const Placement placement = options_.placements[place];
    Walker walker(options_, deviations_, placement, mode_);
    if (lacking.none()) {
      begin_stage({Deviation{}}, lacking);
      finish_unit(0, walker.walk({}, lacking, runs_left(), control_of(0)), walker);
    } else {
      begin_stage({}, lacking);
      const Control control = control_of(0);
      auto [first, tally] = walker.first_choices(lacking, runs_left(), control);
      begin_stage(std::move(first), lacking);
      take(0, std::move(tally), walker);
      for_each_index(units_.size(), options_.jobs,
                     [&](std::uint64_t unit) {
                       if (control_of(unit).stopped()) return;
                       Walker own(options_, deviations_, placement, mode_);
                       finish_unit(
                           unit, walk_unit(own, unit, runs_left_at_begin_, control_of(unit)), own);
                     },
                     {});
    }
    merge_rest();
    if (!end_ && interrupted()) end_ = Exploration::End::interrupt;
    show_progress();
  }

  void begin_stage(Pattern units, Lacking lacking) {
    units_ = std::move(units);
    weights_.assign(units_.size(), 1);
    for (unsigned more = 1; more < lacking.deviations + (lacking.value ? 1 : 0); ++more) {
      for (std::size_t i = 0; i < units_.size(); ++i) {
        weights_[i] *= static_cast<double>(units_.size() - i);
      }
    }
    share_done_ = 0;
    lacking_ = lacking;
    next_unit_ = 0;
    waiting_.clear();
    first_failing_ = UINT64_MAX;
    runs_left_at_begin_ = runs_left();
  }

  Tally walk_unit(Walker& walker, std::uint64_t unit, std::uint64_t runs_most,
                  const Control& control) const {
    const Deviation& first = units_[unit];
    return walker.walk({first}, lacking_.after(first), runs_most, control);
  }

  std::uint64_t runs_left() const {
    std::uint64_t done = 0;
    for (const Tally& tally : tallies_) done += tally.summary.runs();
    return options_.runs_most - std::min(done, options_.runs_most);
  }

  bool interrupted() const { return stop_ != nullptr && *stop_; }

  Control control_of(std::uint64_t unit) {
    return {.stopped = [this, unit] { return interrupted() || ended_ || first_failing_ < unit; },
            .on_run =
                [this, unit](bool failed) {
                  if (failed) {
                    ++failing_;
                    if (!options_.keep_going) {
                      std::uint64_t known = first_failing_;
                      while (unit < known && !first_failing_.compare_exchange_weak(known, unit)) {
                      }
                    }
                  }
                  constexpr std::uint64_t runs_between_words = 256;
                  if (++runs_ % runs_between_words != 0 || !mutex_.try_lock()) return;
                  const std::scoped_lock lock(std::adopt_lock, mutex_);
                  show_progress();
                },
            .on_counted = {}};
  }

  void finish_unit(std::uint64_t unit, Tally&& tally, Walker& walker) {
    const std::scoped_lock lock(mutex_);
    share_done_ += weights_[unit];
    waiting_.emplace(unit, std::move(tally));
    // In order, so that it makes no difference who was first.
    while (!waiting_.empty() && waiting_.begin()->first == next_unit_ && !interrupted()) {
      take(waiting_.begin()->first, std::move(waiting_.begin()->second), walker);
      waiting_.erase(waiting_.begin());
      ++next_unit_;
    }
    show_progress();
  }

  // Once interrupted, all that there is counts.
  void merge_rest() {
    if (!interrupted()) return;
    for (auto& [unit, tally] : waiting_) {
      if (!end_) add(std::move(tally));
    }
    waiting_.clear();
  }

  void take(std::uint64_t unit, Tally&& tally, Walker& walker) {
    if (end_) return;
    const std::uint64_t left = runs_left();
    const std::uint64_t runs = tally.summary.runs();
    if (runs > left && unit < units_.size()) {
      // It did not know what those before it would need.
      const Control control{
          .stopped = [this] { return interrupted(); }, .on_run = [](bool) {}, .on_counted = {}};
      tally = walk_unit(walker, unit, left, control);
    }
    if (tally.summary.failing > 0 && !options_.keep_going) {
      end_ = Exploration::End::first_failure;
    } else if (tally.cut_short) {
      end_ = Exploration::End::limit;
    }
    add(std::move(tally));
    ended_ = end_.has_value();
  }

  void add(Tally&& tally) {
    counts_[place_].by_deviations[lacking_.deviations] += tally.counted;
    tallies_[place_].auxiliary_runs += tally.auxiliary_runs;
    merge(tallies_[place_].summary, std::move(tally.summary), options_.failing_kept);
  }

  void show_progress() {
    if (!on_progress_) return;
    const double all = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    on_progress_({.placement = options_.placements[place_],
                  .deviations = lacking_.deviations,
                  .runs = runs_,
                  .failing = failing_,
                  .share = all > 0 ? share_done_ / all : 1});
  }

  const ExploreOptions& options_;
  const std::function<void(const ExploreProgress&)>& on_progress_;
  const std::atomic<bool>* stop_;
  Walker::Mode mode_;
  Deviations deviations_;
  std::vector<Tally> tallies_;  // by placement
  std::vector<PatternCount> counts_;
  std::optional<Exploration::End> end_;

  // Of the stage.
  std::size_t place_ = 0;  // of the placement
  Lacking lacking_;
  Pattern units_;  // first deviations
  std::vector<double> weights_;
  std::uint64_t runs_left_at_begin_ = 0;

  std::atomic<std::uint64_t> runs_ = 0;
  std::atomic<std::uint64_t> failing_ = 0;
  std::atomic<std::uint64_t> first_failing_ = UINT64_MAX;  // unit
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;  // guards what follows, and tallies_, counts_ and end_ in a stage
  std::map<std::uint64_t, Tally> waiting_;
  std::uint64_t next_unit_ = 0;
  double share_done_ = 0;
};

// Of what type each message was, as nodes write it.
class MessageTypes final : public EventLog {
 public:
  void on_sent(const Packet& packet) override {
    if (!packet.source.is_node() || !packet.destination.is_node()) return;
    const auto link = std::pair(packet.source.index(), packet.destination.index());
    std::string body;
    if (const auto* message = std::get_if<core::Message>(&packet.payload)) {
      maelstrom::append_broadcast_members(*message, body);
    } else if (const auto* json = std::get_if<JsonBody>(&packet.payload)) {
      body = json->text;
    }
    types_[link].push_back(type_in(body));
  }

  std::string type_of(const NthMessage& message) const {
    const auto found = types_.find({message.source, message.destination});
    if (found == types_.end() || found->second.size() < message.number) return {};
    return found->second[message.number - 1];
  }

 private:
  static std::string type_in(const std::string& body) {
    constexpr std::string_view key = "\"type\":\"";
    const std::size_t at = body.find(key);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size();
    return body.substr(begin, body.find('"', begin) - begin);
  }

  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::string>> types_;
};

}  // namespace

std::vector<KindLimit> any_kind(unsigned deviations) {
  KindSet all = 0;
  for (const DeviationKind kind : fault_kinds) all |= set_of(kind);
  return {{all, deviations}};
}

std::uint64_t default_message_limit(std::uint32_t node_count, std::span<const Deviation> pattern) {
  constexpr std::uint64_t at_least = 40;
  constexpr std::uint64_t often_s = 20;
  constexpr std::uint64_t often_per_s = 5;
  std::uint64_t on_each_link = at_least;
  for (const Deviation& deviation : pattern) {
    if (deviation.kind() == DeviationKind::value) continue;
    const auto broken = std::chrono::ceil<std::chrono::seconds>(deviation.over() - deviation.at);
    const auto seconds = static_cast<std::uint64_t>(broken.count());
    const std::uint64_t often = std::min(seconds, often_s);
    on_each_link += at_least + often * often_per_s + (seconds - often);
  }
  return std::uint64_t{node_count} * (node_count - 1) * on_each_link;
}

std::optional<FailureKind> failure_in(const SimulationResult& result) {
  const auto failure = failure_of(result);
  if (failure && failure->kind == FailureKind::Kind::invalid) return std::nullopt;
  return failure;
}

std::uint64_t PlacementSummary::runs() const {
  return std::accumulate(runs_by_deviations.begin(), runs_by_deviations.end(), std::uint64_t{0});
}

std::uint64_t Exploration::runs() const {
  std::uint64_t sum = 0;
  for (const auto& placement : placements) sum += placement.runs();
  return sum;
}

std::uint64_t Exploration::failing() const {
  std::uint64_t sum = 0;
  for (const auto& placement : placements) sum += placement.failing;
  return sum;
}

Exploration explore(const ExploreOptions& options,
                    const std::function<void(const ExploreProgress&)>& on_progress,
                    const std::atomic<bool>* stop) {
  check(options);
  Explorer explorer(options, on_progress, stop, Walker::Mode::judge);
  explorer.run();
  return explorer.result();
}

const SimulationOptions* run_in_progress() { return running; }

std::vector<PatternCount> count_patterns(
    const ExploreOptions& options, const std::function<void(const ExploreProgress&)>& on_progress,
    const std::atomic<bool>* stop) {
  check(options);
  Explorer explorer(options, on_progress, stop, Walker::Mode::count);
  explorer.run();
  return explorer.counts();
}

void list_patterns(const ExploreOptions& options,
                   const std::function<bool(Placement, const Pattern&)>& on_pattern) {
  check(options);
  const Deviations deviations(static_cast<std::uint32_t>(options.simulation.test.nodes.size()));
  bool goes_on = true;
  for (unsigned count = 0; count <= options.deviations && goes_on; ++count) {
    for (const Placement placement : options.placements) {
      const bool moves = placement == Placement::moments;
      if (moves && count > 1) continue;
      Walker walker(options, deviations, placement, Walker::Mode::count);
      const Control control{
          .stopped = [&] { return !goes_on; },
          .on_run = {},
          .on_counted = [&](const Pattern& pattern) { goes_on = on_pattern(placement, pattern); }};
      walker.walk({}, {count, moves}, UINT64_MAX, control);
    }
  }
}

FoundPattern describe(const ExploreOptions& options, Placement placement, const Pattern& pattern) {
  const Deviations deviations(static_cast<std::uint32_t>(options.simulation.test.nodes.size()));
  Runner runner(options, deviations, placement);
  MessageTypes types;
  const SimulationResult result = runner.run(pattern, &types);
  FoundPattern found{.placement = placement,
                     .deviations = pattern,
                     .options = runner.prepare(pattern),
                     .words = {},
                     .what = {}};
  found.options.only_invariants = options.simulation.only_invariants;
  found.options.test.faults_in_history = options.simulation.test.faults_in_history;
  for (const Deviation& deviation : pattern) {
    found.words.push_back(deviations.describe(
        deviation, [&](const NthMessage& message) { return types.type_of(message); }));
  }
  if (result.early_end) {
    found.what = result.early_end->reason;
  } else if (!result.invariants.told.empty()) {
    const Violation& first = result.invariants.told.front();
    found.what = fmt::format("{}: {}", to_string(first.invariant), first.what);
  }
  return found;
}

}  // namespace bruit::workbench
