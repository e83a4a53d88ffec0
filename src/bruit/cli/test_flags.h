// The flags that `maelstrom test` has too, shared by the subcommands that run tests.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "bruit/workbench/options.h"

namespace bruit::cli {

class TestFlags {
 public:
  // Adds the flags to `app`, which outlives this object, as this object does `app`'s parse.
  void add_to(CLI::App& app);
  // Only those flags that make sense on top of a challenge's preset.
  void add_presentation_to(CLI::App& app);

  // The options they describe. Throws CLI::ValidationError, which names the flag.
  workbench::TestOptions options() const;
  // Seed, network model and logging on top of a preset.
  workbench::TestOptions options(workbench::TestOptions preset) const;

 private:
  std::string workload_ = "broadcast";
  std::optional<std::uint32_t> node_count_;
  double time_limit_seconds_ = 60;
  double rate_ = 5;
  std::string concurrency_ = "1n";
  double latency_ms_ = 0;
  std::string latency_distribution_ = "constant";
  std::string topology_ = "grid";
  std::string nemesis_;
  double nemesis_interval_seconds_ = 10;
  std::string availability_;
  std::string network_ = "maelstrom";
  std::optional<std::uint64_t> seed_;
  bool log_stderr_ = false;
  bool log_net_send_ = false;
  bool log_net_recv_ = false;
};

}  // namespace bruit::cli
