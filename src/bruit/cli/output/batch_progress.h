// BatchProgress: a bar on stderr for many equal pieces of work, with an estimate of the time left.
// Where stderr is no terminal, the figures without the bar.
#pragma once

#include <chrono>
#include <cstdint>

#include "bruit/cli/output/status_line.h"

namespace bruit::cli {

class BatchProgress {
 public:
  explicit BatchProgress(std::uint64_t total);

  void show(std::uint64_t done);

 private:
  std::uint64_t total_;
  std::chrono::steady_clock::time_point started_;
  StatusLine line_;
};

}  // namespace bruit::cli
