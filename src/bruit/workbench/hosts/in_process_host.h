// InProcessHost: every node is a core strategy in this process. Handling takes no time.
//
// Nodes can be killed, restarted, frozen and given clocks that drift. The time that a strategy sees
// is its node's own: it begins at an offset drawn for each node, so that no strategy can come to
// rely on a common clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/basics/node_statistics.h"
#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/hosts/host.h"
#include "bruit/workbench/hosts/node_clock.h"

namespace bruit::workbench {

// Makes a node; `options.incarnation` is another one at each start. As core::make_strategy.
using StrategyFactory = std::function<std::unique_ptr<core::Strategy>(
    const core::StrategyOptions& options, const core::Members& members, Time start)>;

class InProcessHost : public Host {
 public:
  // Whether NodeStatistics::pending_worst is kept: that asks each node after each event.
  enum class Pending : std::uint8_t { not_watched, watched };

  // `context` outlives the host. `seed` decides the offsets of clocks, and how long after its
  // `init` each node starts: below `start_spread`.
  InProcessHost(const core::StrategyOptions& options, std::uint32_t node_count,
                HostContext& context, std::uint64_t seed = 0,
                StrategyFactory factory = core::make_strategy, Duration start_spread = {},
                Pending pending = Pending::watched);

  // How long after its `init` the node starts. To be called before that.
  void delay_start(std::uint32_t node, Duration delay) {
    nodes_[node].put_aside().start_delay = delay;
  }

  void deliver(std::uint32_t node, Packet&& packet, Time now) override;
  void tick(std::uint32_t node, Time now) override;
  void prefetch(std::uint32_t node, PrefetchStep step) const override;

  void kill(std::uint32_t node, Time now) override;
  void restart(std::uint32_t node, Time now) override;
  void pause(std::uint32_t node, Time now) override;
  void resume(std::uint32_t node, Time now) override;
  void set_clock_rate(std::uint32_t node, std::int64_t parts_per_million, Time now) override;

  NodeStatistics statistics() const;

 private:
  // What a node has only at its start and while it is paused.
  struct Aside {
    bool paused = false;
    std::vector<Packet> backlog;  // while paused, in the order of arrival
    Duration start_delay{};
    std::optional<Packet> starting;  // its `init`, until the delay is over
  };
  // Every message touches one, and a large cluster's have long left the processor's caches: so
  // they are small.
  struct Node {
    std::unique_ptr<core::Strategy> strategy;  // while it lives: from `init` on, but for kills
    ElementList visible;                       // shared with the answers to reads
    Time armed = Time::max();                  // earliest tick that was requested and has not come
    NodeClock clock;
    std::size_t pending_worst = 0;
    std::unique_ptr<Aside> aside;  // null if there is nothing in it

    Aside& put_aside() {
      if (aside == nullptr) aside = std::make_unique<Aside>();
      return *aside;
    }
    bool paused() const { return aside != nullptr && aside->paused; }
  };

  void begin(std::uint32_t node, Time now);
  void handle(std::uint32_t node, Packet&& packet, Time now);
  void answer(std::uint32_t node, Endpoint client, const Request& request, Time now);
  void run_timer(std::uint32_t node, Time now);
  // Carries out what the last call of the strategy asked for.
  void flush(std::uint32_t node, Time now);

  core::StrategyOptions options_;
  bool watches_pending_;
  HostContext& context_;
  StrategyFactory factory_;
  std::vector<Node> nodes_;
  Random incarnations_;  // in no order, so that no strategy can come to rely on one
  core::Outbox outbox_;
  core::Counters former_;  // of nodes that were killed
};

}  // namespace bruit::workbench
