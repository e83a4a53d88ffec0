// A node for the workload lin-kv: it passes every request on to the service lin-kv, or, with
// --own-store, keeps what it is told to itself, which no two such nodes can do and be linearizable.
#include <chrono>
#include <string_view>
#include <utility>

#include "bruit/maelstrom/run.h"
#include "bruit/maelstrom/services.h"

using namespace bruit::maelstrom;
using namespace std::chrono_literals;

namespace {

void answer(Node& node, const Message& request, json::object body) {
  body.erase("in_reply_to");
  node.reply(request, body);
}

void proxy(Node& node) {
  for (const auto* type : {"read", "write", "cas"}) {
    node.on(type, [&node](const Message& request) -> Task<> {
      json::object body = request.body;
      body.erase("msg_id");
      const Message reply = co_await node.call("lin-kv", body, 1s);  // an error passes through
      answer(node, request, reply.body);
    });
  }
}

void own_store(Node& node) {
  const auto store = std::make_shared<LinearizableStore>();
  for (const auto* type : {"read", "write", "cas"}) {
    node.on(type, [&node, store](const Message& request) {
      answer(node, request, store->answer(request));
    });
  }
}

}  // namespace

int main(int count, char** arguments) {
  const bool own = count > 1 && std::string_view(arguments[1]) == "--own-store";
  return run(own ? own_store : proxy);
}
