// Node: what a program that takes part in a Maelstrom test is written against.
//
// A Node exists only after `init`: it always knows its id and its peers. Before, there is no Node
// (see node_process.h), so a program cannot send, call or ask for its id too early; what it does
// before `init` is nothing but wait to be constructed. A program is a class whose constructor takes
// a Node& and registers its handlers, or a function that does the same:
//
//     int main() {
//       return bruit::maelstrom::run([](bruit::maelstrom::Node& node) {
//         node.on("echo", [&node](const bruit::maelstrom::Message& request) {
//           auto body = request.body;
//           body["type"] = "echo_ok";
//           node.reply(request, body);
//         });
//       });
//     }
//
// A Node reads no clock and does no I/O: it is fed lines and time by whatever runs it, stdin and
// stdout (run.h) or a simulation, and its lines are collected from it. Handlers, callbacks and
// timers run one at a time, in one thread, in the order in which their causes arrive; messages from
// one sender are handled in the order in which they were sent to this node.
//
// Do not send to peers from the constructor: in Maelstrom a peer may not exist yet, and a message
// to a node that does not exist silences the sender for the rest of the test. Wait for the first
// message.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bruit/core/time.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/log.h"
#include "bruit/maelstrom/message.h"
#include "bruit/maelstrom/timer_queue.h"

namespace bruit::maelstrom {

// Limits, and where logs go.
struct NodeOptions {
  // Most calls awaiting their reply. rpc() refuses more, so that calling a dead peer in a loop
  // costs bounded memory. Guess: 30 s of 2,000 calls a second.
  std::size_t pending_calls_limit = 65'536;
  // Most bytes waiting to be written. send(), reply() and rpc() refuse more.
  std::size_t output_limit = 64 * 1024 * 1024;
  LogSink log;
};

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

 private:
  std::variant<Message, RpcError> outcome_;
};

class Node {
 public:
  using Handler = std::function<void(const Message&)>;
  using Callback = std::function<void(const CallResult&)>;

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // --- Who I am ---

  const std::string& id() const { return id_; }
  // All nodes, this one included, in the order in which `init` listed them.
  const std::vector<std::string>& node_ids() const { return node_ids_; }
  // When the input that is being handled arrived. Only differences have a meaning.
  Time now() const { return now_; }

  // --- Requests to this node ---

  // Calls `handler` for each message of this type that is not a reply. Throws std::logic_error if
  // the type has a handler already. A handler that throws RpcError replies with that error; any
  // other exception is logged and becomes the error `crash`. A type without handler becomes
  // `not-supported`.
  //
  // A handler for "init" is called once, before init_ok is sent, which it must not send itself.
  void on(std::string type, Handler handler);

  // Answers `request`. in_reply_to is set here, and a msg_id left over from the request is dropped.
  // A request without msg_id wants no answer, and gets none. Throws std::invalid_argument if `body`
  // has no type, and RpcError(temporarily_unavailable) if the output is full.
  void reply(const Message& request, const json::object& body);
  void reply_error(const Message& request, ErrorCode code, std::string_view text);
  // As reply(), for a body that is JSON text already: its members, `type` included, without braces
  // and without in_reply_to, in pieces that are copied one after the other. Not checked.
  void reply_text(const Message& request, std::initializer_list<std::string_view> members);

  // --- Messages from this node ---

  // Sends and forgets. Throws as reply() does.
  void send(std::string_view dest, const json::object& body);
  void send_text(std::string_view dest, std::string_view members);

  // Sends a request; msg_id is set here. `callback` is called exactly once, from a later input:
  // with the reply, with the error in it, or with the error `timeout`. A reply after that is
  // dropped. Throws as send() does, and RpcError(temporarily_unavailable) at pending_calls_limit;
  // then the callback is not called.
  void rpc(std::string_view dest, const json::object& body, Duration timeout, Callback callback);

  // --- Time ---

  // Calls `function` once after `delay`, or every `period` (above zero) from now. An exception from
  // it is logged.
  TimerId after(Duration delay, std::function<void()> function);
  TimerId every(Duration period, std::function<void()> function);
  // False if there is nothing left to cancel.
  bool cancel(TimerId timer) { return timers_.cancel(timer); }

  // --- Watching ---

  void log(LogLevel level, std::string_view text) const { options_.log(level, text); }
  const NodeOptions& options() const { return options_; }
  std::size_t pending_calls() const { return calls_.size(); }
  // Whether send(), reply() and rpc() refuse at the moment because the output is full.
  bool output_full() const { return output_.size() >= options_.output_limit; }

 private:
  // What runs the node; the only one to construct it, feed it and collect its output.
  friend class NodeProcess;

  struct Call {
    Callback callback;
    TimerId timeout;
  };
  struct TypeHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view type) const {
      return std::hash<std::string_view>{}(type);
    }
  };

  // Lines are appended to `output`, which outlives the node.
  Node(std::string id, std::vector<std::string> node_ids, Time now, NodeOptions options,
       std::string& output);
  // `now` should not go back; if it does, the last time counts.
  void receive(Message message, Time now);
  void tick(Time now);
  // Replies to `init` after calling its handler, if there is one; throws what the handler throws.
  void finish_init(const Message& request);

  void advance(Time now) {
    if (now > now_) now_ = now;
  }
  void handle_reply(Message message, std::int64_t in_reply_to);
  void finish_call(std::int64_t msg_id, const CallResult& result);
  void require_sendable(const json::object& body) const;
  void require_room() const;

  // Runs user code and logs what it throws.
  template <typename Function>
  void guard(std::string_view what, Function&& function) const;

  std::string id_;
  std::vector<std::string> node_ids_;
  Time now_;
  NodeOptions options_;
  std::unordered_map<std::string, Handler, TypeHash, std::equal_to<>> handlers_;
  std::unordered_map<std::int64_t, Call> calls_;  // by msg_id
  std::int64_t next_msg_id_ = 1;
  TimerQueue timers_;
  std::string& output_;
};

}  // namespace bruit::maelstrom
