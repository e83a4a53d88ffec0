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

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bruit/core/time.h"
#include "bruit/maelstrom/call.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/fields.h"
#include "bruit/maelstrom/log.h"
#include "bruit/maelstrom/message.h"
#include "bruit/maelstrom/random.h"
#include "bruit/maelstrom/task.h"
#include "bruit/maelstrom/task_set.h"
#include "bruit/maelstrom/timer_queue.h"

namespace bruit::maelstrom {

// How a call is repeated.
struct RetryPolicy {
  // How long the first attempt waits for its answer. Guess: five times the 100 ms of the
  // challenges.
  Duration first = std::chrono::milliseconds(500);
  // Each attempt waits twice as long as the one before, up to this, and a random part of up to a
  // quarter less, so that nodes do not repeat in step.
  Duration longest = std::chrono::seconds(5);
  // After this many attempts the last error is thrown; 0 goes on forever.
  std::uint32_t attempts = 0;
};

// Limits, and where logs go.
struct NodeOptions {
  // Most calls awaiting their reply. rpc() refuses more, so that calling a dead peer in a loop
  // costs bounded memory. Guess: 30 s of 2,000 calls a second.
  std::size_t pending_calls_limit = 65'536;
  // Most tasks at once, handlers that are coroutines included; beyond it requests are refused as
  // temporarily-unavailable and spawn() throws the same.
  std::size_t tasks_limit = 65'536;
  // Most bytes waiting to be written. send(), reply() and rpc() refuse more.
  std::size_t output_limit = 64 * 1024 * 1024;
  LogSink log{};
  // What random() starts from, together with the node's id. run() chooses one if it is 0.
  std::uint64_t seed = 0;
};

class Node {
 public:
  using Callback = std::function<void(CallResult)>;

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  // --- Who I am ---

  const std::string& id() const { return id_; }
  // All nodes, this one included, in the order in which `init` listed them.
  const std::vector<std::string>& node_ids() const { return node_ids_; }
  // When the input that is being handled arrived. Only differences have a meaning.
  Time now() const { return now_; }

  // --- Requests to this node ---

  // Calls `handler` with each message of this type that is not a reply (an in_reply_to of null is
  // none). Throws std::logic_error if
  // the type has a handler already. A handler that throws RpcError replies with that error; any
  // other exception is logged and becomes the error `crash`. A type without handler becomes
  // `not-supported`.
  //
  // The handler takes a const Message& and returns nothing, or is a coroutine and returns Task<>;
  // the node keeps the message, and the handler itself, until the coroutine has ended. While it
  // waits, other messages are handled.
  //
  // A handler for "init" is called once, before init_ok is sent, which it must not send itself; it
  // is no coroutine.
  template <typename Function>
  requires std::invocable<Function&, const Message&>
  void on(std::string type, Function handler);

  // The same for a typed message (fields.h). The handler takes a const T&, or that and the const
  // Message& it came in. What it returns is the reply: a typed message, a Task of one, or nothing,
  // which leaves replying to the handler.
  template <TypedMessage T, typename Function>
  void on(Function handler);

  // Answers `request`. in_reply_to is set here, and a msg_id left over from the request is dropped.
  // A request without msg_id, or with null, wants no answer and gets none; any other msg_id is sent
  // back as it came. Throws std::invalid_argument if `body`
  // has no type, and RpcError(temporarily_unavailable) if the output is full.
  void reply(const Message& request, const json::object& body);
  template <TypedMessage T>
  void reply(const Message& request, const T& message) {
    reply(request, to_body(message));
  }
  void reply_error(const Message& request, ErrorCode code, std::string_view text);
  // As reply(), for a body that is JSON text already: its members, `type` included, without braces
  // and without in_reply_to, in pieces that are copied one after the other. Not checked.
  void reply_text(const Message& request, std::initializer_list<std::string_view> members);

  // --- Messages from this node ---

  // Sends and forgets. Throws as reply() does.
  void send(std::string_view dest, const json::object& body);
  template <TypedMessage T>
  void send(std::string_view dest, const T& message) {
    send(dest, to_body(message));
  }
  void send_text(std::string_view dest, std::string_view members);

  // Sends a request; msg_id is set here. `callback` is called exactly once, from a later input:
  // with the reply, with the error in it, or with the error `timeout`. A reply after that is
  // dropped. Throws as send() does, and RpcError(temporarily_unavailable) at pending_calls_limit;
  // then the callback is not called.
  void rpc(std::string_view dest, const json::object& body, Duration timeout, Callback callback);
  template <TypedMessage T>
  void rpc(std::string_view dest, const T& message, Duration timeout, Callback callback) {
    rpc(dest, to_body(message), timeout, std::move(callback));
  }

  // The same for coroutines: sends now, and gives something to await. g++ 12 does not take a
  // braced body inside of a co_await; give the body a name, or use a typed message.
  Call call(std::string_view dest, const json::object& body, Duration timeout);
  template <TypedMessage T>
  Call call(std::string_view dest, const T& message, Duration timeout) {
    return call(dest, to_body(message), timeout);
  }
  // Sends a typed request and gives the typed reply. An error reply and a timeout throw RpcError,
  // and so does a reply that is not a Reply.
  template <TypedMessage Reply, TypedMessage Request>
  Task<Reply> ask(std::string dest, Request request, Duration timeout) {
    const Message reply = co_await call(dest, request, timeout);
    expect_type(reply, Reply::type);
    co_return from_body<Reply>(reply.body);
  }

  // Calls again and again until there is an answer, with waits as `retry` says; throws the answer
  // if it is an error other than timeout or temporarily-unavailable. The other side may see the
  // request any number of times, so it must be one that can be repeated.
  Task<Message> call_until_answered(std::string dest, json::object body, RetryPolicy retry);

