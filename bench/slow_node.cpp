// Gossip that thinks for 5 ms about each message.
#include "bruit/maelstrom/run.h"
#include "odd_nodes.h"

namespace {
struct SlowNode : bruit::bench::Gossip {
  explicit SlowNode(bruit::maelstrom::Node& node) : Gossip(node, std::chrono::milliseconds(5)) {}
};
}  // namespace

int main() { return bruit::maelstrom::run<SlowNode>(); }
