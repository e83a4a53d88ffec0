// broadcast-3c: the node for challenge 3c, several nodes and a network that is partitioned.
#include "bruit/cli/node_program.h"

int main(int argc, char** argv) {
  return bruit::cli::node_main(argc, argv, "broadcast-3c",
                               "a node for challenge 3c, fault-tolerant broadcast", {});
}
