// TestOptions: all that decides what a test does, apart from the program under test.
// Names and defaults are Maelstrom's (`maelstrom test --help`), where it has them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/core/time.h"

namespace bruit::workbench {

using core::Duration;
using core::Time;

// What clients do: workloads/ has a file for each.
enum class Workload : std::uint8_t {
  broadcast,
  echo,
  unique_ids,
  g_set,
  g_counter,
  pn_counter,
  lin_kv,
  kafka,
  txn_list_append,
  txn_rw_register
};
enum class LatencyDistribution : std::uint8_t { constant, uniform, exponential };
enum class Topology : std::uint8_t { line, grid, tree2, tree3, tree4, total };

// Who is cut off from whom while the network is partitioned. partition.h draws it.
enum class PartitionShape : std::uint8_t {
  one,              // one node against the rest
  minority_third,   // floor((n-1)/3) nodes against the rest
  majority,         // floor(n/2) nodes against the rest
  majorities_ring,  // every node sees a majority, no two (in the exact ring) the same one
};

inline constexpr std::array all_partition_shapes{
    PartitionShape::one, PartitionShape::minority_third, PartitionShape::majority,
    PartitionShape::majorities_ring};

// What --availability asks for.
struct NoAvailabilityGoal {};
struct TotalAvailability {};  // every operation must succeed
struct AvailabilityFraction {
  double at_least = 0;  // 0 to 1
};
using AvailabilityGoal = std::variant<NoAvailabilityGoal, TotalAvailability, AvailabilityFraction>;

// How a node receives. See network.h.
enum class NetworkModel : std::uint8_t {
  maelstrom,  // with the artefacts of Maelstrom's receive threads
  ideal,      // every message at its deadline
};

// How long messages take, one way.
struct LatencyModel {
  LatencyDistribution distribution = LatencyDistribution::constant;
  Duration mean{};  // up to longest_latency
  friend bool operator==(const LatencyModel&, const LatencyModel&) = default;
};
inline constexpr Duration longest_latency = std::chrono::hours(1);

// What goes wrong besides Maelstrom's partitions. fault_generator.h says when and how long.
struct FaultOptions {
  bool one_way = false;       // some links lose everything in one direction
  double loss = 0;            // probability for each message between nodes
  double duplication = 0;     // the same
  bool reorder = false;       // some messages are overtaken
  bool latency_jump = false;  // latency rises tenfold and falls again
  bool pause = false;         // nodes freeze for a while
  bool kill = false;          // nodes lose their state and begin anew
  bool drift = false;         // clocks run at different rates
  // Noise, as on a machine that does other things too.
  bool jitter = false;       // messages take up to 2 ms longer
  bool start_noise = false;  // in the first two seconds a few take much longer
  Duration stall{};          // once, nothing arrives anywhere for this long
  Duration stall_node{};     // once, a node freezes for this long
  friend bool operator==(const FaultOptions&, const FaultOptions&) = default;
};

struct Scenario;
struct LatencyMatrix;

struct TestOptions {
  Workload workload = Workload::broadcast;
  std::vector<std::string> nodes{"n1", "n2", "n3", "n4", "n5"};
  double rate = 5;                                 // operations a second, over all clients
  Duration time_limit = std::chrono::seconds(60);  // of load, from the first operation
  std::uint32_t concurrency = 5;  // client processes; process i talks to node i mod n
  Duration latency{};             // mean, one way, between nodes
  LatencyDistribution latency_distribution = LatencyDistribution::constant;
  Topology topology = Topology::grid;
  // Nodes stand in this many (at least 1) regions of equal size, in their order; a message between
  // two regions takes longer by region_latency.
  std::uint32_t regions = 1;
  Duration region_latency{};
  // If set, how long messages take, instead of `latency` (latency_matrix.h). Faults that change the
  // latency of all links go before it for as long as they last.
  std::shared_ptr<const LatencyMatrix> latency_matrix;
  // Simulated nodes answer `init` after U[0, start_spread), as processes do that are not equally
  // quick to start: so their timers are out of step. The load begins when all have answered.
  Duration start_spread{};
  // The same of each node, where it is known: of these nodes instead of what start_spread draws.
  std::vector<Duration> start_delays;
  bool partition = false;                         // --nemesis partition
  std::optional<PartitionShape> partition_shape;  // always this one
  bool nemesis_kill = false;                      // --nemesis kill
  bool nemesis_pause = false;                     // --nemesis pause
  Duration nemesis_interval = std::chrono::seconds(10);
  FaultOptions faults;
  // If set, what it says happens instead of what `partition` and `faults` ask for.
  std::shared_ptr<const Scenario> scenario;
  // Whether the history tells of faults. Who runs millions of tests does not look.
  bool faults_in_history = true;
  AvailabilityGoal availability;
  // Of the workloads kafka (no more than the last two) and txn-*.
  std::uint32_t max_txn_length = 4;
  std::uint32_t max_writes_per_key = 16;
  std::uint32_t key_count = 10;
  std::string consistency_models = "strict-serializable";  // names with commas between them
  NetworkModel network = NetworkModel::maelstrom;
  std::uint64_t seed = 0;
  bool strict = false;  // breaches of conduct (checkers/conduct.h) make a test invalid
  bool log_stderr = false;
  bool log_net_send = false;
  bool log_net_recv = false;
};

// Maelstrom's fixed times.
inline constexpr Duration init_timeout = std::chrono::seconds(10);
inline constexpr Duration client_timeout = std::chrono::seconds(5);
inline constexpr Duration quiet_period = std::chrono::seconds(10);

std::string_view to_string(Workload workload);
std::string_view to_string(LatencyDistribution distribution);
std::string_view to_string(Topology topology);
std::string_view to_string(NetworkModel model);
// As in a history: "one", "minority-third", "majority", "majorities-ring".
std::string_view to_string(PartitionShape shape);
std::optional<Workload> parse_workload(std::string_view name);
// Their names, in the order of the enumeration.
std::vector<std::string> workload_list();
std::optional<LatencyDistribution> parse_latency_distribution(std::string_view name);
std::optional<Topology> parse_topology(std::string_view name);  // "tree" is "tree2"
std::optional<NetworkModel> parse_network_model(std::string_view name);
std::optional<PartitionShape> parse_partition_shape(std::string_view name);

// "n0" ... "n(count-1)", as `--node-count` names them.
std::vector<std::string> numbered_nodes(std::uint32_t count);

// For each node, its neighbours in the order in which Maelstrom lists them
// (maelstrom/workload/broadcast.clj).
std::vector<std::vector<std::uint32_t>> neighbours(Topology topology, std::uint32_t node_count);

}  // namespace bruit::workbench
