// What `bruit explore --kinds` takes: which deviations a pattern may have, and how many of them.
#pragma once

#include <string>
#include <vector>

#include "bruit/workbench/simulation/explore.h"

namespace bruit::cli {

// "loss", "loss,kill", "loss+kill:3,cut:1": groups of kinds with plus signs between them, each with
// the most that a pattern may have of the group together; without a number `deviations`. Throws
// CLI::ValidationError for what is no kind, stands twice, or is no number from 1 on.
std::vector<workbench::KindLimit> parse_kinds(const std::vector<std::string>& groups,
                                              unsigned deviations);

}  // namespace bruit::cli
