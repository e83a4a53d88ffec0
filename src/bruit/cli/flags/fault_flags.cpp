#include "bruit/cli/flags/fault_flags.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bruit/cli/flags/duration_option.h"
#include "bruit/cli/flags/input_file.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/core/duration.h"
#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/network/latency_matrix.h"

namespace bruit::cli {
namespace {

double parse_probability(const std::string& fault, std::string_view text) {
  double probability = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, probability);
  if (error != std::errc{} || rest != end || !(probability >= 0 && probability <= 1)) {
    throw CLI::ValidationError("--faults",
                               fmt::format("{}: expected a probability from 0 to 1", fault));
  }
  return probability;
}

workbench::Duration parse_length(const std::string& fault, std::string_view text) {
  try {
    const workbench::Duration length = core::parse_duration(text);
    if (length > workbench::Duration::zero()) return length;
  } catch (const std::invalid_argument&) {
  }
  throw CLI::ValidationError("--faults",
                             fmt::format("{}: expected a duration such as 300ms or 1s", fault));
}

std::string read_file(const std::string& flag, const std::string& path) {
  try {
    return read_text(path);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError(flag, error.what());
  }
}

}  // namespace

void parse_fault(const std::string& text, workbench::FaultOptions& options) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const bool has_value = equals != std::string::npos;
  const auto probability = [&](double usual) {
    return has_value ? parse_probability(text, std::string_view(text).substr(equals + 1)) : usual;
  };
  if (name == "loss") {
    options.loss = probability(workbench::usual_loss);
    return;
  }
  if (name == "duplicate") {
    options.duplication = probability(workbench::usual_duplication);
    return;
  }
  const auto duration = [&] {
    return has_value ? parse_length(text, std::string_view(text).substr(equals + 1))
                     : workbench::usual_stall;
  };
  if (name == "stall") {
    options.stall = duration();
    return;
  }
  if (name == "stall-node") {
    options.stall_node = duration();
    return;
  }
  if (has_value) {
    throw CLI::ValidationError(
        "--faults",
        fmt::format("{}: only loss, duplicate, stall and stall-node take a value", text));
  }
  if (name == "chaos") {
    options = workbench::chaos();
    return;
  }
  bool known = false;
  const auto choose = [&](const char* candidate, bool& flag) {
    if (name == candidate) flag = known = true;
  };
  choose("oneway", options.one_way);
  choose("reorder", options.reorder);
  choose("latency-jump", options.latency_jump);
  choose("pause", options.pause);
  choose("kill", options.kill);
  choose("drift", options.drift);
  choose("jitter", options.jitter);
  choose("start-noise", options.start_noise);
  if (!known) {
    throw CLI::ValidationError(
        "--faults", fmt::format("\"{}\" is not a fault; expected oneway, loss=P, duplicate=P, "
                                "reorder, latency-jump, pause, kill, drift, jitter, start-noise, "
                                "stall=TIME, stall-node=TIME or chaos",
                                text));
  }
}

