// A node that does as little as a node can: from its first client's request on, tokens go round all
// nodes without end. For measuring what the workbench carries.
#include <algorithm>
#include <iterator>

#include "bruit/maelstrom/node.h"
#include "bruit/maelstrom/run.h"

namespace {

using bruit::maelstrom::Message;
using bruit::maelstrom::Node;

// Enough that no node ever waits for another.
constexpr int tokens = 64;

void relay(Node& node) {
  const auto pass_on = [&node] {
    const auto& all = node.node_ids();
    const auto self = std::find(all.begin(), all.end(), node.id());
    const auto next = std::next(self) == all.end() ? all.begin() : std::next(self);
    node.send(*next, {{"type", "token"}});
  };
  node.on("token", [pass_on](const Message&) { pass_on(); });
  node.on("echo", [&node, pass_on, begun = false](const Message& request) mutable {
    auto body = request.body;
    body["type"] = "echo_ok";
    node.reply(request, body);
    if (begun) return;
    begun = true;
    for (int i = 0; i < tokens; ++i) pass_on();
  });
}

}  // namespace

int main() { return bruit::maelstrom::run(relay); }
