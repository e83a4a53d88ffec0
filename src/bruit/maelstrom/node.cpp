#include "bruit/maelstrom/node.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "bruit/core/value.h"
#include "bruit/maelstrom/codec.h"
#include "bruit/maelstrom/json.h"

namespace bruit::maelstrom {
namespace {

std::string quoted(std::string_view text) {
  std::string result;
  append_json_string(text, result);
  return result;
}

}  // namespace

Node::Node(std::string id, std::vector<std::string> node_ids, Time now, NodeOptions options,
           std::string& output)
    : id_(std::move(id)),
      node_ids_(std::move(node_ids)),
      now_(now),
      options_(std::move(options)),
      output_(output),
      random_(options_.seed ^ core::Value(id_).hash()) {}

// Tasks may send, cancel and log from their destructors, so they go while all else is there.
Node::~Node() { tasks_.clear(); }

template <typename Function>
void Node::guard(std::string_view what, Function&& function) const {
  try {
    function();
  } catch (const RpcError& error) {
    log(LogLevel::error, std::string(what) + " threw: " + describe(error));
  } catch (const std::exception& error) {
    log(LogLevel::error, std::string(what) + " threw: " + error.what());
  } catch (...) {
    log(LogLevel::error, std::string(what) + " threw something that is not an exception");
  }
}

void Node::add_handler(std::string type, Handler handler) {
  const auto [position, inserted] = handlers_.try_emplace(std::move(type), std::move(handler));
  if (!inserted) {
    throw std::logic_error("there is a handler for " + quoted(position->first) + " already");
  }
}

void Node::require_sendable(const json::object& body) const {
  const auto* type = body.if_contains("type");
  if (type == nullptr || !type->is_string()) {
    throw std::invalid_argument("a message's body must have a string \"type\"");
  }
  require_room();
}

void Node::require_room() const {
  if (!output_full()) return;
  throw RpcError(ErrorCode::temporarily_unavailable,
                 std::to_string(output_.size()) + " bytes wait to be written, which is the limit");
}

void Node::reply(const Message& request, const json::object& body) {
  require_sendable(body);
  if (request.request_id() == nullptr) return;
  begin_message(id_, request.src, output_);
  append_members(body, {"in_reply_to", "msg_id"}, output_);
  end_reply(request);
}

void Node::end_reply(const Message& request) {
  output_ += R"(,"in_reply_to":)";
  append_json(*request.request_id(), output_);
  end_message(output_);
}

void Node::reply_text(const Message& request, std::initializer_list<std::string_view> members) {
  require_room();
  if (request.request_id() == nullptr) return;
  begin_message(id_, request.src, output_);
  for (const auto piece : members) output_ += piece;
  end_reply(request);
}

void Node::reply_error(const Message& request, ErrorCode code, std::string_view text) {
  // Not subject to the limit: it is how a full output is reported.
  if (const auto* msg_id = request.request_id()) {
    append_error_message(id_, request.src, *msg_id, code, text, output_);
  }
}

void Node::send(std::string_view dest, const json::object& body) {
  require_sendable(body);
  begin_message(id_, dest, output_);
  append_members(body, {}, output_);
  end_message(output_);
}

void Node::send_text(std::string_view dest, std::string_view members) {
  require_room();
  begin_message(id_, dest, output_);
  output_ += members;
  end_message(output_);
}

void Node::rpc(std::string_view dest, const json::object& body, Duration timeout,
               Callback callback) {
  start_call(dest, body, timeout, std::move(callback));
}

std::int64_t Node::start_call(std::string_view dest, const json::object& body, Duration timeout,
                              Callback callback) {
  require_sendable(body);
  if (calls_.size() >= options_.pending_calls_limit) {
    throw RpcError(ErrorCode::temporarily_unavailable,
                   std::to_string(calls_.size()) + " calls await a reply, which is the limit");
  }
  const std::int64_t msg_id = next_msg_id_++;
  const TimerId timer = after(timeout, [this, msg_id, dest = std::string(dest)] {
    finish_call(msg_id, CallResult(RpcError(ErrorCode::timeout, "no reply from " + dest)));
  });
  calls_.emplace(msg_id, PendingCall{std::move(callback), timer});
  begin_message(id_, dest, output_);
  append_members(body, {"msg_id"}, output_);
  output_ += R"(,"msg_id":)";
  append_json_integer(msg_id, output_);
  end_message(output_);
  return msg_id;
}

void Node::give_up_call(std::int64_t msg_id) {
  const auto found = calls_.find(msg_id);
  if (found == calls_.end()) return;
  timers_.cancel(found->second.timeout);
  calls_.erase(found);
}

Call Node::call(std::string_view dest, const json::object& body, Duration timeout) {
  auto state = std::make_shared<detail::PendingReply::State>();
  state->node = this;
  state->msg_id = start_call(dest, body, timeout, [state](CallResult result) {
    state->result = std::move(result);
    if (state->waiter) state->node->tasks_.resume(state->task, state->waiter);
  });
  return Call(std::move(state));
}

Task<Message> Node::call_until_answered(std::string dest, json::object body, RetryPolicy retry) {
  Duration timeout = retry.first;
  for (std::uint32_t attempt = 1;; ++attempt) {
    const Time start = now_;
    const auto quarter = static_cast<std::uint64_t>(timeout.count() / 4);
    const Duration patience = timeout - Duration(random(quarter + 1));
    CallResult result = co_await call(dest, body, patience).result();
    if (result.ok()) co_return std::move(result).take();
    const ErrorCode code = result.error().code();
    if (code != ErrorCode::timeout && code != ErrorCode::temporarily_unavailable) {
      throw result.error();
    }
    if (attempt == retry.attempts) throw result.error();
    // A refusal comes at once; the wait is the same.
    if (now_ - start < patience) co_await sleep(patience - (now_ - start));
    timeout = std::min(2 * timeout, retry.longest);
  }
}

void Node::expect_type(const Message& reply, std::string_view type) {
  if (reply.type() == type) return;
  throw RpcError(ErrorCode::crash, reply.src + " replied with " + quoted(reply.type()) +
                                       " instead of " + quoted(type));
}

TaskId Node::spawn(Task<> task) {
  if (tasks_.size() >= options_.tasks_limit) {
    throw RpcError(ErrorCode::temporarily_unavailable,
                   std::to_string(tasks_.size()) + " tasks are running, which is the limit");
  }
  return tasks_.spawn(std::move(task), [this](const std::exception_ptr& exception) {
    guard("a task", [&] { std::rethrow_exception(exception); });
  });
}

TimerId Node::after(Duration delay, std::function<void()> function) {
  return timers_.at(now_ + delay, std::move(function));
}

TimerId Node::every(Duration period, std::function<void()> function) {
  return timers_.every(now_ + period, period, std::move(function));
}

void Node::receive(Message message, Time now) {
  advance(now);
  if (message.is_reply()) {
    handle_reply(std::move(message));
    return;
  }
  const std::string_view type = message.type();
  const auto handler = handlers_.find(type);
  if (handler == handlers_.end()) {
    log(LogLevel::info, "no handler for " + quoted(type) + " from " + message.src);
    reply_error(message, ErrorCode::not_supported, "this node does not handle " + quoted(type));
    return;
  }
  try {
    handler->second(message);
  } catch (...) {
    report_failure(message, std::current_exception());
  }
}

void Node::report_failure(const Message& message, const std::exception_ptr& exception) {
  const std::string handler = "the handler of " + quoted(message.type());
  try {
    std::rethrow_exception(exception);
  } catch (const RpcError& error) {
    log(LogLevel::info,
        handler + " refused a request from " + message.src + ": " + describe(error));
    reply_error(message, error.code(), error.what());
  } catch (const std::exception& error) {
    log(LogLevel::error, handler + " threw: " + error.what());
    reply_error(message, ErrorCode::crash, error.what());
  } catch (...) {
    log(LogLevel::error, handler + " threw something unknown");
    reply_error(message, ErrorCode::crash, "unknown exception");
  }
}

void Node::handle_reply(Message message) {
  const auto in_reply_to = message.in_reply_to();
  if (!in_reply_to || !calls_.contains(*in_reply_to)) {
    std::string text = "dropped a reply from " + message.src + " to call ";
    append_json(message.body.at("in_reply_to"), text);
    text += in_reply_to ? ", which is over" : ", which this node never made";
    log(LogLevel::debug, text);
    return;
  }
  finish_call(*in_reply_to, message.type() == "error" ? CallResult(error_of(message))
                                                      : CallResult(std::move(message)));
}

void Node::fail_call(const Message& reply, std::string_view reason, Time now) {
  advance(now);
  const auto in_reply_to = reply.in_reply_to();
  if (!in_reply_to || !calls_.contains(*in_reply_to)) return;
  std::string text = "the reply of " + reply.src + " cannot be read: ";
  finish_call(*in_reply_to, CallResult(RpcError(ErrorCode::crash, text.append(reason))));
}

void Node::finish_call(std::int64_t msg_id, CallResult result) {
  const auto found = calls_.find(msg_id);
  // Out of the table first: the callback may make calls.
  const PendingCall call = std::move(found->second);
  calls_.erase(found);
  timers_.cancel(call.timeout);
  guard("the callback of a call", [&] {
    if (call.callback) call.callback(std::move(result));
  });
}

void Node::tick(Time now) {
  advance(now);
  const std::uint64_t mark = timers_.mark();
  while (const auto function = timers_.take_due(now_, mark)) {
    guard("a timer", [&] { (*function)(); });
  }
}

void Node::finish_init(const Message& request) {
  if (const auto handler = handlers_.find("init"); handler != handlers_.end()) {
    handler->second(request);
  }
  reply_text(request, {R"("type":"init_ok")"});
}

}  // namespace bruit::maelstrom
