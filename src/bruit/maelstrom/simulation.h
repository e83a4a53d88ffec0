// Simulation: a cluster of your nodes in one process and in virtual time, for tests.
//
//     Simulation cluster(application<Counter>(), {.nodes = 3, .seed = seed,
//                                                 .link = {.latency = 100ms, .loss = 0.1}});
//     auto client = cluster.client();
//     client.call("n0", {{"type", "add"}, {"delta", 5}});  // runs until the answer is there
//     cluster.partition({{"n0"}, {"n1", "n2"}});
//     cluster.run_for(30s);  // milliseconds of real time
//     cluster.heal();
//
// The nodes are the programs that run() starts, unchanged: they are fed lines and time, and their
// lines are delivered. Messages between nodes, and between nodes and services, take the link's
// latency and may be lost, doubled or overtake each other; clients are next to every node, as in
// Maelstrom. The services lin-kv, seq-kv, lww-kv and lin-tso are there. The same options and calls
// give the same run, to the bit, on every machine (see fingerprint()).
//
// What would silence a node in Maelstrom, a message to somebody who does not exist, throws
// std::logic_error here, from whatever call runs the simulation.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/core/fnv.h"
#include "bruit/maelstrom/call.h"
#include "bruit/maelstrom/codec.h"
#include "bruit/maelstrom/fields.h"
#include "bruit/maelstrom/node_process.h"
#include "bruit/maelstrom/random.h"
#include "bruit/maelstrom/services.h"

namespace bruit::maelstrom {

// One direction of a link between two nodes, or a node and a service.
struct Link {
  Duration latency{};  // one way
  Duration jitter{};   // a random part of this is added; above zero, messages overtake each other
  double loss = 0;     // probability that a message is lost
  double duplication = 0;  // probability that it arrives twice, each with its own jitter
};

struct SimulationOptions {
  std::size_t nodes = 1;  // n0, n1, ...
  std::uint64_t seed = 1;
  Link link{};
  NodeOptions node{};  // seed and log are set by the simulation
  LogLevel log_level = LogLevel::info;
};

// Messages between nodes, and between nodes and services, since the start.
struct Traffic {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;  // a message that arrives twice counts twice
  std::uint64_t lost = 0;       // by chance, a partition, or a dead receiver
};

class SimulatedClient;

class Simulation {
 public:
  // Starts the nodes and sends each `init`. Throws std::runtime_error if one does not answer
  // init_ok.
  explicit Simulation(Application application, SimulationOptions options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  const std::vector<std::string>& node_ids() const { return node_ids_; }
  // Since the start.
  Duration now() const { return now_.time_since_epoch(); }

  // --- Letting time pass ---

  void run_for(Duration duration);
  // Until `condition` holds, which is tested after every event; false if it does not within
  // `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit);

  // --- Clients ---

  // A new client: c1, c2, ...
  SimulatedClient client();

  // --- Faults ---

  // Nodes in different groups do not reach each other from now on, messages on their way included.
  // A node or service in no group reaches everybody.
  void partition(const std::vector<std::vector<std::string>>& groups);
  // No message from `from` reaches `to` from now on.
  void cut(const std::string& from, const std::string& to);
  // Ends every partition and cut.
  void heal();
  // For all links, or for one direction of one. Messages on their way are not affected.
  void set_link(const Link& link) { options_.link = link; }
  void set_link(const std::string& from, const std::string& to, const Link& link);
  // The process is gone at once, with all it knew.
  void kill(const std::string& node);
  // A new process of the same name, initialised anew.
  void restart(const std::string& node);

  // --- Watching ---

  const Traffic& traffic() const { return traffic_; }
  // Called with every message when it is sent, those of clients included.
  void observe(std::function<void(const Message&)> observer) { observer_ = std::move(observer); }
  // Everything that a node has logged, a line each: "12.345 s warning: ...".
  const std::string& log(const std::string& node) const { return host(node).log; }
  // The node itself; null while it is dead.
  Node* node(const std::string& id);
  // A hash over every delivery so far: who, when, what. Equal runs have equal fingerprints.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  friend class SimulatedClient;

  struct Host {
    std::string log;
    std::unique_ptr<NodeProcess> process;  // null while dead
    std::optional<Time> armed;             // the tick that is in the queue
    std::uint64_t life = 0;                // counts processes, so that an old tick is recognised
  };
  struct Event {
    Time time;
    std::uint64_t order;
    std::function<void()> run;
    friend bool operator>(const Event& a, const Event& b) {
      return std::pair(a.time, a.order) > std::pair(b.time, b.order);
    }
  };
  using OnReply = std::function<void(Message)>;

  Host& host(const std::string& node);
  const Host& host(const std::string& node) const;
  void start(const std::string& node);
  void schedule(Time time, std::function<void()> run);
  bool step(Time limit);  // one event; false if none is due by `limit`
  void collect(const std::string& node);
  void send(Message message);
  void transmit(const std::shared_ptr<const Message>& message, Duration delay);
  void deliver(const Message& message);
  bool reachable(const std::string& from, const std::string& to) const;
  const Link& link(const std::string& from, const std::string& to) const;
  std::int64_t request(const std::string& client, std::string_view dest, json::object body,
                       OnReply on_reply);

  Application application_;
  SimulationOptions options_;
  Random random_;
  std::vector<std::string> node_ids_;
  std::map<std::string, Host> hosts_;
  std::map<std::string, std::unique_ptr<Service>> services_;
  std::map<std::string, std::map<std::int64_t, OnReply>> clients_;  // by name and msg_id
  std::int64_t next_msg_id_ = 1;
  std::vector<Event> events_;  // a heap, the next one in front
  std::uint64_t next_order_ = 0;
  std::uint64_t events_at_this_time_ = 0;
  Time now_{};
  std::set<std::pair<std::string, std::string>> cuts_;
  std::map<std::pair<std::string, std::string>, Link> links_;
  Traffic traffic_;
  std::function<void(const Message&)> observer_;
  std::uint64_t fingerprint_ = core::fnv1a_basis;
};

// A request under way.
class SimulatedRequest {
 public:
  bool done() const { return state_->result.has_value(); }
  // Only if done().
  const CallResult& result() const { return *state_->result; }
  // When it was sent, and answered or given up (only if done()).
  Duration started() const { return state_->started; }
  Duration ended() const { return state_->ended; }

