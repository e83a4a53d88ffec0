// Network: a few nodes and the links between them, for transcripts. Everything is under the
// script's control and nothing is random.
//
// A message arrives one latency after it was sent, and never before one that was sent earlier on
// the same link. It is lost if its link is cut, or its receiver down, when it leaves or when it
// arrives. What is due at one moment happens in this order: messages arrive in the order in which
// they were sent, then nodes tick in their order.
//
// Shares no code with the workbench's network: it is simple enough to be believed, not fast.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bruit/core/strategy.h"
#include "core/transcript/journal.h"
#include "core/transcript/script.h"

namespace bruit::core::transcript {

// Something that the script said would be so is not, or cannot be done now.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Network {
 public:
  // Tells `journal`, which outlives it, what happens. The first moment is 0 ms.
  Network(const StartCluster& cluster, Journal& journal);

  // One function for each command of a script. They throw Refusal.
  void carry_out(const StartCluster&) {}
  void carry_out(const Broadcast& broadcast);
  void carry_out(const Advance& advance);
  void carry_out(const SetLatency& latency);
  void carry_out(const Hold& hold);
  void carry_out(const Release& release);
  void carry_out(const Resume& resume);
  void carry_out(const Drop& drop);
  void carry_out(const Duplicate& duplicate);
  void carry_out(const Cut& cut);
  void carry_out(const Heal& heal);
  void carry_out(const Kill& kill);
  void carry_out(const Restart& restart);
  void carry_out(const ShowState& show);
  void carry_out(const ShowCounters& show);
  void carry_out(const ShowMessages& show);
  void carry_out(const ExpectSilence& expect);
  void carry_out(const ExpectAgreement& expect);

 private:
  struct Node {
    std::unique_ptr<Strategy> strategy;  // null while it is down
    std::vector<std::string> known;      // in the order in which it learned them
  };
  struct Link {
    Duration latency;
    Time last_arrival{};
    bool is_cut = false;
    bool holds = false;
    std::deque<Message> held;
    std::uint32_t to_drop = 0;
    std::uint32_t to_duplicate = 0;
  };
  struct InFlight {
    NodeId from;
    NodeId to;
    Message message;
  };

  Node& node(NodeId id) { return nodes_.at(id.index); }
  Node& living(NodeId id);
  Link& link(NodeId from, NodeId to);
  std::unique_ptr<Strategy> make_node(NodeId id, Time start);

  // The next moment at which anything is due.
  std::optional<Time> next_moment() const;
  void run_moment();
  void take_outbox(NodeId from);
  void send(NodeId from, const Send& send);
  void arrive(NodeId from, NodeId to, const Message& message);

  StartCluster cluster_;
  Journal& journal_;
  std::vector<Node> nodes_;
  std::map<std::pair<NodeId, NodeId>, Link> links_;               // those that were ever used
  std::map<std::pair<Time, std::uint64_t>, InFlight> in_flight_;  // by arrival, then order of send
  std::uint64_t sends_ = 0;
  std::uint64_t starts_ = 0;                           // of nodes
  std::map<std::string, std::uint64_t> sent_by_kind_;  // since they were last shown
  std::vector<std::string> accepted_;                  // from clients, by any node
  Outbox outbox_;
  Time now_{};
};

}  // namespace bruit::core::transcript
