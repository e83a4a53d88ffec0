// What a call to another node comes to, and a call that can be awaited.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/message.h"
#include "bruit/maelstrom/task_set.h"
#include "bruit/maelstrom/timer_queue.h"

namespace bruit::maelstrom {

class Node;

// The error that a reply of type "error" carries; `crash` if it has no code.
RpcError error_of(const Message& reply);

// What a call came to: the reply, or the error that came instead of it (a timeout included).
class CallResult {
 public:
  explicit CallResult(Message reply) : outcome_(std::move(reply)) {}
  explicit CallResult(RpcError error) : outcome_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<Message>(outcome_); }
  explicit operator bool() const { return ok(); }
  // The reply; throws error() if there is none.
  const Message& message() const;
  // Only if !ok().
  const RpcError& error() const { return std::get<RpcError>(outcome_); }
  // Moves the reply out; only if ok().
  Message take() && { return std::get<Message>(std::move(outcome_)); }

 private:
  std::variant<Message, RpcError> outcome_;
};

namespace detail {

// The table's and the caller's common knowledge of a call. Without the caller the call is given up.
class PendingReply {
 public:
  struct State {
    Node* node = nullptr;
    std::int64_t msg_id = 0;
    std::optional<CallResult> result;
    std::coroutine_handle<> waiter;
    TaskId task;  // that `waiter` belongs to
  };

  explicit PendingReply(std::shared_ptr<State> state) : state_(std::move(state)) {}
  PendingReply(PendingReply&&) noexcept = default;
  PendingReply& operator=(PendingReply&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~PendingReply();

  bool done() const { return state_->result.has_value(); }
  void wait(std::coroutine_handle<> waiter);
  CallResult& result() { return *state_->result; }

 private:
  std::shared_ptr<State> state_;  // null after a move
};

template <bool throwing>
struct ReplyAwaiter {
  PendingReply pending;

  bool await_ready() const { return pending.done(); }
  void await_suspend(std::coroutine_handle<> waiter) { pending.wait(waiter); }
  auto await_resume() {
    if constexpr (throwing) {
      pending.result().message();  // throws if there is none
      return std::move(pending.result()).take();
    } else {
      return std::move(pending.result());
    }
  }
};

}  // namespace detail

// A call on its way (Node::call). The request has been sent; await it at any time, once:
//
//     Call first = node.call("n2", request, 500ms);
//     Call second = node.call("n3", request, 500ms);               // both are under way now
//     Message reply = co_await std::move(first);                   // an error reply is thrown
//     CallResult result = co_await std::move(second).result();     // does not throw
//
// Destroying it before the answer gives the call up: a late reply is dropped.
class [[nodiscard]] Call {
 public:
  // Whether awaiting would not have to wait.
  bool done() const { return pending_.done(); }

  // The reply; throws the RpcError that came instead of it.
  auto operator co_await() && { return detail::ReplyAwaiter<true>{std::move(pending_)}; }
  // The same as a value that does not throw.
  auto result() && { return detail::ReplyAwaiter<false>{std::move(pending_)}; }

 private:
  friend class Node;
  explicit Call(std::shared_ptr<detail::PendingReply::State> state) : pending_(std::move(state)) {}

  detail::PendingReply pending_;
};

// A pause in a coroutine (Node::sleep).
class [[nodiscard]] Sleep {
 public:
  Sleep(Node& node, Duration duration) : node_(node), duration_(duration) {}
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;
  ~Sleep();

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() { timer_.reset(); }

 private:
  Node& node_;
  Duration duration_;
  std::optional<TimerId> timer_;
};

}  // namespace bruit::maelstrom
