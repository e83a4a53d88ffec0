#include "bruit/workbench/checkers/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "bruit/core/duration.h"

namespace bruit::workbench {
namespace {

constexpr std::size_t named_nodes = 3;

bool set(std::vector<bool>& flags, std::size_t place) {
  if (place >= flags.size()) flags.resize(place + 1);
  const bool was = flags[place];
  flags[place] = true;
  return !was;
}

bool is_set(const std::vector<bool>& flags, std::size_t place) {
  return place < flags.size() && flags[place];
}

// To the millisecond, for people.
std::string text_of(Duration duration) {
  return core::format_duration(std::chrono::floor<std::chrono::milliseconds>(duration));
}

}  // namespace

std::uint64_t InvariantReport::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Invariants::Invariants(const TestOptions& options, const Expectations& expectations,
                       const Scenario& scenario)
    : names_(options.nodes),
      cluster_(cluster_of(options)),
      expectations_(expectations),
      nodes_(options.nodes.size()),
      live_(static_cast<std::uint32_t>(options.nodes.size())) {
  if (!scenario.faults.empty() && options.nodes.size() <= component_nodes_max) {
    reachability_.emplace(options);
  }
}

Invariants::Element& Invariants::at(ElementId element) {
  if (element >= elements_.size()) elements_.resize(element + 1);
  return elements_[element];
}

void Invariants::violated(Invariant invariant, Time now, std::string what) {
  ++report_.counts[static_cast<std::size_t>(invariant)];
  if (report_.told.size() >= InvariantReport::told_most) return;
  report_.told.push_back({invariant, now - started_at_.value_or(now), std::move(what)});
}

void Invariants::on_sent(const Packet& packet) {
  if (!packet.between_servers()) return;
  last_sent_ = packet.sent_at;
  ++messages_;
}

void Invariants::on_visible(std::uint32_t node, ElementId id, Time now) {
  Element& element = at(id);
  if (!element.broadcast) {
    violated(Invariant::validity, now,
             fmt::format("{} shows a value that nobody broadcast", names_[node]));
  }
  cause(now);
  element.last_visible = now;
  if (element.shown_at.empty()) element.shown_at.resize(nodes_.size());
  if (element.shown_at[node]) {
    violated(Invariant::no_duplication, now, fmt::format("{} shows a value again", names_[node]));
    return;
  }
  element.shown_at[node] = true;
  ++element.holders;
  if (reachability_) {
    Node& state = nodes_[node];
    if (id >= state.since.size()) state.since.resize(id + 1, Time::max());
    state.since[id] = now;
  }
}

void Invariants::on_operation(const Op& op, Time now) {
  if (!started_at_) started_at_ = now - op.time;
  if (const auto* id = std::get_if<ElementId>(&op.value)) {
    Element& element = at(*id);
    if (op.type == OpType::invoke) {
      element.broadcast = true;
      element.broadcast_at = now;
      cause(now);
    } else if (op.type == OpType::ok && !element.acknowledged) {
      element.acknowledged = true;
      element.acknowledged_at = now;
    }
  } else if (const auto* list = std::get_if<ElementList>(&op.value)) {
    check_read(cluster_.node_of(op.process), *list, now);
  }
}

void Invariants::check_read(std::uint32_t node, const ElementList& list, Time now) {
  ++reads_;
  Node& state = nodes_[node];
  std::uint64_t distinct = 0;
  for (const ElementId id : list) {
    if (id >= listed_in_.size()) listed_in_.resize(id + 1);
    if (!at(id).broadcast) {
      violated(Invariant::validity, now,
               fmt::format("a read of {} lists a value that nobody broadcast", names_[node]));
    }
    if (std::exchange(listed_in_[id], reads_) == reads_) {
      violated(Invariant::no_duplication, now,
               fmt::format("a read of {} lists a value twice", names_[node]));
      continue;
    }
    ++distinct;
    if (set(state.listed, id)) ++state.listed_count;
  }
  if (distinct < state.listed_count) {
    violated(Invariant::monotonic_reads, now,
             fmt::format("a read of {} misses {} of the values that earlier ones listed",
                         names_[node], state.listed_count - distinct));
  }
}

void Invariants::on_fault(const Fault& fault, Time now) {
  const bool was_faulty = reachability_ && reachability_->is_faulty();
  if (reachability_) {
    if (reachability_->changes(fault)) end_stretch(now);
    reachability_->apply(fault);
  }
  had_fault_ = true;
  // Over as soon as it has struck, or when the copy arrives.
  const auto* doubled = std::get_if<DoubleMessage>(&fault);
  const bool is_momentary = doubled != nullptr || std::holds_alternative<LoseMessage>(fault);
  const Time over = doubled != nullptr ? now + doubled->after : now;
  if (was_faulty || is_momentary || !reachability_) last_heal_ = over;
  cause(over);
  if (const auto* kill = std::get_if<Kill>(&fault)) forget(kill->node);
  if (const auto* restart = std::get_if<Restart>(&fault)) {
    Node& state = nodes_[restart->node];
    if (!std::exchange(state.live, true)) ++live_;
    state.listed.clear();
    state.listed_count = 0;
  }
}

void Invariants::on_stall_over(const StallLinks& stall, Time now) {
  if (reachability_) {
    end_stretch(now);
    reachability_->end_stall(stall);
  }
  last_heal_ = now;
  cause(now);
}

void Invariants::on_faults_over(Time now) {
  if (reachability_) {
    end_stretch(now);
    if (!reachability_->is_faulty()) return;
    reachability_->end_faults();
  }
  last_heal_ = now;
  cause(now);
}

// A node was killed: what it had is gone.
void Invariants::forget(std::uint32_t node) {
  Node& state = nodes_[node];
  if (!std::exchange(state.live, false)) return;
  --live_;
  for (Element& element : elements_) {
    if (!is_set(element.shown_at, node)) continue;
    element.shown_at[node] = false;
    if (--element.holders == 0) element.died = true;
  }
  state = {.live = false, .since = {}, .listed = {}, .listed_count = 0};
}

void Invariants::end_stretch(Time now) {
  if (reachability_->is_broken()) {
    if (!report_.component_progress) report_.component_progress = Duration::zero();
    if (stretch_began_ + expectations_.failover_grace < now) check_components(now);
  }
  stretch_began_ = now;
}

void Invariants::check_components(Time now) {
  for (const auto& component : reachability_->components()) {
    if (component.size() > 1) check_component(component, now);
  }
}

void Invariants::check_component(const std::vector<std::uint32_t>& component, Time now) {
  const Time asked_from = stretch_began_ + expectations_.failover_grace;
  for (ElementId id = 0; id < elements_.size(); ++id) {
    const Element& element = elements_[id];
    if (element.holders == live_ && element.last_visible <= asked_from) continue;
    Time first = Time::max();
    Time last = Time::min();
    for (const std::uint32_t node : component) {
      const auto& since = nodes_[node].since;
      const Time shown = id < since.size() ? since[id] : Time::max();
      first = std::min(first, shown);
      last = std::max(last, shown);
    }
    const Duration took = std::min(last, now) - std::max(first, asked_from);
    if (first == Time::max() || took <= Duration::zero()) continue;
    report_.component_progress = std::max(*report_.component_progress, took);
    if (!expectations_.component_progress || took <= *expectations_.component_progress) continue;
    violated(Invariant::component_progress, now,
             fmt::format("a value that {} or a node it can reach had was not at all {} of them "
                         "within {}, but {}",
                         names_[component.front()], component.size(),
                         text_of(*expectations_.component_progress),
                         last > now ? "not after " + text_of(took) : "after " + text_of(took)));
  }
}

std::string Invariants::missing_at(ElementId id) const {
  std::string text;
  std::size_t missing = 0;
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    if (!nodes_[node].live || is_set(elements_[id].shown_at, node)) continue;
    if (++missing <= named_nodes) text += (text.empty() ? "" : ", ") + names_[node];
  }
  if (missing > named_nodes) text += fmt::format(" and {} more", missing - named_nodes);
  return text;
}