void FaultFlags::add_network_to(CLI::App& app) {
  app.add_option("--faults", faults_,
                 "Faults besides partitions, with commas between them:\n"
                 "oneway: links lose everything in one direction\n"
                 "loss=P, duplicate=P: each message with this probability (if P is not given\n"
                 "0.05 and 0.02)\n"
                 "reorder: one message in ten is overtaken\n"
                 "latency-jump: the latency is tenfold for a while\n"
                 "pause: nodes freeze for a while; kill: nodes lose their state and restart\n"
                 "drift: clocks run fast or slow by up to 1 % (strategies only)\n"
                 "chaos: partitions and all of these\n"
                 "jitter: messages take up to 2 ms longer\n"
                 "start-noise: for two seconds one in 50 up to 300 ms, then jitter\n"
                 "stall=TIME: once, nothing arrives anywhere for this long (1s)\n"
                 "stall-node=TIME: once, a node freezes for this long (1s)")
      ->delimiter(',');
  app.add_option("--schedule", schedule_,
                 "Do what this file says instead of drawing faults (see --write-schedule)")
      ->type_name("FILE");
  app.add_option("--regions", regions_, "Nodes stand in this many regions of equal size")
      ->check(whole_number(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--region-latency", region_latency_ms_,
                 "Milliseconds that a message between regions takes longer")
      ->check(decimal_number(Bound::from, 0, 3'600'000))
      ->capture_default_str();
  app.add_option("--latency-matrix", latency_matrix_,
                 "Latencies within and between regions, instead of --latency; see\n"
                 "docs/simulator.md")
      ->type_name("FILE");
}

void FaultFlags::add_to(CLI::App& app) {
  add_network_to(app);
  add_duration_option(app, "--start-spread", start_spread_,
                      "Nodes start within this, at random, as processes do",
                      workbench::Duration::zero());

  add_duration_option(app, "--expect-propagation", expectations_.budget,
                      "Without faults, an acknowledged value is at every node within this");
  add_duration_option(app, "--expect-convergence", expectations_.convergence,
                      "Values from before the last fault's end are at every node within this");
  add_duration_option(app, "--expect-component-progress", expectations_.component_progress,
                      "Nodes that can reach each other share all values within this");
  add_duration_option(app, "--failover-grace", expectations_.failover_grace,
                      "Not counted in that: time to notice each change");
  add_duration_option(app, "--expect-silence", expectations_.silence,
                      "With nothing new, the last message between nodes comes within this");
  app.add_option("--expect-pending", expectations_.pending,
                 "Most values that a node keeps for others at any time")
      ->check(whole_number());
  app.add_option("--expect-messages", expectations_.messages,
                 "Most messages between nodes in a whole run")
      ->check(whole_number());
}

void FaultFlags::apply_to(workbench::TestOptions& options) const {
  for (const auto& fault : faults_) {
    parse_fault(fault, options.faults);
    if (fault == "chaos") options.partition = true;
  }
  if (regions_ > options.nodes.size()) {
    throw CLI::ValidationError(
        "--regions", fmt::format("{} regions for {} nodes", regions_, options.nodes.size()));
  }
  options.start_spread = start_spread_;
  options.regions = regions_;
  options.region_latency = std::chrono::duration_cast<workbench::Duration>(
      std::chrono::duration<double, std::milli>(region_latency_ms_));
  if (!latency_matrix_.empty()) read_latency_matrix(options);
  if (schedule_.empty()) return;
  if (!faults_.empty()) {
    throw CLI::ValidationError("--schedule", "takes the place of --faults; give one of them");
  }
  try {
    options.scenario = std::make_shared<const workbench::Scenario>(workbench::parse_scenario(
        read_file("--schedule", schedule_), {.nodes = options.nodes,
                                             .clients = options.concurrency,
                                             .time_limit = options.time_limit}));
  } catch (const workbench::ScenarioError& error) {
    throw CLI::ValidationError("--schedule", schedule_ + ": " + error.what());
  }
}

void FaultFlags::leave_out_clocks(workbench::TestOptions& options) const {
  const bool scheduled =
      options.scenario != nullptr &&
      std::any_of(options.scenario->faults.begin(), options.scenario->faults.end(),
                  [](const workbench::TimedFault& timed) {
                    return std::holds_alternative<workbench::SetClockRate>(timed.fault);
                  });
  if (scheduled || std::find(faults_.begin(), faults_.end(), "drift") != faults_.end()) {
    throw CLI::ValidationError(scheduled ? "--schedule" : "--faults",
                               "the clocks of programs cannot be changed, only those of "
                               "strategies in virtual time");
  }
  options.faults.drift = false;  // of chaos
}

void FaultFlags::read_latency_matrix(workbench::TestOptions& options) const {
  if (regions_ > 1) {
    throw CLI::ValidationError("--latency-matrix",
                               "takes the place of --regions; give one of them");
  }
  try {
    auto matrix = workbench::parse_latency_matrix(read_file("--latency-matrix", latency_matrix_));
    if (matrix.regions.size() > options.nodes.size()) {
      throw workbench::LatencyMatrixError(
          fmt::format("{} regions for {} nodes", matrix.regions.size(), options.nodes.size()));
    }
    options.latency_matrix = std::make_shared<const workbench::LatencyMatrix>(std::move(matrix));
  } catch (const workbench::LatencyMatrixError& error) {
    throw CLI::ValidationError("--latency-matrix", latency_matrix_ + ": " + error.what());
  }
}

}  // namespace bruit::cli
