// broadcast-3e: the node for challenge 3e, 25 nodes, still fewer messages, latency below 2 s.
#include <chrono>

#include "bruit/cli/node_program.h"

int main(int argc, char** argv) {
  bruit::core::StrategyOptions defaults;
  defaults.rounds.budget = {.worst = std::chrono::seconds(2), .median = std::chrono::seconds(1)};
  defaults.flush_interval = std::chrono::milliseconds(200);
  return bruit::cli::node_main(argc, argv, "broadcast-3e",
                               "a node for challenge 3e, efficient broadcast, part II", defaults);
}