void Invariants::check_at_end(ElementId id, const ElementTable& elements, Time now) {
  const Element& element = elements_[id];
  const bool everywhere = element.holders == live_;
  if (!everywhere && element.acknowledged && element.died) ++report_.died;
  if (!everywhere && element.acknowledged && !element.died) {
    violated(Invariant::no_loss, now,
             fmt::format("{}, acknowledged at {}, is missing at {}", elements.text(id),
                         text_of(element.acknowledged_at - *started_at_), missing_at(id)));
  } else if (!everywhere && element.holders > 0) {
    violated(
        Invariant::convergence, now,
        fmt::format("{} is at some nodes, but missing at {}", elements.text(id), missing_at(id)));
  }
  if (!everywhere) return;
  if (last_heal_ && element.broadcast_at < *last_heal_) {
    const Duration took = std::max(element.last_visible - *last_heal_, Duration::zero());
    auto& worst = report_.converged_after_last_heal;
    worst = std::max(worst.value_or(Duration::zero()), took);
    if (*last_heal_ - element.broadcast_at >= InvariantReport::backlog_age) {
      auto& backlog = report_.backlog_after_last_heal;
      backlog = std::max(backlog.value_or(Duration::zero()), took);
    }
    if (expectations_.convergence && took > *expectations_.convergence) {
      violated(Invariant::convergence, element.last_visible,
               fmt::format("{} was everywhere {} after the last fault; expected within {}",
                           elements.text(id), text_of(took), text_of(*expectations_.convergence)));
    }
  }
  if (!had_fault_ && element.acknowledged && expectations_.budget) {
    const Duration took = element.last_visible - element.acknowledged_at;
    if (took > *expectations_.budget) {
      violated(Invariant::budget, element.last_visible,
               fmt::format("{} was everywhere {} after it was acknowledged; expected within {}",
                           elements.text(id), text_of(took), text_of(*expectations_.budget)));
    }
  }
}

InvariantReport Invariants::finish(const NodeStatistics& nodes, const ElementTable& elements,
                                   Time now) {
  if (!started_at_) started_at_ = now;
  for (ElementId id = 0; id < elements_.size(); ++id) check_at_end(id, elements, now);
  const auto count = [this](Invariant invariant) {
    return report_.counts[static_cast<std::size_t>(invariant)];
  };
  if (count(Invariant::no_loss) > 0) {
    report_.converged_after_last_heal.reset();
    report_.backlog_after_last_heal.reset();
  }

  report_.silent_after = std::max(last_sent_ - last_cause_, Duration::zero());
  if (report_.silent_after > expectations_.silence) {
    violated(Invariant::silence, last_sent_,
             fmt::format("a node still sent {} after there was anything to tell; expected at most "
                         "{}",
                         text_of(report_.silent_after), text_of(expectations_.silence)));
  }
  report_.pending_worst = nodes.pending_worst;
  if (expectations_.pending && nodes.pending_worst > *expectations_.pending) {
    violated(Invariant::bounds, now,
             fmt::format("a node kept {} values for others; expected at most {}",
                         nodes.pending_worst, *expectations_.pending));
  }
  if (expectations_.messages && messages_ > *expectations_.messages) {
    violated(Invariant::bounds, now,
             fmt::format("there were {} messages between nodes; expected at most {}", messages_,
                         *expectations_.messages));
  }
  return report_;
}

}  // namespace bruit::workbench
