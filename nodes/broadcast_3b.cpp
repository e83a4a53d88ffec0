// broadcast-3b: the node for challenge 3b, several nodes and a network without faults.
#include "bruit/cli/node_program.h"

int main(int argc, char** argv) {
  return bruit::cli::node_main(argc, argv, "broadcast-3b",
                               "a node for challenge 3b, multi-node broadcast", {});
}
