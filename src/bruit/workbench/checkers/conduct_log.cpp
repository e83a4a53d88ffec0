#include "bruit/workbench/checkers/conduct_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/basics/quantile.h"

namespace bruit::workbench {
namespace {

constexpr std::uint32_t nobody = ~std::uint32_t{0};

Conduct conduct_of(Lapse kind) {
  switch (kind) {
    case Lapse::malformed:
      return Conduct::malformed_answer;
    case Lapse::stray:
      return Conduct::stray_answer;
    case Lapse::late:
      return Conduct::late_answer;
    case Lapse::untyped:
      return Conduct::untyped_message;
    case Lapse::odd_id:
      return Conduct::odd_id;
    case Lapse::borrowed_name:
      return Conduct::borrowed_name;
    case Lapse::untidy_init_ok:
      return Conduct::untidy_init_ok;
    case Lapse::field_left_out:
      return Conduct::field_left_out;
    case Lapse::no_interpreter_line:
      return Conduct::no_interpreter_line;
  }
  return Conduct::stray_answer;
}

}  // namespace

ConductLog::ConductLog(const TestOptions& options)
    : names_(options.nodes),
      cluster_(cluster_of(options)),
      judges_times_(options.workload == Workload::broadcast),
      held_back_after_(std::max(options.latency, held_back_floor)),
      workers_(options.concurrency) {}

ConductLog::Worker* ConductLog::worker_of(Endpoint client) {
  if (!client.is_client() || cluster_.start_up(client.index())) return nullptr;
  const std::uint32_t number = client.index() - cluster_.first_load_client();
  if (number >= worker_of_client_.size() || worker_of_client_[number] == nobody) return nullptr;
  return &workers_[worker_of_client_[number]];
}

void ConductLog::on_sent(const Packet& packet) {
  if (packet.source.is_client()) {
    const std::uint32_t client = packet.source.index();
    if (!invoking_ || cluster_.start_up(client)) return;
    const std::uint32_t number = client - cluster_.first_load_client();
    if (number >= worker_of_client_.size()) worker_of_client_.resize(number + 1, nobody);
    worker_of_client_[number] = *invoking_;
    invoking_.reset();
    return;
  }
  Worker* const worker = worker_of(packet.destination);
  if (worker != nullptr && worker->asking) worker->answered_at = packet.sent_at;
}

void ConductLog::on_received(const Packet& packet, Time now) {
  if (!packet.source.is_client()) return;
  Worker* const worker = worker_of(packet.source);
  if (worker != nullptr && worker->asking) worker->received_at = now;
}

void ConductLog::on_operation(const Op& op, Time now) {
  if (op.process.is_nemesis()) return;
  if (!started_at_) started_at_ = now - op.time;
  const auto index = cluster_.worker_of(op.process);
  Worker& worker = workers_[index];
  if (op.type == OpType::invoke) {
    worker = {.asking = true, .received_at = {}, .answered_at = {}};
    invoking_ = index;
    return;
  }
  worker.asking = false;
  if (op.type != OpType::ok || !worker.received_at || !worker.answered_at) return;
  auto& answers = answers_.try_emplace(op.f).first->second;
  answers.push_back({cluster_.node_of(op.process), *worker.answered_at - *worker.received_at});
}

void ConductLog::on_lapse(std::optional<std::uint32_t> node, Lapse kind, std::string_view what,
                          Time now) {
  findings_.add(conduct_of(kind), node.value_or(unknown_node), [&] {
    if (!started_at_) return std::string(what);  // there is no time to tell yet
    const auto since = now - *started_at_;
    return fmt::format("at {:.3f} s, {}", std::chrono::duration<double>(since).count(), what);
  });
}

void ConductLog::on_left_behind(std::optional<std::uint32_t> node, std::string_view what) {
  findings_.add(Conduct::process_left_behind, node.value_or(unknown_node),
                [&] { return std::string(what); });
}

void ConductLog::on_fault(const Fault& fault, Time now) {
  if (const auto* kill = std::get_if<Kill>(&fault)) kills_.emplace_back(now, kill->node);
}

std::vector<NodeKilled> ConductLog::kills() const {
  std::vector<NodeKilled> kills;
  for (const auto& [at, node] : kills_) kills.push_back({at - started_at_.value_or(at), node});
  return kills;
}

void ConductLog::add_held_back(Findings& findings, std::string_view f, Conduct conduct) const {
  const auto answers = answers_.find(f);
  if (answers == answers_.end()) return;
  std::vector<std::vector<Duration>> of_node(cluster_.nodes);
  for (const Answer& answer : answers->second) of_node[answer.node].push_back(answer.took);
  for (std::uint32_t node = 0; node < cluster_.nodes; ++node) {
    auto& times = of_node[node];
    std::sort(times.begin(), times.end());
    const auto first = std::lower_bound(times.begin(), times.end(), held_back_after_);
    const auto late = static_cast<std::uint64_t>(times.end() - first);
    if (late < held_back_least ||
        static_cast<double>(late) < held_back_share * static_cast<double>(times.size())) {
      continue;
    }
    findings.add({.conduct = conduct,
                  .node = node,
                  .count = late,
                  .example = fmt::format(
                      "of {} answers to `{}` the median took {:.1f} ms and the last {:.1f} ms from "
                      "the request; expected less than {:.0f} ms",
                      times.size(), f, milliseconds_of(quantile(times, 0.5)),
                      milliseconds_of(times.back()), milliseconds_of(held_back_after_))});
  }
}

Findings ConductLog::findings() const {
  Findings findings = findings_;
  if (judges_times_) {
    add_held_back(findings, "broadcast", Conduct::acknowledgement_held_back);
    add_held_back(findings, "read", Conduct::read_held_back);
  }
  return findings;
}

Edn ConductLog::answer_times() const {
  if (answers_.empty()) return Edn();
  EdnMap map;
  for (const auto& [f, answers] : answers_) {
    std::vector<Duration> times;
    times.reserve(answers.size());
    for (const Answer& answer : answers) times.push_back(answer.took);
    std::sort(times.begin(), times.end());
    EdnMap quantiles;
    for (const double point : {0.5, 0.95, 0.99, 1.0}) {
      // Microseconds are what a clock can tell of a pipe.
      const auto microseconds =
          std::chrono::duration_cast<std::chrono::microseconds>(quantile(times, point));
      const Edn key = point == 1.0 ? Edn(1) : Edn(point);
      quantiles.entries.push_back({key, Edn(static_cast<double>(microseconds.count()) / 1000)});
    }
    map.set(f, std::move(quantiles));
  }
  return map;
}

}  // namespace bruit::workbench
