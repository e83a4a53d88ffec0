// broadcast-3d: the node for challenge 3d, 25 nodes, few messages, latency below 600 ms.
#include "bruit/cli/node_program.h"

int main(int argc, char** argv) {
  return bruit::cli::node_main(argc, argv, "broadcast-3d",
                               "a node for challenge 3d, efficient broadcast, part I", {});
}
