// broadcast-3a: the node for challenge 3a, a single node.
#include "bruit/cli/node_program.h"

int main(int argc, char** argv) {
  return bruit::cli::node_main(argc, argv, "broadcast-3a",
                               "a node for challenge 3a, single-node broadcast", {});
}
