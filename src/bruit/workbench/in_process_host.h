// InProcessHost: every node is a core strategy in this process. Handling takes no time.
#pragma once

#include <memory>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/host.h"

namespace bruit::workbench {

class InProcessHost : public Host {
 public:
  // `context` outlives the host.
  InProcessHost(const core::StrategyOptions& options, std::uint32_t node_count,
                HostContext& context);

  void deliver(std::uint32_t node, Packet&& packet, Time now) override;
  void tick(std::uint32_t node, Time now) override;

 private:
  struct Node {
    std::unique_ptr<core::Strategy> strategy;  // from `init` on
    ElementList visible;
    Time armed = Time::max();  // earliest tick that was requested and has not come
  };

  void handle(std::uint32_t node, Endpoint client, const Request& request, Time now);
  // Carries out what the last call of the strategy asked for.
  void flush(std::uint32_t node, Time now);

  core::StrategyOptions options_;
  HostContext& context_;
  std::vector<Node> nodes_;
  core::Outbox outbox_;
};

}  // namespace bruit::workbench
