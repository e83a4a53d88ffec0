// BatchProgress: a bar on stderr for many equal pieces of work, with an estimate of the time left.
// Where stderr is no terminal, a line every few seconds instead.
#pragma once

#include <chrono>
#include <cstdint>

namespace bruit::cli {

class BatchProgress {
 public:
  explicit BatchProgress(std::uint64_t total);
  ~BatchProgress();  // clears the line
  BatchProgress(const BatchProgress&) = delete;
  BatchProgress& operator=(const BatchProgress&) = delete;

  void show(std::uint64_t done);

 private:
  std::uint64_t total_;
  bool terminal_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace bruit::cli
