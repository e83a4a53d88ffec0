#include "bruit/workbench/engine/clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/network/client_codec.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t load_stream = 2;
constexpr std::uint64_t final_stream = 18;
constexpr std::uint32_t no_worker = UINT32_MAX;

std::string_view request_type(const Operation& operation) {
  return operation.type.empty() ? operation.f : operation.type;
}

}  // namespace

Clients::Clients(const TestOptions& options, WorkloadRules& rules, EventQueue& queue,
                 Network& network, History& history, Propagation& propagation, EventLog* log)
    : options_(options),
      rules_(rules),
      queue_(queue),
      network_(network),
      history_(history),
      propagation_(propagation),
      random_(options.seed, load_stream),
      workers_(options.concurrency),
      cluster_(cluster_of(options)),
      log_(log) {
  constexpr std::size_t operations_at_first = 64;
  history.ops.reserve(operations_at_first);
  for (std::uint32_t i = 0; i < options.concurrency; ++i) {
    workers_[i].process = i;
    free_.push_back(i);
  }
}

void Clients::start(Time now) {
  started_at_ = now;
  ends_at_ = now + options_.time_limit;
  on_generator_due(now);
}

void Clients::on_generator_due(Time now) {
  if (load_over_) return;
  if (options_.scenario != nullptr && options_.scenario->operations) {
    invoke_listed(*options_.scenario->operations, now);
    return;
  }
  if (options_.rate == 0 && now < ends_at_) {  // no operation, but the time passes
    queue_.push(ends_at_, EventKind::generator);
    return;
  }
  if (now >= ends_at_) {
    load_over_ = true;
    return;
  }
  if (free_.empty()) {
    waiting_for_worker_ = true;
    return;
  }
  invoke_next(now);
}

void Clients::invoke_next(Time now) {
  rules_.on_turn(now - started_at_);
  Turn turn = rules_.next(random_, free_);
  const double gap_seconds = random_.unit() * 2 / options_.rate;
  const std::size_t position = turn.worker ? *turn.worker : random_.below(free_.size());
  const std::uint32_t worker = free_[position];
  free_[position] = free_.back();
  free_.pop_back();
  invoke(worker, std::move(turn.operation), false, now);
  const auto gap = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(gap_seconds));
  queue_.push(now + gap, EventKind::generator);
}

void Clients::invoke_listed(const std::vector<TimedOperation>& operations, Time now) {
  for (; next_listed_ < operations.size(); ++next_listed_) {
    const TimedOperation& next = operations[next_listed_];
    if (started_at_ + next.at > now) {
      queue_.push(started_at_ + next.at, EventKind::generator);
      return;
    }
    if (workers_[next.client].busy) {
      workers_[next.client].waiting.push(next);
    } else {
      invoke(next.client, rules_.listed(next), false, now);
    }
  }
}

std::uint32_t Clients::open_client() {
  worker_of_.push_back(no_worker);
  return cluster_.first_load_client() + static_cast<std::uint32_t>(worker_of_.size()) - 1;
}

void Clients::start_final_reads(Time now) {
  free_.clear();
  final_begun_ = now;
  // Which worker comes last decides whose silence :lost shows. Maelstrom takes them at random.
  std::vector<std::uint32_t> order(workers_.size());
  std::iota(order.begin(), order.end(), 0U);
  Random random(options_.seed, final_stream);
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.below(left)]);
  }
  for (const std::uint32_t worker : order) plan_final(worker, now);
}

void Clients::plan_final(std::uint32_t index, Time now) {
  Worker& worker = workers_[index];
  auto next = rules_.final_operation(index, worker.final_steps, now - *final_begun_, random_);
  if (!next) return;
  ++worker.final_steps;
  if (next->wait == Duration::zero()) {
    invoke(index, std::move(next->operation), true, now);
    return;
  }
  worker.final_next = std::move(next->operation);
  ++final_waiting_;
  queue_.push(now + next->wait, EventKind::final_operation, index);
}

void Clients::on_final_due(std::uint32_t index, Time now) {
  --final_waiting_;
  Operation operation = *std::exchange(workers_[index].final_next, std::nullopt);
  invoke(index, std::move(operation), true, now);
}

