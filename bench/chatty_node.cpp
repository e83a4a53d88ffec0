// Gossip that tells its neighbours everything it has, over and over.
#include "bruit/maelstrom/run.h"
#include "odd_nodes.h"

namespace {
struct ChattyNode : bruit::bench::Gossip {
  explicit ChattyNode(bruit::maelstrom::Node& node) : Gossip(node) {
    node.every(std::chrono::seconds(1), [this] { repeat_all(); });
  }
};
}  // namespace

int main() { return bruit::maelstrom::run<ChattyNode>(); }
