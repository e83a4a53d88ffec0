#include "bruit/cli/flags/test_flags.h"
#include "bruit/cli/flags/number_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <stdexcept>

#include "bruit/workbench/checkers/txn/consistency_model.h"

namespace bruit::cli {
namespace {

using workbench::Duration;

constexpr std::uint32_t most_nodes = 1'000'000;
// Far beyond any use, and far from where nanoseconds overflow.
constexpr double longest_seconds = 1e7;
constexpr double highest_rate = 1e9;
constexpr double longest_latency_ms = 3.6e6;
constexpr std::uint32_t most_workers = 1'000'000;
constexpr std::uint32_t most_txn_operations = 10'000;
constexpr std::uint32_t most_writes_per_key = 1'000'000'000;
constexpr std::uint32_t most_keys = 50;  // the first of more would never be drawn
constexpr const char* default_concurrency = "1n";

Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

// "10" workers, or "4n" for four per node.
std::uint32_t parse_concurrency(const std::string& text, std::size_t nodes) {
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const bool per_node = rest + 1 == end && *rest == 'n';
  const std::uint64_t total = per_node ? std::uint64_t{number} * nodes : number;
  if (error != std::errc{} || (rest != end && !per_node) || total == 0 || total > most_workers) {
    throw CLI::ValidationError(
        "--concurrency",
        fmt::format("{} is not a number of clients; expected 1 to {}, or a multiple "
                    "of the number of nodes such as 4n",
                    text, most_workers));
  }
  return static_cast<std::uint32_t>(total);
}

// Empty, or what is wrong with the name.
std::string check_workload(const std::string& name) {
  if (workbench::parse_workload(name)) return {};
  return fmt::format("{} is not a workload; expected {}", name,
                     fmt::join(workbench::workload_list(), ", "));
}

// Empty, or which names there are.
std::string check_models(const std::string& names) {
  try {
    workbench::txn::parse_models(names);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

// Clients of lin-kv work in groups.
void check_lin_kv_clients(const workbench::TestOptions& options) {
  const auto group = 2 * options.nodes.size();
  if (options.concurrency % group == 0) return;
  throw CLI::ValidationError(
      "--concurrency", fmt::format("{} clients; lin-kv needs a multiple of two a node: 2n, that is "
                                   "{}, 4n, ...",
                                   options.concurrency, group));
}

workbench::AvailabilityGoal parse_availability(const std::string& text) {
  if (text == "total") return workbench::TotalAvailability{};
  double fraction = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, fraction);
  if (error != std::errc{} || rest != end || !(fraction >= 0 && fraction <= 1)) {
    throw CLI::ValidationError(
        "--availability", fmt::format("{} is neither `total` nor a fraction from 0 to 1", text));
  }
  return workbench::AvailabilityFraction{fraction};
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto end = line.find_last_not_of(" \t\r");
    if (end != std::string::npos) names.push_back(line.substr(0, end + 1));
  }
  return names;
}

// A client's name is c and a number, and a service has its own: a node's is none of these.
std::vector<std::string> checked_names(const std::vector<std::string>& names, const char* flag) {
  if (names.empty()) throw CLI::ValidationError(flag, "no names; expected at least one");
  std::set<std::string> seen;
  for (const std::string& name : names) {
    const bool like_client = name.size() > 1 && name[0] == 'c' &&
                             name.find_first_not_of("0123456789", 1) == std::string::npos;
    const bool like_service =
        name == "lin-kv" || name == "seq-kv" || name == "lww-kv" || name == "lin-tso";
    const bool has_odd_letter = std::any_of(name.begin(), name.end(), [](unsigned char letter) {
      return std::isalnum(letter) == 0 && letter != '-' && letter != '_' && letter != '.';
    });
    if (name.empty() || has_odd_letter || like_client || like_service) {
      throw CLI::ValidationError(
          flag,
          fmt::format("\"{}\" is no name of a node; expected letters, digits, -, _ and ., and "
                      "neither c1, c2, ... nor the name of a service",
                      name));
    }
    if (!seen.insert(name).second) {
      throw CLI::ValidationError(flag, fmt::format("\"{}\" twice; expected different names", name));
    }
  }
  return names;
}

std::uint64_t random_seed() {
  // Short enough to be read aloud and typed again.
  return std::random_device{}() % 1'000'000;
}

}  // namespace

void TestFlags::add_presentation_to(CLI::App& app) {
  app.add_option("--seed", seed_,
                 "Fixes load, latencies and faults. Default: drawn at random, and printed")
      ->check(whole_number());
  app.add_option("--network", network_,
                 "maelstrom (with the artefacts of its receive threads) or ideal")
      ->check(CLI::IsMember({"maelstrom", "ideal"}))
      ->capture_default_str();
  app.add_flag("--strict", strict_,
               "Fail what is only a warning otherwise: duplicates and inventions in reads, values\n"
               "that vanish, answers that break the protocol or are held back");
  app.add_flag("--log-stderr", log_stderr_, "Show what nodes write to stderr");
  app.add_flag("--log-net-send", log_net_send_, "Show messages as they are sent");
  app.add_flag("--log-net-recv", log_net_recv_, "Show messages as they are received");
}

void TestFlags::add_to(CLI::App& app) {
  has_load_flags_ = true;
  app.add_option("-w,--workload", workload_,
                 fmt::format("What clients do: {}", fmt::join(workbench::workload_list(), ", ")))
      ->check(check_workload, "")
      ->capture_default_str();
  app.add_option("--node-count", node_count_,
                 "Nodes, named n0, n1, ... Default: five, named n1 to n5, as Maelstrom has it")
      ->check(whole_number(1, most_nodes));
  app.add_option("--time-limit", time_limit_seconds_, "Seconds of load")
      ->check(decimal_number(Bound::above, 0, longest_seconds))
      ->default_str("60");
  app.add_option("--rate", rate_, "Operations a second, over all clients; 0: none")
      ->check(decimal_number(Bound::from, 0, highest_rate))
      ->default_str("5");
  app.add_option(
         "--concurrency", concurrency_,
         "Clients: a number, or a multiple of the nodes (4n). lin-kv needs 2n, which is its\n"
         "default, or a multiple of it")
      ->default_str(default_concurrency);
  app.add_option("--latency", latency_ms_, "Mean one-way latency between nodes, milliseconds")
      ->check(decimal_number(Bound::from, 0, longest_latency_ms))
      ->default_str("0");
  app.add_option("--latency-dist", latency_distribution_, "Its distribution")
      ->check(CLI::IsMember({"constant", "uniform", "exponential"}))
      ->default_str("constant");
  app.add_option("--topology", topology_, "The neighbours that nodes are told of")
      ->check(CLI::IsMember({"line", "grid", "tree", "tree2", "tree3", "tree4", "total"}))
      ->default_str("grid");
  app.add_option("--nemesis", nemesis_,
                 "Faults to inject, with commas between them: partition, kill (nodes die and\n"
                 "restart with nothing), pause (nodes freeze), or none")
      ->delimiter(',')
      ->check(CLI::IsMember({"none", "partition", "kill", "pause"}))
      ->default_str("none");
  app.add_option("--nemesis-shape", nemesis_shape_,
                 "Always this partition. Default: drawn each time")
      ->check(CLI::IsMember({"one", "minority-third", "majority", "majorities-ring"}));
  app.add_option("--nemesis-interval", nemesis_interval_seconds_,
                 "Mean seconds between the nemesis's operations")
      ->check(decimal_number(Bound::above, 0, longest_seconds))
      ->default_str("10");
  app.add_option("--availability", availability_,
                 "Share of operations that must succeed: total, or a fraction from 0 to 1");
  app.add_option("--max-txn-length", max_txn_length_,
                 "txn-*: operations in a transaction, at most. Default: 4")
      ->check(whole_number(1, most_txn_operations));
  app.add_option(
         "--max-writes-per-key", max_writes_per_key_,
         "kafka and txn-*: after that many writes a new key takes a key's place. Default: 16")
      ->check(whole_number(1, most_writes_per_key));
  app.add_option("--key-count", key_count_, "kafka and txn-*: keys at a time. Default: 10")
      ->check(whole_number(1, most_keys));
  app.add_option("--consistency-models", consistency_models_,
                 "txn-*: what transactions are held against, with commas between them.\n"
                 "Default: strict-serializable")
      ->check(check_models, "");
  auto* names =
      app.add_option("-n,--node", node_names_,
                     "A node's name, as often as there are nodes; instead of --node-count");
  auto* list =
      app.add_option("--nodes", node_names_, "The names of all nodes, with commas between them")
          ->delimiter(',');
  auto* file = app.add_option("--nodes-file", nodes_file_, "A file with a node's name in each line")
                   ->check(CLI::ExistingFile);
  auto* count = app.get_option("--node-count");
  for (auto* option : {names, list, file}) option->excludes(count);
  list->excludes(names);
  file->excludes(names)->excludes(list);
  add_ignored_to(app);
  add_presentation_to(app);
}

// Jepsen's flags for machines that are reached by ssh, which Maelstrom takes as well.
void TestFlags::add_ignored_to(CLI::App& app) {
  constexpr auto group = "Taken for Maelstrom's sake, without effect";
  for (const char* flag :
       {"--no-ssh", "--leave-db-running", "--logging-json", "--strict-host-key-checking"}) {
    ignored_.emplace_back(flag, app.add_flag(flag)->group(group));
  }
  for (const char* option : {"--username", "--password", "--ssh-private-key"}) {
    ignored_.emplace_back(option,
                          app.add_option(option, ignored_values_)->expected(1)->group(group));
  }
}

std::vector<std::string> TestFlags::without_effect() const {
  std::vector<std::string> given;
  for (const auto& [name, option] : ignored_) {
    if (option->count() > 0) given.push_back(name);
  }
  return given;
}

workbench::TestOptions TestFlags::options(workbench::TestOptions options) const {
  if (has_load_flags_) options.workload = *workbench::parse_workload(workload_);
  if (node_count_) options.nodes = workbench::numbered_nodes(*node_count_);
  if (!nodes_file_.empty()) options.nodes = checked_names(names_in(nodes_file_), "--nodes-file");
  if (!node_names_.empty()) options.nodes = checked_names(node_names_, "--node");
  if (rate_) options.rate = *rate_;
  if (time_limit_seconds_) options.time_limit = from_seconds(*time_limit_seconds_);
  const bool is_lin_kv = options.workload == workbench::Workload::lin_kv;
  if (has_load_flags_) {
    options.concurrency = parse_concurrency(
        concurrency_.value_or(is_lin_kv ? "2n" : default_concurrency), options.nodes.size());
  }
  if (is_lin_kv) check_lin_kv_clients(options);
  if (latency_ms_) options.latency = from_seconds(*latency_ms_ / 1000);
  if (latency_distribution_) {
    options.latency_distribution = *workbench::parse_latency_distribution(*latency_distribution_);
  }
  if (topology_) options.topology = *workbench::parse_topology(*topology_);
  if (!nemesis_.empty()) {
    const auto asked = [this](const char* fault) {
      return std::find(nemesis_.begin(), nemesis_.end(), fault) != nemesis_.end();
    };
    if (asked("none") && nemesis_.size() > 1) {
      throw CLI::ValidationError("--nemesis", "none excludes the others");
    }
    options.partition = asked("partition");
    options.nemesis_kill = asked("kill");
    options.nemesis_pause = asked("pause");
  }
  if (!nemesis_shape_.empty()) {
    options.partition_shape = workbench::parse_partition_shape(nemesis_shape_);
  }
  if (nemesis_interval_seconds_) {
    options.nemesis_interval = from_seconds(*nemesis_interval_seconds_);
  }
  if (max_txn_length_) options.max_txn_length = *max_txn_length_;
  if (max_writes_per_key_) options.max_writes_per_key = *max_writes_per_key_;
  if (key_count_) options.key_count = *key_count_;
  if (consistency_models_) options.consistency_models = *consistency_models_;
  if (availability_) options.availability = parse_availability(*availability_);
  options.seed = seed_ ? *seed_ : random_seed();
  options.network = *workbench::parse_network_model(network_);
  options.strict = strict_;
  options.log_stderr = log_stderr_;
  options.log_net_send = log_net_send_;
  options.log_net_recv = log_net_recv_;
  return options;
}

}  // namespace bruit::cli
