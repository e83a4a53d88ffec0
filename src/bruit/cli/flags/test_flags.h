// The flags that `maelstrom test` has too, shared by the subcommands that run tests.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/options/options.h"

namespace bruit::cli {

class TestFlags {
 public:
  // Adds the flags to `app`, which outlives this object, as this object does `app`'s parse.
  void add_to(CLI::App& app);
  // Only those flags that make sense on top of a challenge's preset.
  void add_presentation_to(CLI::App& app);

  // What was given, on top of `preset`. Throws CLI::ValidationError, which names the flag.
  // With add_to() clients are one per node unless --concurrency says otherwise. Without --seed one
  // is drawn.
  workbench::TestOptions options(workbench::TestOptions preset = {}) const;

  const std::optional<std::uint64_t>& seed() const { return seed_; }
  // What was given of Maelstrom's flags and does nothing here, as people write it: "--no-ssh".
  std::vector<std::string> without_effect() const;

 private:
  void add_ignored_to(CLI::App& app);

  bool has_load_flags_ = false;  // else the workload and its clients are the preset's
  std::string workload_ = "broadcast";
  // What was not given stays with the preset.
  std::optional<std::uint32_t> node_count_;
  std::vector<std::string> node_names_;
  std::string nodes_file_;
  std::optional<double> time_limit_seconds_;
  std::optional<double> rate_;
  std::optional<std::string> concurrency_;
  std::optional<double> latency_ms_;
  std::optional<std::string> latency_distribution_;
  std::optional<std::string> topology_;
  std::vector<std::string> nemesis_;
  std::string nemesis_shape_;
  std::optional<double> nemesis_interval_seconds_;
  std::optional<std::string> availability_;
  std::optional<std::uint32_t> max_txn_length_;
  std::optional<std::uint32_t> max_writes_per_key_;
  std::optional<std::uint32_t> key_count_;
  std::optional<std::string> consistency_models_;
  std::string network_ = "maelstrom";
  std::optional<std::uint64_t> seed_;
  std::vector<std::string> ignored_values_;
  std::vector<std::pair<std::string, const CLI::Option*>> ignored_;
  bool strict_ = false;
  bool log_stderr_ = false;
  bool log_net_send_ = false;
  bool log_net_recv_ = false;
};

}  // namespace bruit::cli
