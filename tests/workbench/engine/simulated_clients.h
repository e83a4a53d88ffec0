// Clients on a simulated network whose nodes are a function: what a test says they answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/engine/clients.h"
#include "bruit/workbench/workloads/workloads.h"

namespace bruit::workbench {

class SimulatedClients : private NetworkObserver {
 public:
  // A node's answer to a request: a body, sent after `delay`; nothing: no answer.
  struct Answer {
    Payload body;
    Duration delay{};
  };
  using Node = std::function<std::optional<Answer>(std::uint32_t node, const Request&)>;

  SimulatedClients(const TestOptions& chosen, Node node, EventLog* log = nullptr)
      : options(chosen),
        network(options, queue, *this),
        propagation(static_cast<std::uint32_t>(options.nodes.size())),
        rules(make_workload(options, history.elements)),
        clients(options, *rules, queue, network, history, propagation, log),
        node_(std::move(node)) {}

  // The main phase, to its end.
  void run() {
    clients.start(Time{});
    run_until(Time::max());
  }
  void run_until(Time end) {
    while (!queue.empty() && queue.next_time() <= end) {
      const Event event = queue.pop();
      now = event.time;
      switch (event.kind) {
        case EventKind::node_receive:
          network.receive_at_node(event.subject, now);
          break;
        case EventKind::client_receive:
          network.receive_at_client(event.subject, now);
          break;
        case EventKind::request_timeout:
          clients.on_timeout(event.subject, event.token, now);
          break;
        case EventKind::generator:
          clients.on_generator_due(now);
          break;
        case EventKind::nemesis: {  // an answer that was delayed
          auto& delayed = delayed_[event.subject];
          network.send(now, delayed.from, delayed.to, std::move(delayed.body));
          break;
        }
        default:
          break;
      }
    }
  }

  const TestOptions options;
  EventQueue queue;
  Network network;
  History history;
  Propagation propagation;
  std::unique_ptr<WorkloadRules> rules;
  Clients clients;
  Time now{};
  std::vector<Endpoint> askers;        // who sent each request, in order
  std::vector<std::uint32_t> asked;    // and to which node
  std::vector<std::uint64_t> msg_ids;  // with which number

 private:
  struct Delayed {
    Endpoint from, to;
    Payload body;
  };

  void on_deliver(Packet&& packet, Time time) override {
    if (packet.destination.is_client()) {
      clients.on_reply(std::move(packet), time);
      return;
    }
    const auto& request = std::get<Request>(packet.payload);
    askers.push_back(packet.source);
    asked.push_back(packet.destination.index());
    msg_ids.push_back(request.msg_id);
    auto answer = node_(packet.destination.index(), request);
    if (!answer) return;
    delayed_.push_back({packet.destination, packet.source, std::move(answer->body)});
    queue.push(time + answer->delay, EventKind::nemesis,
               static_cast<std::uint32_t>(delayed_.size() - 1));
  }

  Node node_;
  std::vector<Delayed> delayed_;
};

}  // namespace bruit::workbench