 private:
  friend class SimulatedClient;
  struct State {
    Duration started{};
    Duration ended{};
    std::optional<CallResult> result;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// A client of a simulation, which it must not outlive.
class SimulatedClient {
 public:
  const std::string& id() const { return id_; }

  // Sends a request and runs the simulation until it is answered. Throws the error in the reply,
  // and RpcError(timeout) after `timeout` of virtual time.
  Message call(std::string_view dest, const json::object& body,
               Duration timeout = std::chrono::seconds(5));
  // The same with typed messages. Throws std::logic_error if the reply has another type.
  template <TypedMessage Reply, TypedMessage Request>
  Reply ask(std::string_view dest, const Request& request,
            Duration timeout = std::chrono::seconds(5)) {
    const Message reply = call(dest, to_body(request), timeout);
    expect_type(reply, Reply::type);
    return from_body<Reply>(reply.body);
  }
  // Sends a request and returns at once; it goes on while the simulation runs.
  SimulatedRequest start(std::string_view dest, const json::object& body,
                         Duration timeout = std::chrono::seconds(5));
  template <TypedMessage Request>
  SimulatedRequest start(std::string_view dest, const Request& request,
                         Duration timeout = std::chrono::seconds(5)) {
    return start(dest, to_body(request), timeout);
  }

 private:
  friend class Simulation;
  SimulatedClient(Simulation& simulation, std::string id)
      : simulation_(&simulation), id_(std::move(id)) {}
  static void expect_type(const Message& reply, std::string_view type);

  Simulation* simulation_;
  std::string id_;
};

}  // namespace bruit::maelstrom
