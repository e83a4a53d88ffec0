// net: messages sent, received and distinct, and how many of them an operation took.
// Source: Maelstrom 0.2.4, maelstrom/net/checker.clj.
#pragma once

#include <cstdint>
#include <optional>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/net_stats.h"

namespace bruit::workbench {

// Always valid: Maelstrom sets no limit on traffic.
struct NetResult {
  NetStats stats;
  // Invocations by clients, final reads and those that failed included.
  std::uint64_t operation_count = 0;

  // Distinct messages per operation, in single precision as the original computes it; nothing if
  // there was no operation.
  std::optional<float> messages_per_operation(const TrafficCount& traffic) const;
};

NetResult check_net(const History& history, const NetStats& stats);

// {:all {..} :clients {..} :servers {..} :valid? true}; :msgs-per-op in :all and :servers.
Edn to_edn(const NetResult& result);

}  // namespace bruit::workbench