  // --- Time ---

  // Calls `function` once after `delay`, or every `period` (above zero) from now. An exception from
  // it is logged.
  TimerId after(Duration delay, std::function<void()> function);
  TimerId every(Duration period, std::function<void()> function);
  // False if there is nothing left to cancel.
  bool cancel(TimerId timer) { return timers_.cancel(timer); }

  // --- Coroutines ---

  // co_await node.sleep(100ms).
  Sleep sleep(Duration duration) { return Sleep(*this, duration); }
  // Runs a task beside everything else. What it throws is logged. Returns at its first wait.
  TaskId spawn(Task<> task);
  // Destroys the task where it waits. False if it has ended.
  bool cancel(TaskId task) { return tasks_.cancel(task); }
  std::size_t tasks() const { return tasks_.size(); }

  // --- Chance ---

  // A random number below `bound` (above 0). In a simulation it follows from the seed.
  std::uint64_t random(std::uint64_t bound) { return random_.below(bound); }

  // --- Watching ---

  void log(LogLevel level, std::string_view text) const { options_.log(level, text); }
  const NodeOptions& options() const { return options_; }
  std::size_t pending_calls() const { return calls_.size(); }
  // Whether send(), reply() and rpc() refuse at the moment because the output is full.
  bool output_full() const { return output_.size() >= options_.output_limit; }

 private:
  // What runs the node; the only one to construct it, feed it and collect its output.
  friend class NodeProcess;
  friend class detail::PendingReply;
  friend class Sleep;

  using Handler = std::function<void(const Message&)>;

  struct PendingCall {
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
  // An answer came that cannot be read, for this reason: its call ends with an indefinite error.
  void fail_call(const Message& reply, std::string_view reason, Time now);
  void tick(Time now);
  // Replies to `init` after calling its handler, if there is one; throws what the handler throws.
  void finish_init(const Message& request);

  void advance(Time now) {
    if (now > now_) now_ = now;
  }
  void handle_reply(Message message);
  // The end of an answer to `request`.
  void end_reply(const Message& request);
  void finish_call(std::int64_t msg_id, CallResult result);
  // Sends a request and enters it into the table; its msg_id.
  std::int64_t start_call(std::string_view dest, const json::object& body, Duration timeout,
                          Callback callback);
  void give_up_call(std::int64_t msg_id);
  void add_handler(std::string type, Handler handler);
  // Runs a coroutine that handles `message`, which it keeps; what it throws becomes the error
  // reply.
  template <typename Function>
  Task<> serve(Function& handler, Message message);
  template <TypedMessage T, typename Function>
  static auto invoke(Function& handler, const T& request, const Message& message);
  template <TypedMessage T, typename Function>
  Task<> serve_typed(Function& handler, Message message);
  template <TypedMessage T, typename Function>
  void handle_typed(Function& handler, const Message& message);
  void report_failure(const Message& message, const std::exception_ptr& exception);
  static void expect_type(const Message& reply, std::string_view type);
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
  std::unordered_map<std::int64_t, PendingCall> calls_;  // by msg_id
  std::int64_t next_msg_id_ = 1;
  TimerQueue timers_;
  std::string& output_;
  Random random_;
  TaskSet tasks_;  // the last member: tasks refer to all others
};

// --- Implementation of the templates ---

template <typename Function>
Task<> Node::serve(Function& handler, Message message) {
  try {
    co_await handler(std::as_const(message));
  } catch (...) {
    report_failure(message, std::current_exception());
  }
}

template <typename Function>
requires std::invocable<Function&, const Message&>
void Node::on(std::string type, Function handler) {
  if constexpr (IsTask<std::invoke_result_t<Function&, const Message&>>::value) {
    // The copy of the handler in the table outlives its coroutines.
    add_handler(std::move(type),
                [this, handler = std::move(handler)](const Message& message) mutable {
                  spawn(serve(handler, message));
                });
  } else {
    add_handler(std::move(type), std::move(handler));
  }
}

template <TypedMessage T, typename Function>
auto Node::invoke(Function& handler, const T& request, const Message& message) {
  if constexpr (std::invocable<Function&, const T&, const Message&>) {
    return handler(request, message);
  } else {
    return handler(request);
  }
}

template <TypedMessage T, typename Function>
Task<> Node::serve_typed(Function& handler, Message message) {
  try {
    const T request = from_body<T>(message.body);
    using Result = decltype(invoke<T>(handler, request, message));
    if constexpr (std::same_as<Result, Task<>>) {
      co_await invoke<T>(handler, request, message);
    } else {
      reply(message, co_await invoke<T>(handler, request, message));
    }
  } catch (...) {
    report_failure(message, std::current_exception());
  }
}

template <TypedMessage T, typename Function>
void Node::handle_typed(Function& handler, const Message& message) {
  using Result = decltype(invoke<T>(handler, std::declval<const T&>(), message));
  if constexpr (IsTask<Result>::value) {
    spawn(serve_typed<T>(handler, message));
  } else if constexpr (std::is_void_v<Result>) {
    invoke<T>(handler, from_body<T>(message.body), message);
  } else {
    reply(message, invoke<T>(handler, from_body<T>(message.body), message));
  }
}

template <TypedMessage T, typename Function>
void Node::on(Function handler) {
  // The copy of the handler in the table outlives its coroutines.
  add_handler(std::string(T::type),
              [this, handler = std::move(handler)](const Message& message) mutable {
                handle_typed<T>(handler, message);
              });
}

}  // namespace bruit::maelstrom
