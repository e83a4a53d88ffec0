#include "bruit/maelstrom/simulation.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace bruit::maelstrom {
namespace {

constexpr std::array<std::string_view, 4> service_names{"lin-kv", "seq-kv", "lww-kv", "lin-tso"};
constexpr std::string_view starter = "c0";  // the client that sends `init`
// A node that always wants a tick at once would hold time still forever.
constexpr std::uint64_t events_at_once_limit = 10'000'000;

bool is_client(std::string_view name) { return name.starts_with('c'); }

std::string seconds(Duration duration) {
  const auto milliseconds = duration / std::chrono::milliseconds(1);
  std::string fraction = std::to_string(milliseconds % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(milliseconds / 1000) + "." + fraction + " s";
}

}  // namespace

Simulation::Simulation(Application application, SimulationOptions options)
    : application_(std::move(application)), options_(std::move(options)), random_(options_.seed) {
  for (std::size_t i = 0; i < options_.nodes; ++i) node_ids_.push_back("n" + std::to_string(i));
  for (const auto name : service_names) {
    services_.emplace(name, make_service(name, random_.next()));
  }
  clients_.emplace(starter, std::map<std::int64_t, OnReply>());
  for (const auto& id : node_ids_) hosts_.try_emplace(id);
  for (const auto& id : node_ids_) start(id);
}

Simulation::~Simulation() = default;

Simulation::Host& Simulation::host(const std::string& node) {
  const auto found = hosts_.find(node);
  if (found == hosts_.end()) throw std::logic_error("there is no node " + node);
  return found->second;
}

const Simulation::Host& Simulation::host(const std::string& node) const {
  return const_cast<Simulation*>(this)->host(node);
}

Node* Simulation::node(const std::string& id) {
  auto& process = host(id).process;
  return process == nullptr ? nullptr : process->node();
}

void Simulation::start(const std::string& node) {
  Host& started = host(node);
  NodeOptions node_options = options_.node;
  node_options.seed = random_.next();
  node_options.log = {options_.log_level, [this, &started](LogLevel level, std::string_view text) {
                        started.log.append(seconds(now())).append(" ");
                        started.log.append(to_string(level)).append(": ").append(text) += '\n';
                      }};
  started.process = std::make_unique<NodeProcess>(application_, node_options);
  started.armed.reset();
  ++started.life;

  json::array members(node_ids_.begin(), node_ids_.end());
  std::optional<Message> answer;
  request(std::string(starter), node,
          {{"type", "init"}, {"node_id", node}, {"node_ids", std::move(members)}},
          [&answer](Message reply) { answer = std::move(reply); });
  run_until([&answer] { return answer.has_value(); }, Duration::zero());
  if (!answer || answer->type() != "init_ok") {
    throw std::runtime_error(node + " did not answer init with init_ok" +
                             (answer ? ": " + encode_message(*answer) : ""));
  }
}

void Simulation::kill(const std::string& node) {
  Host& killed = host(node);
  killed.process.reset();
  killed.armed.reset();
  ++killed.life;
}

void Simulation::restart(const std::string& node) {
  kill(node);
  start(node);
}

void Simulation::schedule(Time time, std::function<void()> run) {
  events_.push_back({time, next_order_++, std::move(run)});
  std::push_heap(events_.begin(), events_.end(), std::greater<>());
}

bool Simulation::step(Time limit) {
  if (events_.empty() || events_.front().time > limit) return false;
  std::pop_heap(events_.begin(), events_.end(), std::greater<>());
  const Event event = std::move(events_.back());
  events_.pop_back();
  if (event.time > now_) {
    now_ = event.time;
    events_at_this_time_ = 0;
  }
  if (++events_at_this_time_ > events_at_once_limit) {
    throw std::logic_error("time stands still at " + seconds(now()) +
                           ": a node answers itself or sets timers without delay, forever");
  }
  event.run();
  return true;
}

void Simulation::run_for(Duration duration) {
  const Time end = now_ + duration;
  while (step(end)) {
  }
  now_ = end;
}

bool Simulation::run_until(const std::function<bool()>& condition, Duration limit) {
  const Time end = now_ + limit;
  while (!condition()) {
    if (!step(end)) {
      now_ = end;
      return false;
    }
  }
  return true;
}

// Sends what a node has written and sees to its next tick.
void Simulation::collect(const std::string& node) {
  Host& source = host(node);
  if (source.process == nullptr) return;
  const std::string output = std::exchange(source.process->output(), "");
  std::string_view rest = output;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    auto parsed = parse_message(rest.substr(0, end));
    if (const auto* error = std::get_if<ParseError>(&parsed)) {
      throw std::logic_error(node + " wrote a line that is no message: " + error->text);
    }
    rest.remove_prefix(end + 1);
    send(std::get<Message>(std::move(parsed)));
  }
  const auto next = source.process->next_tick();
  if (next == source.armed) return;
  source.armed = next;
  if (!next) return;
  schedule(std::max(*next, now_), [this, node, life = source.life, time = *next] {
    Host& ticked = host(node);
    // Another process, or a tick that was moved.
    if (ticked.life != life || ticked.armed != time) return;
    ticked.armed.reset();
    ticked.process->tick(now_);
    collect(node);
  });
}

bool Simulation::reachable(const std::string& from, const std::string& to) const {
  return !cuts_.contains({from, to});
}

const Link& Simulation::link(const std::string& from, const std::string& to) const {
  const auto found = links_.find({from, to});
  return found == links_.end() ? options_.link : found->second;
}

