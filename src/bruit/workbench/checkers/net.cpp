#include "bruit/workbench/checkers/net.h"

#include <algorithm>

namespace bruit::workbench {
namespace {

Edn traffic_to_edn(const TrafficCount& traffic) {
  return Edn::map({{"send-count", traffic.send_count},
                   {"recv-count", traffic.recv_count},
                   {"msg-count", traffic.msg_count}});
}

}  // namespace

std::optional<float> NetResult::messages_per_operation(const TrafficCount& traffic) const {
  if (operation_count == 0) return std::nullopt;
  return static_cast<float>(static_cast<double>(traffic.msg_count) /
                            static_cast<double>(operation_count));
}

NetResult check_net(const History& history, const NetStats& stats) {
  const auto invoked = std::count_if(history.ops.begin(), history.ops.end(), [](const Op& op) {
    return op.type == OpType::invoke && !op.process.is_nemesis();
  });
  return {.stats = stats, .operation_count = static_cast<std::uint64_t>(invoked)};
}

Edn to_edn(const NetResult& result) {
  const auto with_ratio = [&](const TrafficCount& traffic) {
    Edn edn = traffic_to_edn(traffic);
    if (const auto ratio = result.messages_per_operation(traffic)) {
      edn.get_if<EdnMap>()->set("msgs-per-op", *ratio);
    }
    return edn;
  };
  return Edn::map({{"all", with_ratio(result.stats.all())},
                   {"clients", traffic_to_edn(result.stats.clients)},
                   {"servers", with_ratio(result.stats.servers)},
                   {"valid?", true}});
}

}  // namespace bruit::workbench
