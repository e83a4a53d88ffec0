#include "bruit/workbench/clients.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "bruit/workbench/client_codec.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t load_stream = 2;

// Maelstrom's echo workload says "Please echo 0" to "Please echo 127".
constexpr std::uint64_t echo_numbers = 128;

bool is_read(Request::Kind kind) { return kind == Request::Kind::read; }

std::string_view operation_name(Request::Kind kind) {
  if (kind == Request::Kind::echo) return "echo";
  return is_read(kind) ? "read" : "broadcast";
}

// The value of an invocation.
OpValue value_of(const Request& request) {
  if (request.kind == Request::Kind::echo) return EdnText{echo_text(request)};
  if (is_read(request.kind)) return Nil{};
  return request.element;
}

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(text));
}

}  // namespace

Clients::Clients(const TestOptions& options, EventQueue& queue, Network& network, History& history,
                 Propagation& propagation, std::uint32_t first_client, EventLog* log)
    : options_(options),
      queue_(queue),
      network_(network),
      history_(history),
      propagation_(propagation),
      random_(options.seed, load_stream),
      workers_(options.concurrency),
      first_client_(first_client),
      log_(log) {
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
  auto kind = Request::Kind::echo;
  if (options_.workload == Workload::broadcast) {
    kind = random_.chance(0.5) ? Request::Kind::read : Request::Kind::broadcast;
  }
  const double gap_seconds = random_.unit() * 2 / options_.rate;
  const std::size_t position = random_.below(free_.size());
  const std::uint32_t worker = free_[position];
  free_[position] = free_.back();
  free_.pop_back();
  invoke(worker, kind, false, now);
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
    const auto kind = next.read ? Request::Kind::read : Request::Kind::broadcast;
    if (workers_[next.client].busy) {
      workers_[next.client].waiting.push(kind);
    } else {
      invoke(next.client, kind, false, now);
    }
  }
}

void Clients::start_final_reads(Time now) {
  free_.clear();
  for (std::uint32_t i = 0; i < workers_.size(); ++i) invoke(i, Request::Kind::read, true, now);
}

void Clients::invoke(std::uint32_t index, Request::Kind kind, bool final, Time now) {
  Worker& worker = workers_[index];
  if (worker.client < 0) {
    worker.client = first_client_ + static_cast<std::int64_t>(worker_of_.size());
    worker.next_msg_id = 1;
    worker_of_.push_back(index);
  }
  worker.busy = true;
  worker.final = final;
  worker.request = {.kind = kind, .msg_id = worker.next_msg_id++, .element = 0};
  if (kind == Request::Kind::broadcast) {
    const fmt::format_int text(next_value_++);
    worker.request.element = history_.elements.intern({text.data(), text.size()});
  } else if (kind == Request::Kind::echo) {
    worker.request.element = static_cast<ElementId>(random_.below(echo_numbers));
  }
  ++outstanding_;
  ++invoked_;
  ++worker.token;
  add_op(index, OpType::invoke, value_of(worker.request), {}, now);
  network_.send(now, Endpoint::client(static_cast<std::uint32_t>(worker.client)),
                Endpoint::node(index % static_cast<std::uint32_t>(options_.nodes.size())),
                worker.request);
  queue_.push(now + client_timeout, EventKind::request_timeout, index, worker.token);
}

void Clients::on_reply(Packet&& packet, Time now) {
  const std::uint32_t number = packet.destination.index() - first_client_;
  if (number >= worker_of_.size()) return;
  const std::uint32_t index = worker_of_[number];
  Worker& worker = workers_[index];
  if (!worker.busy || worker.client != packet.destination.index()) return;  // late

  Reply reply;
  std::string error_text;
  std::string echoed;
  if (auto* direct = std::get_if<Reply>(&packet.payload)) {
    reply = std::move(*direct);
  } else if (const auto* body = std::get_if<JsonBody>(&packet.payload)) {
    auto decoded = decode_reply(worker.request.kind, body->text, history_.elements);
    if (!decoded || decoded->in_reply_to != worker.request.msg_id) return;
    if (const auto* bad = std::get_if<BadReply>(&decoded->content)) {
      complete(index, OpType::info, Nil{}, "[:malformed-reply " + quoted(bad->reason) + "]", now);
      return;
    }
    reply = std::move(std::get<Reply>(decoded->content));
    reply.in_reply_to = decoded->in_reply_to;
    error_text = std::move(decoded->error_text);
    echoed = std::move(decoded->echoed);
  }
  if (reply.in_reply_to != worker.request.msg_id) return;

  if (reply.kind == Reply::Kind::error) {
    const bool did_not_happen =
        is_read(worker.request.kind) || maelstrom::is_definite(reply.error_code);
    complete(index, did_not_happen ? OpType::fail : OpType::info, Nil{},
             fmt::format("[:{} {}]", maelstrom::to_string(reply.error_code), quoted(error_text)),
             now);
  } else if (is_read(worker.request.kind)) {
    complete(index, OpType::ok, std::move(reply.elements), {}, now);
  } else if (worker.request.kind == Request::Kind::echo) {
    complete(index, OpType::ok, EdnText{std::move(echoed)}, {}, now);
  } else {
    propagation_.acknowledged(worker.request.element, now);
    complete(index, OpType::ok, worker.request.element, {}, now);
  }
}

void Clients::on_timeout(std::uint32_t index, std::uint64_t token, Time now) {
  Worker& worker = workers_[index];
  if (!worker.busy || worker.token != token) return;
  complete(index, is_read(worker.request.kind) ? OpType::fail : OpType::info, Nil{}, ":net-timeout",
           now);
}

void Clients::complete(std::uint32_t index, OpType type, OpValue value, std::string error,
                       Time now) {
  Worker& worker = workers_[index];
  // What a client does not know, its history entry repeats from the invocation.
  if (type != OpType::ok) value = value_of(worker.request);
  add_op(index, type, std::move(value), std::move(error), now);
  worker.busy = false;
  --outstanding_;
  if (type == OpType::info) {
    worker.process += static_cast<std::int64_t>(workers_.size());
    worker.client = -1;
  }
  if (!worker.waiting.empty()) {
    invoke(index, worker.waiting.pop(), false, now);
    return;
  }
  free_.push_back(index);
  if (std::exchange(waiting_for_worker_, false)) on_generator_due(now);
}

void Clients::add_op(std::uint32_t index, OpType type, OpValue value, std::string error, Time now) {
  const Worker& worker = workers_[index];
  history_.ops.push_back({.index = history_.ops.size(),
                          .time = now - started_at_,
                          .type = type,
                          .process = {worker.process},
                          .f = std::string(operation_name(worker.request.kind)),
                          .value = std::move(value),
                          .error = std::move(error),
                          .final = worker.final});
  if (log_ != nullptr) log_->on_operation(history_.ops.back(), now);
}

}  // namespace bruit::workbench
