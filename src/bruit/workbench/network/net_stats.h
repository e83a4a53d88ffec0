// NetStats: what crossed the network, counted as Maelstrom's `net` checker counts it.
// Source: Maelstrom, maelstrom/net/checker.clj; messages are counted by distinct id over the whole
// run, start-up and quiet period included.
#pragma once

#include <cstdint>

namespace bruit::workbench {

struct TrafficCount {
  std::uint64_t send_count = 0;
  std::uint64_t recv_count = 0;
  std::uint64_t msg_count = 0;  // distinct messages
};

struct NetStats {
  TrafficCount clients;  // source or destination is a client
  TrafficCount servers;  // the rest: between nodes, and with services

  TrafficCount all() const {
    return {clients.send_count + servers.send_count, clients.recv_count + servers.recv_count,
            clients.msg_count + servers.msg_count};
  }
};

}  // namespace bruit::workbench