void Clients::invoke(std::uint32_t index, Operation operation, bool final, Time now) {
  Worker& worker = workers_[index];
  if (worker.client < 0) {
    worker.client = cluster_.first_load_client() + static_cast<std::int64_t>(worker_of_.size());
    worker.next_msg_id = 1;
    worker.given_up.clear();
    worker_of_.push_back(index);
  }
  worker.busy = true;
  worker.final = final && rules_.marks_final_reads();
  worker.operation = std::move(operation);
  ++outstanding_;
  ++invoked_;
  add_op(index, OpType::invoke, worker.operation.value, {}, now);
  if (const auto unasked = rules_.begin(index, worker.operation)) {
    complete(index, unasked->type, worker.operation.value, {}, now);
  } else {
    ask(index, now);
  }
}

// Sends the request that the worker's operation has come to.
void Clients::ask(std::uint32_t index, Time now) {
  Worker& worker = workers_[index];
  worker.msg_id = worker.next_msg_id++;
  ++worker.token;
  network_.send(now, Endpoint::client(static_cast<std::uint32_t>(worker.client)),
                Endpoint::node(cluster_.node_of_worker(index)),
                rules_.request(worker.operation, worker.msg_id));
  queue_.push(now + rules_.timeout(), EventKind::request_timeout, index, worker.token);
}

void Clients::on_reply(Packet&& packet, Time now) {
  const std::uint32_t number = packet.destination.index() - cluster_.first_load_client();
  if (number >= worker_of_.size()) return;
  const std::uint32_t index = worker_of_[number];
  Worker& worker = workers_[index];
  if (!worker.busy || worker.client != packet.destination.index()) {
    report_stray(worker, packet, now);
    return;
  }
  if (auto* direct = std::get_if<Reply>(&packet.payload)) {
    if (direct->in_reply_to != worker.msg_id) return;
    if (direct->kind == Reply::Kind::error) {
      take_error(index, {.code = direct->error_code, .text = ""}, now);
    } else {
      complete(index, OpType::ok, rules_.direct_result(worker.operation, std::move(*direct)), {},
               now);
    }
    return;
  }
  const auto* body = std::get_if<JsonBody>(&packet.payload);
  if (body == nullptr) return;
  auto decoded = decode_reply(
      *body, fmt::format("{}_ok", request_type(worker.operation)),
      [&](const boost::json::object& fields) { return rules_.result(worker.operation, fields); });
  if (!decoded || decoded->in_reply_to != worker.msg_id) {
    report_stray(worker, packet, now);
    return;
  }
  if (const auto* bad = std::get_if<BadReply>(&decoded->content)) {
    if (log_ != nullptr) {
      log_->on_lapse(packet.source.node_index(), Lapse::malformed,
                     fmt::format("to `{}`: {}: {}", request_type(worker.operation), bad->reason,
                                 excerpt(body->text)),
                     now);
    }
    complete(index, OpType::info, Nil{}, EdnVector{{Edn::keyword("malformed-reply"), bad->reason}},
             now);
  } else if (const auto* error = std::get_if<ErrorReply>(&decoded->content)) {
    take_error(index, *error, now);
  } else {
    OpValue& value = std::get<OpValue>(decoded->content);
    if (rules_.go_on(index, worker.operation, value)) {
      ask(index, now);
    } else {
      complete(index, OpType::ok, std::move(value), {}, now);
    }
  }
}

