#include "bruit/workbench/faults/nemesis.h"

#include <optional>
#include <type_traits>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"

namespace bruit::workbench {
namespace {

// It is carried out by the network, when it comes to that message.
std::optional<MessageFault> as_message_fault(const Fault& fault) {
  return std::visit(
      [](const auto& kind) -> std::optional<MessageFault> {
        if constexpr (std::is_constructible_v<MessageFault, decltype(kind)>) return kind;
        return std::nullopt;
      },
      fault);
}

}  // namespace

Nemesis::Nemesis(const TestOptions& options, EventQueue& queue, Network& network, History& history,
                 NemesisTarget* target)
    : options_(options),
      queue_(queue),
      network_(network),
      history_(history),
      target_(target),
      scenario_(options.scenario != nullptr
                    ? options.scenario
                    : std::make_shared<const Scenario>(generate_faults(options))),
      nodes_(options.nodes.size()) {
  for (const auto& [at, fault] : scenario_->faults) {
    if (const auto* message = message_of(fault)) network_.count_messages_like(*message);
    // Nodes may send before the load begins.
    const auto strikes = as_message_fault(fault);
    if (at == Duration::zero() && strikes) network_.strike(*strikes);
  }
}

void Nemesis::start(Time now) {
  started_at_ = now;
  started_ = true;
  if (scenario_->faults.empty()) return;
  running_ = true;
  apply_due(now);
}

void Nemesis::on_due(Time now) {
  if (!running_) return;
  end_stalls(now);
  const auto& faults = scenario_->faults;
  if (next_ < faults.size() && started_at_ + faults[next_].at <= now) apply_due(now);
}

void Nemesis::apply_due(Time now) {
  const auto& faults = scenario_->faults;
  for (; next_ < faults.size() && started_at_ + faults[next_].at <= now; ++next_) {
    const auto& [at, fault] = faults[next_];
    const auto strikes = as_message_fault(fault);
    if (!strikes) {
      apply(fault, now);
    } else if (at > Duration::zero()) {
      network_.strike(*strikes);
    }
  }
  if (next_ < faults.size()) queue_.push(started_at_ + faults[next_].at, EventKind::nemesis);
}

void Nemesis::end_stalls(Time now) {
  for (std::size_t i = 0; i < stalls_.size();) {
    if (stalls_[i].ends_at > now) {
      ++i;
      continue;
    }
    const StallLinks over = std::move(stalls_[i].fault);
    stalls_.erase(stalls_.begin() + static_cast<std::ptrdiff_t>(i));
    network_.end_stall(over.links, now);
    if (target_ != nullptr) target_->on_stall_over(over, now);
  }
}

void Nemesis::on_message_fault(const MessageFault& message_fault, Time now) {
  const Fault fault = std::visit([](const auto& kind) -> Fault { return kind; }, message_fault);
  // The history begins with the load.
  if (started_) record_fault(fault, now);
  if (target_ != nullptr) target_->on_fault(fault, now);
}

void Nemesis::record_fault(const Fault& fault, Time now) {
  if (!options_.faults_in_history) return;
  record(now, "fault", Edn(to_text(fault, options_.nodes)));
}

void Nemesis::apply(const Fault& fault, Time now) {
  if (const auto* partition = std::get_if<StartPartition>(&fault)) {
    record(now, "start-partition", Edn::keyword(to_string(partition->shape)));
    carry_out(fault, now);
    record(now, "start-partition", to_edn(partition->grudge, options_.nodes));
  } else if (std::holds_alternative<StopPartition>(fault)) {
    record(now, "stop-partition", Nil{});
    carry_out(fault, now);
    record(now, "stop-partition", Edn::keyword("network-healed"));
  } else {
    record_fault(fault, now);
    carry_out(fault, now);
  }
  if (target_ != nullptr) target_->on_fault(fault, now);
}

void Nemesis::carry_out(const Fault& fault, Time now) {
  struct CarryOut {
    Nemesis& nemesis;
    const Fault& fault;
    Time now;

    void operator()(const StartPartition& partition) const {
      nemesis.network_.heal_all();
      for (std::uint32_t node = 0; node < partition.grudge.size(); ++node) {
        for (const auto peer : partition.grudge[node]) nemesis.network_.cut(peer, node);
      }
      nemesis.in_force_ = partition.shape;
    }
    void operator()(const StopPartition&) const {
      nemesis.network_.heal_all();
      nemesis.in_force_.reset();
    }
    void operator()(const CutLinks& cut) const {
      for_each_link(cut.links, [this](std::uint32_t source, std::uint32_t destination) {
        nemesis.network_.cut_link(source, destination);
      });
    }
    void operator()(const MendLinks& mend) const {
      for_each_link(mend.links, [this](std::uint32_t source, std::uint32_t destination) {
        nemesis.network_.mend_link(source, destination);
      });
    }
    void operator()(const SetLatency& latency) const {
      if (!latency.links) {
        nemesis.network_.set_latency(latency.model);
        return;
      }
      const Links& links = *latency.links;
      nemesis.network_.set_link_latency(links.sources, links.destinations, latency.model);
      if (links.both_ways) {
        nemesis.network_.set_link_latency(links.destinations, links.sources, latency.model);
      }
    }
    void operator()(const SetLoss& loss) const { nemesis.network_.set_loss(loss.probability); }
    void operator()(const SetDuplication& duplication) const {
      nemesis.network_.set_duplication(duplication.probability);
    }
    void operator()(const SetReordering& reordering) const {
      nemesis.network_.set_reordering(reordering.probability, reordering.most);
    }
    void operator()(const Kill& kill) const {
      NodeState& state = nemesis.nodes_[kill.node];
      if (std::exchange(state.dead, true)) return;
      state.paused = false;
      nemesis.network_.set_down(kill.node, true);
      on_node();
    }
    void operator()(const Restart& restart) const {
      if (!std::exchange(nemesis.nodes_[restart.node].dead, false)) return;
      nemesis.network_.set_down(restart.node, false);
      on_node();
    }
    void operator()(const Pause& pause) const {
      NodeState& state = nemesis.nodes_[pause.node];
      if (state.dead || std::exchange(state.paused, true)) return;
      on_node();
    }
    void operator()(const Resume& resume) const {
      if (std::exchange(nemesis.nodes_[resume.node].paused, false)) on_node();
    }
    void operator()(const SetClockRate& rate) const {
      nemesis.nodes_[rate.node].drifts = rate.parts_per_million != 0;
      on_node();
    }

    void operator()(const StallLinks& stall) const {
      nemesis.network_.stall(stall.links);
      nemesis.stalls_.push_back({now + stall.duration, stall});
      nemesis.queue_.push(now + stall.duration, EventKind::nemesis);
    }
    void operator()(const LoseMessage& lose) const { nemesis.network_.strike(lose); }
    void operator()(const DoubleMessage& twice) const { nemesis.network_.strike(twice); }
    void operator()(const HoldMessage& hold) const { nemesis.network_.strike(hold); }
    void operator()(const ReleaseMessage& release) const {
      nemesis.network_.release(release.message, now);
    }

    void on_node() const {
      BRUIT_CHECK(nemesis.target_ != nullptr);
      nemesis.target_->apply_to_node(fault, now);
    }
  };
  std::visit(CarryOut{*this, fault, now}, fault);
}

void Nemesis::finish(Time now) {
  if (!std::exchange(running_, false)) return;
  // Maelstrom's last operation, whether or not a partition is in force.
  const bool has_partitions =
      options_.scenario == nullptr ? options_.partition : in_force_.has_value();
  if (has_partitions) apply(StopPartition{}, now);
  end_node_faults(now);
  stalls_.clear();
  network_.end_faults(now);
  if (target_ != nullptr) target_->on_faults_over(now);
}

void Nemesis::end_node_faults(Time now) {
  for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].dead) apply(Restart{node}, now);
    if (nodes_[node].paused) apply(Resume{node}, now);
    if (nodes_[node].drifts) apply(SetClockRate{node, 0}, now);
  }
}

void Nemesis::record(Time now, std::string f, OpValue value) {
  history_.ops.push_back({.index = history_.ops.size(),
                          .time = now - started_at_,
                          .type = OpType::info,
                          .process = Process::nemesis(),
                          .f = std::move(f),
                          .value = std::move(value),
                          .error = {},
                          .final = false});
}

}  // namespace bruit::workbench
