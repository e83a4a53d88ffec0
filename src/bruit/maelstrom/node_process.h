// NodeProcess: a node as the world sees it. Lines and time go in, lines come out; no clock, no I/O.
//
// It is one of two things. Before `init` it is waiting: `init` is all it understands, and any other
// request is refused as temporarily-unavailable. Then it is running: a Node, and the application
// that was constructed on it. There is no way back. What drives it:
//
//     process.receive(line, now);            // or process.tick(now)
//     write(process.output()); process.output().clear();
//     arm_timer(process.next_tick());        // it may have changed with any call
//
// No input makes it throw or end: a line that is not a message is logged with the reason and
// skipped. If only a number in it cannot be kept, a request is refused (malformed-request) and the
// call that waited for such an answer ends with an error.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "bruit/maelstrom/codec.h"
#include "bruit/maelstrom/node.h"

namespace bruit::maelstrom {

// Builds a program on a node that has just been initialised and returns what must live as long as
// the node (null if that is nothing).
using Application = std::function<std::shared_ptr<void>(Node&)>;

// An application from a class that is constructed from (Node&, arguments...). The arguments are
// copied, so that the application can be built many times.
template <typename Program, typename... Arguments>
Application application(Arguments... arguments) {
  return [arguments...](Node& node) -> std::shared_ptr<void> {
    return std::make_shared<Program>(node, arguments...);
  };
}

// An application from a function that takes a Node& and registers handlers.
template <typename Function>
requires std::is_invocable_r_v<void, Function&, Node&> Application application(Function setup) {
  return [setup](Node& node) mutable -> std::shared_ptr<void> {
    setup(node);
    return nullptr;
  };
}

class NodeProcess {
 public:
  explicit NodeProcess(Application application, NodeOptions options = {});

  // One line, without its line break, arrived at `now`.
  void receive(std::string_view line, Time now);
  // Time has passed. Early or superfluous calls are harmless.
  void tick(Time now);
  // When tick() is wanted next; nothing if the node waits for messages only.
  std::optional<Time> next_tick() const;

  // Lines to be written, each with its line break. The caller takes bytes out from the front; what
  // stays counts towards NodeOptions::output_limit.
  std::string& output() { return output_; }

  // The node, once `init` has arrived; null before.
  Node* node();
  const NodeOptions& options() const { return options_; }

 private:
  struct Waiting {};
  struct Running {
    std::unique_ptr<Node> node;
    std::shared_ptr<void> program;  // destroyed before the node that it refers to
  };

  void initialise(const Message& request, Time now);
  void refuse(const Message& request, ErrorCode code, std::string_view text);
  // A line that is no message of the protocol.
  void reject(std::string_view line, const ParseError& error, Time now);

  Application application_;
  NodeOptions options_;
  MessageReader reader_;
  std::string output_;
  std::variant<Waiting, Running> state_;
};

}  // namespace bruit::maelstrom