// A message to a client that does not answer what it waits for.
void Clients::report_stray(const Worker& worker, const Packet& packet, Time now) const {
  const auto* body = std::get_if<JsonBody>(&packet.payload);
  if (log_ == nullptr || body == nullptr) return;
  const std::uint32_t client = packet.destination.index();
  const auto answered = in_reply_to_of(*body);
  const auto request = answered ? static_cast<std::uint64_t>(*answered) : 0;
  const std::string expected = worker.busy
                                   ? fmt::format("c{} waits for in_reply_to {} (`{}`)", client,
                                                 worker.msg_id, request_type(worker.operation))
                                   : fmt::format("c{} waits for nothing", client);
  auto kind = Lapse::stray;
  std::string what;
  if (worker.client != client) {
    kind = Lapse::late;
    what = fmt::format(
        "to c{}, which has gone without an answer; Maelstrom would hear nothing of this node from "
        "here on",
        client);
  } else if (std::find(worker.given_up.begin(), worker.given_up.end(), request) !=
             worker.given_up.end()) {
    kind = Lapse::late;
    what = fmt::format("to request {} of c{}, which had given it up", request, client);
  } else if (!answered) {
    what =
        fmt::format("{}, and {}",
                    body->fields->contains("in_reply_to") ? "with an in_reply_to that is no integer"
                                                          : "without in_reply_to",
                    expected);
  } else if (request >= 1 && request < worker.next_msg_id) {
    what = fmt::format("request {} of c{} once more, and {}", request, client, expected);
  } else {
    what = fmt::format("in_reply_to {} is no request of c{}, and {}", *answered, client, expected);
  }
  log_->on_lapse(packet.source.node_index(), kind, what + ": " + excerpt(body->text), now);
}

void Clients::take_error(std::uint32_t index, const ErrorReply& error, Time now) {
  const std::string_view name = maelstrom::to_string(error.code);
  if (!rules_.understands_errors()) {
    complete(index, OpType::info, Nil{},
             Edn(fmt::format("indeterminate: {}, \"{}\"", name, error.text.value_or(""))), now);
    return;
  }
  const bool did_not_happen =
      rules_.is_idempotent(workers_[index].operation) || maelstrom::is_definite(error.code);
  complete(index, did_not_happen ? OpType::fail : OpType::info, Nil{},
           EdnVector{{Edn::keyword(name), error.text ? Edn(*error.text) : Edn()}}, now);
}

void Clients::on_timeout(std::uint32_t index, std::uint64_t token, Time now) {
  Worker& worker = workers_[index];
  if (!worker.busy || worker.token != token) return;
  worker.given_up.push_back(worker.msg_id);
  if (!rules_.understands_errors()) {
    complete(index, OpType::info, Nil{}, Edn("indeterminate: Client read timeout"), now);
    return;
  }
  complete(index, rules_.is_idempotent(worker.operation) ? OpType::fail : OpType::info, Nil{},
           Edn::keyword("net-timeout"), now);
}

void Clients::complete(std::uint32_t index, OpType type, OpValue value, Edn error, Time now) {
  Worker& worker = workers_[index];
  if (type == OpType::ok) {
    const auto* added = std::get_if<ElementId>(&worker.operation.value);
    if (added != nullptr) propagation_.acknowledged(*added, now);
    if (auto* list = std::get_if<ElementList>(&value)) {
      *list = worker.last_read = ElementList::continuing(worker.last_read, *list);
    }
  } else {
    // What a client does not know, its history entry repeats from the invocation.
    value = worker.operation.value;
  }
  add_op(index, type, std::move(value), std::move(error), now);
  worker.busy = false;
  --outstanding_;
  if (type == OpType::info) {
    worker.process += static_cast<std::int64_t>(workers_.size());
    worker.client = -1;
    rules_.on_process_retired(index);
  }
  if (!worker.waiting.empty()) {
    invoke(index, rules_.listed(worker.waiting.pop()), false, now);
    return;
  }
  if (final_begun_) {
    plan_final(index, now);
    return;
  }
  free_.push_back(index);
  if (std::exchange(waiting_for_worker_, false)) on_generator_due(now);
}

void Clients::add_op(std::uint32_t index, OpType type, OpValue value, Edn error, Time now) {
  const Worker& worker = workers_[index];
  history_.ops.push_back({.index = history_.ops.size(),
                          .time = now - started_at_,
                          .type = type,
                          .process = {worker.process},
                          .f = std::string(worker.operation.f),
                          .value = std::move(value),
                          .error = std::move(error),
                          .final = worker.final,
                          .more = worker.operation.more});
  if (log_ != nullptr) log_->on_operation(history_.ops.back(), now);
}

}  // namespace bruit::workbench
