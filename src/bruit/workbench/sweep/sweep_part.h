// SweepPart: the file that one shard of a sweep leaves, and how all of them become the whole.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/workbench/sweep/sweep.h"

namespace bruit::workbench {

struct SweepPart {
  std::string build;  // of the program: runs of different builds do not mix
  // The flags that span the grid, as they were given, in a fixed order: {"--rate", "10,20"}.
  std::vector<std::pair<std::string, std::string>> flags;
  SeedRange seeds;
  std::uint64_t points = 0;  // of the grid
  Shard shard;
  // Rising, each one of the shard. All of them, unless the shard was interrupted.
  std::vector<NumberedRun> runs;
};

// A part that cannot be read or does not fit. what() says which file, what and where.
struct SweepPartError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// One line of JSON for each run.
std::string to_text(const SweepPart& part);

// Throws SweepPartError, with `name` for the file.
SweepPart parse_part(std::string_view text, const std::string& name);

// All runs of the sweep, rising. Throws SweepPartError unless the parts, which come from the files
// `names`, are those of one sweep, every shard once and complete.
std::vector<NumberedRun> merge_parts(const std::vector<SweepPart>& parts,
                                     const std::vector<std::string>& names);

}  // namespace bruit::workbench