void Simulation::set_link(const std::string& from, const std::string& to, const Link& link) {
  links_[{from, to}] = link;
}

void Simulation::partition(const std::vector<std::vector<std::string>>& groups) {
  for (const auto& group : groups) {
    for (const auto& other : groups) {
      if (&group == &other) continue;
      for (const auto& from : group) {
        for (const auto& to : other) cut(from, to);
      }
    }
  }
}

void Simulation::cut(const std::string& from, const std::string& to) { cuts_.emplace(from, to); }

void Simulation::heal() { cuts_.clear(); }

void Simulation::send(Message message) {
  if (!hosts_.contains(message.dest) && !services_.contains(message.dest) &&
      !clients_.contains(message.dest)) {
    throw std::logic_error(message.src + " wrote to " + message.dest +
                           ", which does not exist: " + encode_message(message));
  }
  if (observer_) observer_(message);
  const auto sent = std::make_shared<const Message>(std::move(message));
  if (is_client(sent->src) || is_client(sent->dest)) {
    schedule(now_, [this, sent] { deliver(*sent); });
    return;
  }
  ++traffic_.sent;
  const Link& taken = link(sent->src, sent->dest);
  if (random_.chance(taken.loss) || !reachable(sent->src, sent->dest)) {
    ++traffic_.lost;
    return;
  }
  const int copies = random_.chance(taken.duplication) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    Duration delay = taken.latency;
    if (taken.jitter > Duration::zero()) {
      delay += Duration(random_.below(static_cast<std::uint64_t>(taken.jitter.count())));
    }
    transmit(sent, delay);
  }
}

void Simulation::transmit(const std::shared_ptr<const Message>& message, Duration delay) {
  schedule(now_ + delay, [this, message] {
    const auto receiver = hosts_.find(message->dest);
    const bool dead = receiver != hosts_.end() && receiver->second.process == nullptr;
    if (dead || !reachable(message->src, message->dest)) {
      ++traffic_.lost;
      return;
    }
    ++traffic_.delivered;
    deliver(*message);
  });
}

void Simulation::deliver(const Message& message) {
  const std::string line = encode_message(message);
  fingerprint_ = core::fnv1a(std::to_string(now().count()), fingerprint_);
  fingerprint_ = core::fnv1a(line, fingerprint_);
  if (const auto found = hosts_.find(message.dest); found != hosts_.end()) {
    if (found->second.process == nullptr) return;
    found->second.process->receive(std::string_view(line).substr(0, line.size() - 1), now_);
    collect(message.dest);
  } else if (const auto service = services_.find(message.dest); service != services_.end()) {
    const auto* msg_id = message.request_id();
    if (msg_id == nullptr) return;
    Message reply{message.dest, message.src, {}};
    try {
      reply.body = service->second->answer(message);
    } catch (const RpcError& error) {
      reply.body = {{"type", "error"},
                    {"code", static_cast<std::int64_t>(error.code())},
                    {"text", error.what()}};
    }
    reply.body["in_reply_to"] = *msg_id;
    send(std::move(reply));
  } else {
    auto& waiting = clients_.at(message.dest);
    const auto found_request = waiting.find(message.in_reply_to().value_or(0));
    if (found_request == waiting.end()) return;
    const OnReply on_reply = std::move(found_request->second);
    waiting.erase(found_request);
    on_reply(message);
  }
}

std::int64_t Simulation::request(const std::string& client, std::string_view dest,
                                 json::object body, OnReply on_reply) {
  const std::int64_t msg_id = next_msg_id_++;
  body["msg_id"] = msg_id;
  clients_[client].emplace(msg_id, std::move(on_reply));
  send({client, std::string(dest), std::move(body)});
  return msg_id;
}

SimulatedClient Simulation::client() {
  std::string id = "c" + std::to_string(clients_.size());
  clients_.emplace(id, std::map<std::int64_t, OnReply>());
  return {*this, std::move(id)};
}

SimulatedRequest SimulatedClient::start(std::string_view dest, const json::object& body,
                                        Duration timeout) {
  SimulatedRequest started;
  const auto state = started.state_;
  Simulation& simulation = *simulation_;
  state->started = simulation.now();
  const std::int64_t msg_id =
      simulation.request(id_, dest, body, [state, &simulation](Message reply) {
        state->ended = simulation.now();
        if (reply.type() == "error") {
          state->result.emplace(error_of(reply));
        } else {
          state->result.emplace(std::move(reply));
        }
      });
  simulation.schedule(simulation.now_ + timeout, [state, &simulation, client = id_, msg_id,
                                                  dest = std::string(dest)] {
    if (simulation.clients_[client].erase(msg_id) == 0) return;
    state->ended = simulation.now();
    state->result.emplace(RpcError(ErrorCode::timeout, "no reply from " + dest));
  });
  return started;
}

Message SimulatedClient::call(std::string_view dest, const json::object& body, Duration timeout) {
  const SimulatedRequest request = start(dest, body, timeout);
  // The timeout is an event, so this ends.
  simulation_->run_until([&request] { return request.done(); }, timeout);
  return request.result().message();
}

void SimulatedClient::expect_type(const Message& reply, std::string_view type) {
  if (reply.type() == type) return;
  throw std::logic_error("expected a reply of type " + std::string(type) + ", got " +
                         encode_message(reply));
}

}  // namespace bruit::maelstrom
