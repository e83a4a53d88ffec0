// Linked with a copy of one file of `rounds` in which one rule is broken: the explorer must find a
// pattern that shows it. Prints the pattern; ends with 1 if there is none.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <vector>

#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

struct Search {
  std::uint32_t nodes;
  unsigned deviations;
  KindSet kinds;
};

// As in the exhaustive checks of the unbroken protocol, the small ones first.
std::vector<Search> searches() {
  const KindSet losses = set_of(DeviationKind::loss) | set_of(DeviationKind::kill);
  const KindSet any = any_kind(1).front().kinds;
  return {{2, 1, any}, {2, 2, losses}, {3, 1, any}, {4, 1, losses}};
}

bool finds_it() {
  std::uint64_t runs = 0;
  for (const Search& search : searches()) {
    ExploreOptions options;
    options.simulation.strategy.rounds.budget = {.worst = milliseconds(600),
                                                 .median = milliseconds(400)};
    options.simulation.test.nodes = numbered_nodes(search.nodes);
    options.simulation.test.latency = milliseconds(100);
    options.kinds = {{search.kinds, search.deviations}};
    options.deviations = search.deviations;
    options.jobs = 2;
    const Exploration exploration = explore(options);
    runs += exploration.runs();
    if (!exploration.smallest) continue;
    fmt::print("{} nodes, run {}: {}\n", search.nodes, runs, exploration.smallest->what);
    for (const std::string& sentence : exploration.smallest->words) fmt::print("  {}\n", sentence);
    return true;
  }
  fmt::print("no pattern of {} fails\n", runs);
  return false;
}

}  // namespace
}  // namespace bruit::workbench

int main() { return bruit::workbench::finds_it() ? EXIT_SUCCESS : EXIT_FAILURE; }
