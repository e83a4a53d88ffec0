// ProgressLine: one line on stderr that is rewritten while a test runs. Where stderr is no
// terminal, a line every few seconds instead.
#pragma once

#include <chrono>
#include <string>

#include "bruit/workbench/engine.h"

namespace bruit::cli {

class ProgressLine {
 public:
  // `label` begins the line.
  explicit ProgressLine(std::string label);
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const workbench::Progress& progress);

 private:
  std::string label_;
  bool terminal_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace bruit::cli
