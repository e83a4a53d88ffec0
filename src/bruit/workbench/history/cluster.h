// Cluster: how many there are, and who stands behind the numbers of processes and clients.
//
// Process p of a history is worker p mod `concurrency`, and worker w talks to node w mod `nodes`
// (Jepsen 0.3.7, generator/context.clj). Client i sends `init` to node i, client nodes + i sends it
// the topology; those of the load follow, numbered as their workers open them (Maelstrom 0.2.4).
#pragma once

#include <cstdint>
#include <optional>

#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct Cluster {
  std::uint32_t nodes = 1;
  std::uint32_t concurrency = 1;

  // Of a client's process, not the nemesis.
  std::uint32_t worker_of(Process process) const {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(process.id) % concurrency);
  }
  std::uint32_t node_of_worker(std::uint32_t worker) const { return worker % nodes; }
  std::uint32_t node_of(Process process) const { return node_of_worker(worker_of(process)); }

  std::uint32_t init_client(std::uint32_t node) const { return node; }
  std::uint32_t topology_client(std::uint32_t node) const { return nodes + node; }
  std::uint32_t first_load_client() const { return 2 * nodes; }

  // What a client of the start-up sends, and to whom.
  struct StartUp {
    enum class Request : std::uint8_t { init, topology };
    Request request{};
    std::uint32_t node = 0;
  };
  // Nothing for clients of the load.
  std::optional<StartUp> start_up(std::uint32_t client) const {
    if (client >= first_load_client()) return std::nullopt;
    if (client < nodes) return StartUp{StartUp::Request::init, client};
    return StartUp{StartUp::Request::topology, client - nodes};
  }
};

inline Cluster cluster_of(const TestOptions& options) {
  return {.nodes = static_cast<std::uint32_t>(options.nodes.size()),
          .concurrency = options.concurrency};
}

}  // namespace bruit::workbench
