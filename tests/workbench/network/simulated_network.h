// A network by itself, whose nodes write down what they get. Times are in milliseconds since the
// start.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/network/network.h"

namespace bruit::workbench {

inline constexpr Endpoint client = Endpoint::client(0);
inline constexpr Endpoint n0 = Endpoint::node(0);
inline constexpr Endpoint n1 = Endpoint::node(1);
inline constexpr Endpoint n2 = Endpoint::node(2);

inline Time at(double ms) {
  return Time{std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms))};
}

inline TestOptions three_nodes(NetworkModel model, int latency_ms) {
  TestOptions options;
  options.nodes = numbered_nodes(3);
  options.network = model;
  options.latency = std::chrono::milliseconds(latency_ms);
  return options;
}

// A network whose nodes write down what they get.
struct Simulated : NetworkObserver {
  explicit Simulated(const TestOptions& options) : network(options, queue, *this) {}

  void on_deliver(Packet&& packet, Time now) override {
    delivered.push_back({std::get<JsonBody>(packet.payload).text, ms(now)});
    if (answer) network.send(now, packet.destination, packet.source, JsonBody{*answer});
    answer.reset();
  }
  void on_lost(const Packet& packet, Time now) override {
    lost.push_back({std::get<JsonBody>(packet.payload).text, ms(now)});
  }

  void send(double when, Endpoint from, Endpoint to, std::string text) {
    run_until(when);
    network.send(at(when), from, to, JsonBody{std::move(text)});
  }
  void run_until(double ms) {
    while (!queue.empty() && queue.next_time() <= at(ms)) {
      const Event event = queue.pop();
      if (event.kind == EventKind::client_receive) {
        network.receive_at_client(event.subject, event.time);
      } else {
        ASSERT_EQ(event.kind, EventKind::node_receive);
        network.receive_at_node(event.subject, event.time);
      }
    }
  }
  void cut_both_ways(double when, Endpoint a, Endpoint b) {
    run_until(when);
    network.cut(a.index(), b.index());
    network.cut(b.index(), a.index());
  }
  void heal(double when) {
    run_until(when);
    network.heal_all();
  }

  static double ms(Time time) {
    return std::chrono::duration<double, std::milli>(time - Time{}).count();
  }

  using Seen = std::pair<std::string, double>;
  EventQueue queue;
  Network network;
  std::vector<Seen> delivered, lost;
  std::optional<std::string> answer;  // what the next recipient sends back
};

}  // namespace bruit::workbench
