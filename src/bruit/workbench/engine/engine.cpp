#include "bruit/workbench/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/network/client_codec.h"
#include "bruit/workbench/workloads/workloads.h"

namespace bruit::workbench {
namespace {

// Maelstrom gives the topology request 5 s, like any other but `init`.
constexpr Duration topology_timeout = client_timeout;

// Guess: no node has that much to do one after the other without time going on.
constexpr std::uint32_t ticks_at_once_most = 10'000;

bool is_topology_ok(const JsonBody& body) {
  const auto decoded = decode_topology_ok(body);
  return decoded && decoded->in_reply_to == 1 && std::holds_alternative<OpValue>(decoded->content);
}

// What an answer to `init` or `topology` has against it, beyond what a look at it shows: empty, or
// words to add.
std::string what_is_wrong(const JsonBody& body, std::string_view request) {
  const auto decoded = request == "init" ? decode_init_ok(body) : decode_topology_ok(body);
  if (!decoded || decoded->in_reply_to != 1) return {};
  std::optional<BadReply> bad;
  if (const auto* found = std::get_if<BadReply>(&decoded->content)) bad = *found;
  if (!bad && request == "init") bad = find_untidiness(*body.fields);
  return bad ? ": " + bad->reason : std::string();
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::init:
      return "starting nodes";
    case Phase::topology:
      return "sending the topology";
    case Phase::load:
      return "load";
    case Phase::drain:
      return "waiting for the last operations";
    case Phase::quiet:
      return "recovery";
    case Phase::final_reads:
      return "final reads";
    case Phase::done:
      return "done";
  }
  return "?";
}

Engine::Engine(const TestOptions& options, EventLog* log)
    : options_(options),
      log_(log),
      propagation_(static_cast<std::uint32_t>(options.nodes.size())),
      network_(options_, queue_, *this),
      rules_(make_workload(options_, history_.elements)),
      clients_(options_, *rules_, queue_, network_, history_, propagation_, log),
      nemesis_(options_, queue_, network_, history_, this),
      services_(options.seed),
      answered_(options.nodes.size()),
      ticks_(options.nodes.size()) {
  const auto& faults = scenario().faults;
  if (std::any_of(faults.begin(), faults.end(), [](const TimedFault& timed) {
        return std::holds_alternative<Kill>(timed.fault);
      })) {
    ever_visible_.resize(options.nodes.size());
  }
}

void Engine::start(Host& host, Time now) {
  host_ = &host;
  now_ = now;
  if (log_ != nullptr) log_->on_start(history_.elements);
  enter(Phase::init, now);
}

std::optional<Time> Engine::next_due() const {
  if (finished() || queue_.empty()) return std::nullopt;
  return queue_.next_time();
}

void Engine::run_due(Time now) {
  now_ = now;
  while (!finished() && !queue_.empty() && queue_.next_time() <= now) {
    const Event event = queue_.pop();
    look_ahead();
    dispatch(event, now);
  }
}

// See prefetch.h.
void Engine::look_ahead() const {
  // What a small cluster touches is in the processor's caches anyway.
  constexpr std::size_t small_cluster = 32;
  if (ticks_.size() <= small_cluster) return;
  // Measured to be best, by little: memory takes as long as one or two events, and what is fetched
  // too early is gone again.
  constexpr std::pair<std::size_t, PrefetchStep> steps[] = {{8, PrefetchStep::far},
                                                            {3, PrefetchStep::near}};
  for (const auto& [distance, step] : steps) {
    const Event* event = queue_.ahead(distance);
    if (event == nullptr) continue;
    if (event->kind == EventKind::node_receive) network_.prefetch(event->subject, step);
    const bool is_about_a_node =
        event->kind == EventKind::node_receive || event->kind == EventKind::node_tick;
    if (is_about_a_node && event->subject < ticks_.size()) host_->prefetch(event->subject, step);
  }
}

void Engine::dispatch(const Event& event, Time now) {
  switch (event.kind) {
    case EventKind::node_receive:
      network_.receive_at_node(event.subject, now);
      break;
    case EventKind::client_receive:
      network_.receive_at_client(event.subject, now);
      advance(now);
      break;
    case EventKind::node_tick:
      tick(event.subject, now);
      break;
    case EventKind::restart_timeout:
      on_restart_timeout(event.subject, static_cast<std::uint32_t>(event.token));
      break;
    case EventKind::request_timeout:
      clients_.on_timeout(event.subject, event.token, now);
      advance(now);
      break;
    case EventKind::final_operation:
      clients_.on_final_due(event.subject, now);
      advance(now);
      break;
    case EventKind::generator:
      clients_.on_generator_due(now);
      advance(now);
      break;
    case EventKind::nemesis:
      nemesis_.on_due(now);
      break;
    case EventKind::phase: {
      if (event.token != static_cast<std::uint64_t>(phase_)) break;
      if (phase_ == Phase::quiet) {
        enter(Phase::final_reads, now);
      } else if (phase_ == Phase::load) {
        clients_.end_load();
        advance(now);
      } else {
        const auto silent = static_cast<std::size_t>(
            std::find(answered_.begin(), answered_.end(), false) - answered_.begin());
        const bool init = phase_ == Phase::init;
        const std::string_view request = init ? "init" : "topology";
        const auto waited = std::chrono::duration_cast<std::chrono::seconds>(
            init ? init_timeout : topology_timeout);
        const auto node = static_cast<std::uint32_t>(silent);
        const std::string why = host_->explain_silence(node);
        fail(fmt::format(
            "node {} did not answer `{}` within {} s; expected a message with body "
            "{{\"type\": \"{}_ok\", \"in_reply_to\": 1}} on its stdout{}{}",
            options_.nodes[node], request, waited.count(), request, why, host_->last_words(node)));
      }
      break;
    }
  }
}

// A node that wants the next tick at once, again and again, would stop the time for good.
void Engine::tick(std::uint32_t node, Time now) {
  Ticks& ticks = ticks_[node];
  ticks.count = ticks.at == now ? ticks.count + 1 : 1;
  ticks.at = now;
  if (ticks.count <= ticks_at_once_most) {
    host_->tick(node, now);
    return;
  }
  fail(fmt::format("node {} wanted {} ticks at the same instant; expected next_tick() to go on",
                   options_.nodes[node], ticks_at_once_most));
}

void Engine::ask_every_node(Request::Kind kind, Duration timeout, Time now) {
  const Cluster cluster = cluster_of(options_);
  answered_.assign(cluster.nodes, false);
  unanswered_ = cluster.nodes;
  for (std::uint32_t node = 0; node < cluster.nodes; ++node) {
    const std::uint32_t client =
        kind == Request::Kind::init ? cluster.init_client(node) : cluster.topology_client(node);
    network_.send(now, Endpoint::client(client), Endpoint::node(node),
                  Request{.kind = kind, .msg_id = 1, .element = 0});
  }
  queue_.push(now + timeout, EventKind::phase, 0, static_cast<std::uint64_t>(phase_));
}

// To a client of the start-up that waits for nothing, or for another node.
void Engine::report_afterthought(const Packet& packet, std::string_view request, Time now) {
  const auto* body = std::get_if<JsonBody>(&packet.payload);
  if (log_ == nullptr || body == nullptr) return;
  log_->on_lapse(packet.source.node_index(), Lapse::stray,
                 fmt::format("to c{}, which waits for no answer to `{}` of this node: {}",
                             packet.destination.index(), request, excerpt(body->text)),
                 now);
}

// Maelstrom looks at the type and the number of init_ok, and at nothing else.
bool Engine::is_init_ok(const JsonBody& body, std::uint32_t node, Time now) {
  const auto decoded = decode_init_ok(body);
  if (!decoded || decoded->in_reply_to != 1 || !std::holds_alternative<OpValue>(decoded->content)) {
    return false;
  }
  if (const auto untidy = find_untidiness(*body.fields)) {
    if (options_.strict) return false;
    lapse(node, Lapse::untidy_init_ok, untidy->reason + ": " + excerpt(body.text), now);
  }
  return true;
}

void Engine::on_start_up_reply(Packet&& packet, const Cluster::StartUp& asked, Time now) {
  const std::uint32_t node = asked.node;
  const bool for_init = asked.request == Cluster::StartUp::Request::init;
  const std::string_view request = for_init ? "init" : "topology";
  if (for_init != (phase_ == Phase::init) || answered_[node] ||
      packet.source != Endpoint::node(node)) {
    report_afterthought(packet, request, now);
    return;
  }
  if (const auto* body = std::get_if<JsonBody>(&packet.payload)) {
    if (for_init ? !is_init_ok(*body, node, now) : !is_topology_ok(*body)) {
      fail(
          fmt::format("node {} answered `{}` with {}; expected body {{\"type\": \"{}_ok\", "
                      "\"in_reply_to\": 1}}{}{}",
                      options_.nodes[node], request, excerpt(body->text), request,
                      what_is_wrong(*body, request), host_->last_words(node)));
      return;
    }
  }
  answered_[node] = true;
  --unanswered_;
}

void Engine::advance(Time now) {
  switch (phase_) {
    case Phase::init:
      if (unanswered_ == 0) enter(rules_->sends_topology() ? Phase::topology : Phase::load, now);
      break;
    case Phase::topology:
      if (unanswered_ == 0) enter(Phase::load, now);
      break;
    case Phase::load:
      if (clients_.load_is_over()) enter(Phase::drain, now);
      break;
    case Phase::drain:
      if (clients_.idle()) enter(rules_->has_final_reads() ? Phase::quiet : Phase::done, now);
      break;
    case Phase::quiet:
      break;
    case Phase::final_reads:
      if (clients_.idle()) enter(Phase::done, now);
      break;
    case Phase::done:
      break;
  }
}

void Engine::enter(Phase phase, Time now) {
  phase_ = phase;
  switch (phase) {
    case Phase::init:
      ask_every_node(Request::Kind::init, init_timeout, now);
      break;
    case Phase::topology:
      ask_every_node(Request::Kind::topology, topology_timeout, now);
      break;
    case Phase::load:
      queue_.push(now + options_.time_limit, EventKind::phase, 0,
                  static_cast<std::uint64_t>(Phase::load));
      nemesis_.start(now);
      clients_.start(now);
      break;
    case Phase::drain:
      advance(now);
      break;
    case Phase::quiet:
      nemesis_.finish(now);
      queue_.push(now + quiet_period, EventKind::phase, 0,
                  static_cast<std::uint64_t>(Phase::quiet));
      break;
    case Phase::final_reads:
      clients_.start_final_reads(now);
      advance(now);
      break;
    case Phase::done:
      break;
  }
}

void Engine::fail(std::string reason) {
  end_early({.kind = EarlyEnd::Kind::failure, .reason = std::move(reason)});
}

void Engine::end_early(EarlyEnd reason) {
  if (finished()) return;
  early_end_ = std::move(reason);
  phase_ = Phase::done;
}

Progress Engine::progress(Time now) const {
  Progress progress{
      .phase = phase_,
      .elapsed = {},
      .total = options_.time_limit + (rules_->has_final_reads() ? quiet_period : Duration{}),
      .operations = clients_.invoked(),
      .net = network_.stats(),
      .partition = {}};
  if (phase_ >= Phase::load) progress.elapsed = now - clients_.started_at();
  if (const auto shape = nemesis_.in_force()) progress.partition = to_string(*shape);
  return progress;
}

void Engine::on_deliver(Packet&& packet, Time now) {
  if (packet.destination.is_service()) {
    answer_as_service(packet, now);
  } else if (!packet.destination.is_client()) {
    const std::uint32_t node = packet.destination.index();
    host_->deliver(node, std::move(packet), now);
  } else if (const auto asked = cluster_of(options_).start_up(packet.destination.index())) {
    on_start_up_reply(std::move(packet), *asked, now);
  } else if (restarting_.contains(packet.destination.index())) {
    on_restart_reply(packet, now);
  } else if (!topology_again_.contains(packet.destination.index())) {
    clients_.on_reply(std::move(packet), now);
  }
}

void Engine::restart(std::uint32_t node, Time now) {
  host_->restart(node, now);
  if (!host_->restarts_need_init() || finished()) return;
  network_.set_down(node, true);  // until it has answered
  const std::uint32_t client = clients_.open_client();
  restarting_[client] = node;
  network_.send_at_once(now, Endpoint::client(client), Endpoint::node(node),
                        Request{.kind = Request::Kind::init, .msg_id = 1, .element = 0});
  queue_.push(now + init_timeout, EventKind::restart_timeout, node, client);
}

void Engine::on_restart_reply(const Packet& packet, Time now) {
  const auto waiting = restarting_.find(packet.destination.index());
  const auto* body = std::get_if<JsonBody>(&packet.payload);
  if (waiting == restarting_.end() || body == nullptr) return;
  const std::uint32_t node = waiting->second;
  if (!is_init_ok(*body, node, now)) {
    fail(
        fmt::format("node {} answered `init` after its restart with {}; expected body "
                    "{{\"type\": \"init_ok\", \"in_reply_to\": 1}}{}{}",
                    options_.nodes[node], excerpt(body->text), what_is_wrong(*body, "init"),
                    host_->last_words(node)));
    return;
  }
  restarting_.erase(waiting);
  network_.set_down(node, false);
  if (!rules_->sends_topology()) return;
  const std::uint32_t client = clients_.open_client();
  topology_again_.insert(client);
  network_.send(now, Endpoint::client(client), Endpoint::node(node),
                Request{.kind = Request::Kind::topology, .msg_id = 1, .element = 0});
}

void Engine::on_restart_timeout(std::uint32_t node, std::uint32_t client) {
  if (!restarting_.contains(client)) return;
  fail(fmt::format("node {} did not answer `init` within {} s after its restart{}",
                   options_.nodes[node],
                   std::chrono::duration_cast<std::chrono::seconds>(init_timeout).count(),
                   host_->last_words(node)));
}

void Engine::answer_as_service(const Packet& packet, Time now) {
  const auto* body = std::get_if<JsonBody>(&packet.payload);
  if (body == nullptr) return;  // only nodes that speak JSON know of services
  if (const auto field = maelstrom::find_omission(*body->fields); field && log_ != nullptr) {
    log_->on_lapse(
        packet.source.node_index(), Lapse::field_left_out,
        fmt::format("a request to {} without \"{}\", which counts as null: {}",
                    to_string(packet.destination.service_name()), *field, excerpt(body->text)),
        now);
  }
  network_.send(
      now, packet.destination, packet.source,
      services_.answer(packet.destination.service_name(), name_of(packet.source, options_), *body));
}

void Engine::on_sent(const Packet& packet) {
  if (log_ != nullptr) log_->on_sent(packet);
}
void Engine::on_received(const Packet& packet, Time now) {
  if (log_ != nullptr) log_->on_received(packet, now);
}
void Engine::on_lost(const Packet& packet, Time now) {
  if (log_ != nullptr) log_->on_lost(packet, now);
}

void Engine::on_message_fault(const MessageFault& fault, Time now) {
  nemesis_.on_message_fault(fault, now);
}

void Engine::send(Endpoint source, Endpoint destination, Payload payload, Time now) {
  network_.send(now, source, destination, std::move(payload));
}

void Engine::lapse(std::uint32_t node, Lapse kind, std::string_view what, Time now) {
  if (log_ != nullptr) log_->on_lapse(node, kind, what, now);
}

void Engine::request_tick(std::uint32_t node, Time when) {
  queue_.push(when, EventKind::node_tick, node);
}

ElementId Engine::visible(std::uint32_t node, std::string_view text, Time now) {
  const ElementId element = history_.elements.intern(text);
  if (is_new_at(node, element)) propagation_.visible(element, now);
  if (log_ != nullptr) log_->on_visible(node, element, now);
  return element;
}

void Engine::left_behind(std::optional<std::uint32_t> node, std::string_view what) {
  if (log_ != nullptr) log_->on_left_behind(node, what);
}

// Propagation counts each node once, whatever it forgets in between.
bool Engine::is_new_at(std::uint32_t node, ElementId element) {
  if (ever_visible_.empty()) return true;
  auto& visible = ever_visible_[node];
  if (element >= visible.size()) visible.resize(element + 1);
  const bool is_new = !visible[element];
  visible[element] = true;
  return is_new;
}

void Engine::apply_to_node(const Fault& fault, Time now) {
  if (const auto* kill = std::get_if<Kill>(&fault)) {
    std::erase_if(restarting_, [&](const auto& waiting) { return waiting.second == kill->node; });
    host_->kill(kill->node, now);
  }
  if (const auto* again = std::get_if<Restart>(&fault)) restart(again->node, now);
  if (const auto* pause = std::get_if<Pause>(&fault)) host_->pause(pause->node, now);
  if (const auto* resume = std::get_if<Resume>(&fault)) host_->resume(resume->node, now);
  if (const auto* rate = std::get_if<SetClockRate>(&fault)) {
    host_->set_clock_rate(rate->node, rate->parts_per_million, now);
  }
}

void Engine::on_fault(const Fault& fault, Time now) {
  if (log_ != nullptr) log_->on_fault(fault, now);
}

void Engine::on_stall_over(const StallLinks& stall, Time now) {
  if (log_ != nullptr) log_->on_stall_over(stall, now);
}

void Engine::on_faults_over(Time now) {
  if (log_ != nullptr) log_->on_faults_over(now);
}

std::string_view Engine::text_of(ElementId element) const {
  return history_.elements.text(element);
}

}  // namespace bruit::workbench
