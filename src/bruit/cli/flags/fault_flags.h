// The flags of what goes wrong in a simulation, beyond `--nemesis partition`, and of what must hold
// all the same.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/invariants.h"
#include "bruit/workbench/options/options.h"

namespace bruit::cli {

class FaultFlags {
 public:
  // Adds the flags to `app`, which outlives this object, as this object does `app`'s parse.
  void add_to(CLI::App& app);
  // Only those that make sense for programs too.
  void add_network_to(CLI::App& app);

  // Puts what was given into `options`, which is otherwise complete. Reads the files of --schedule
  // and
  // --latency-matrix.
  // Throws CLI::ValidationError, which names the flag; what is wrong with a file is told with its
  // line.
  void apply_to(workbench::TestOptions& options) const;

  // Takes out what can only be done to nodes of this process: clocks that drift. Throws
  // CLI::ValidationError if just that was asked for.
  void leave_out_clocks(workbench::TestOptions& options) const;

  const workbench::Expectations& expectations() const { return expectations_; }

 private:
  void read_latency_matrix(workbench::TestOptions& options) const;

  std::vector<std::string> faults_;
  std::string schedule_;
  std::uint32_t regions_ = 1;
  double region_latency_ms_ = 0;
  std::string latency_matrix_;
  workbench::Duration start_spread_{};
  workbench::Expectations expectations_;
};

// "oneway", "loss=0.05", ..., "chaos" for all of them. Adds to `options`; throws
// CLI::ValidationError.
void parse_fault(const std::string& text, workbench::FaultOptions& options);

}  // namespace bruit::cli
