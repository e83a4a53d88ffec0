// ProgressLine: how far a test is, on a status line.
#pragma once

#include <string>

#include "bruit/cli/output/status_line.h"
#include "bruit/workbench/engine/engine.h"

namespace bruit::cli {

class ProgressLine {
 public:
  // `label` begins the line.
  explicit ProgressLine(std::string label);

  void show(const workbench::Progress& progress);

 private:
  std::string label_;
  StatusLine line_;
};

}  // namespace bruit::cli
