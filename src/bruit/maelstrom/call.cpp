#include "bruit/maelstrom/call.h"

#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/node.h"

namespace bruit::maelstrom {

RpcError error_of(const Message& reply) {
  const auto* code = reply.body.if_contains("code");
  if (code == nullptr || !code->is_int64()) {
    return {ErrorCode::crash, "an error reply without an integer \"code\""};
  }
  const auto* text = reply.body.if_contains("text");
  const auto explanation = text == nullptr ? std::nullopt : string_in(*text);
  return {ErrorCode{code->get_int64()}, std::string(explanation.value_or(std::string_view()))};
}

const Message& CallResult::message() const {
  if (const auto* error = std::get_if<RpcError>(&outcome_)) throw *error;
  return std::get<Message>(outcome_);
}

detail::PendingReply::~PendingReply() {
  if (state_ != nullptr && !state_->result) state_->node->give_up_call(state_->msg_id);
}

void detail::PendingReply::wait(std::coroutine_handle<> waiter) {
  state_->waiter = waiter;
  state_->task = state_->node->tasks_.current();
}

Sleep::~Sleep() {
  if (timer_) node_.cancel(*timer_);
}

void Sleep::await_suspend(std::coroutine_handle<> waiter) {
  timer_ = node_.after(duration_, [this, waiter, task = node_.tasks_.current()] {
    node_.tasks_.resume(task, waiter);
  });
}

}  // namespace bruit::maelstrom
