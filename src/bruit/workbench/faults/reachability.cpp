#include "bruit/workbench/faults/reachability.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace bruit::workbench {
namespace {

bool any(const std::vector<bool>& flags) {
  return std::find(flags.begin(), flags.end(), true) != flags.end();
}

}  // namespace

Reachability::Reachability(const TestOptions& options)
    : count_(static_cast<std::uint32_t>(options.nodes.size())),
      usual_latency_{options.latency_distribution, options.latency},
      stalled_(count_),
      dead_(count_),
      frozen_(count_),
      drifts_(count_) {}

bool Reachability::changes(const Fault& fault) const {
  if (std::holds_alternative<StopPartition>(fault)) return partitioned_;
  return std::holds_alternative<StartPartition>(fault) || std::holds_alternative<CutLinks>(fault) ||
         std::holds_alternative<MendLinks>(fault) || std::holds_alternative<StallLinks>(fault) ||
         std::holds_alternative<Kill>(fault) || std::holds_alternative<Restart>(fault) ||
         std::holds_alternative<Pause>(fault) || std::holds_alternative<Resume>(fault);
}

bool Reachability::apply(const Fault& fault) {
  const bool may_change = changes(fault);
  struct Apply {
    Reachability& state;

    void operator()(const StartPartition& partition) const {
      state.dropped_.assign(state.count_, std::vector<bool>(state.count_));
      state.partitioned_ = true;
      for (std::uint32_t node = 0; node < partition.grudge.size(); ++node) {
        for (const auto peer : partition.grudge[node]) state.dropped_[node][peer] = true;
      }
    }
    void operator()(const StopPartition&) const {
      state.dropped_.clear();
      state.partitioned_ = false;
    }
    void operator()(const CutLinks& cut) const { state.set_links(cut.links, true); }
    void operator()(const MendLinks& mend) const { state.set_links(mend.links, false); }
    void operator()(const SetLatency& latency) const {
      state.other_latency_ = latency.links.has_value() || latency.model != state.usual_latency_;
    }
    void operator()(const SetLoss& loss) const { state.loses_ = loss.probability > 0; }
    void operator()(const SetDuplication& duplication) const {
      state.duplicates_ = duplication.probability > 0;
    }
    void operator()(const SetReordering& reordering) const {
      state.reorders_ = reordering.probability > 0;
    }
    void operator()(const Kill& kill) const {
      state.frozen_[kill.node] = false;
      state.dead_[kill.node] = true;
    }
    void operator()(const Restart& restart) const { state.dead_[restart.node] = false; }
    void operator()(const Pause& pause) const {
      if (!state.dead_[pause.node]) state.frozen_[pause.node] = true;
    }
    void operator()(const Resume& resume) const { state.frozen_[resume.node] = false; }
    void operator()(const SetClockRate& rate) const {
      state.drifts_[rate.node] = rate.parts_per_million != 0;
    }
    void operator()(const StallLinks& stall) const { state.stalled_.begin(stall.links); }
    void operator()(const LoseMessage&) const {}
    void operator()(const DoubleMessage&) const {}
    void operator()(const HoldMessage& hold) const { state.held_.push_back(hold.message); }
    void operator()(const ReleaseMessage& release) const {
      std::erase(state.held_, release.message);
    }
  };
  std::visit(Apply{*this}, fault);
  return may_change;
}

bool Reachability::set_link(std::uint32_t source, std::uint32_t destination, bool cut) {
  const bool changed = cut_[source][destination] != cut;
  cut_[source][destination] = cut;
  return changed;
}

void Reachability::set_links(const Links& links, bool cut) {
  if (cut_.empty()) cut_.assign(count_, std::vector<bool>(count_));
  const auto set = [&](std::uint32_t source, std::uint32_t destination) {
    if (!set_link(source, destination, cut)) return;
    cut ? ++links_cut_ : --links_cut_;
  };
  for (const std::uint32_t source : links.sources) {
    for (const std::uint32_t destination : links.destinations) {
      if (source == destination) continue;
      set(source, destination);
      if (links.both_ways) set(destination, source);
    }
  }
}

void Reachability::end_faults() {
  dropped_.clear();
  cut_.clear();
  links_cut_ = 0;
  stalled_.clear();
  held_.clear();
  dead_.assign(count_, false);
  frozen_.assign(count_, false);
  drifts_.assign(count_, false);
  partitioned_ = other_latency_ = loses_ = duplicates_ = reorders_ = false;
}

bool Reachability::is_broken() const {
  return partitioned_ || links_cut_ > 0 || stalled_.any() || any(dead_) || any(frozen_);
}

bool Reachability::is_faulty() const {
  return is_broken() || other_latency_ || loses_ || duplicates_ || reorders_ || !held_.empty() ||
         any(drifts_);
}

bool Reachability::connected(std::uint32_t a, std::uint32_t b) const {
  if (partitioned_ && (dropped_[a][b] || dropped_[b][a])) return false;
  if (stalled_.any() && (stalled_.contains(a, b) || stalled_.contains(b, a))) return false;
  return links_cut_ == 0 || (!cut_[a][b] && !cut_[b][a]);
}

std::vector<std::vector<std::uint32_t>> Reachability::components() const {
  std::vector<std::vector<std::uint32_t>> components;
  std::vector<bool> found(count_);
  for (std::uint32_t first = 0; first < count_; ++first) {
    if (found[first] || dead_[first] || frozen_[first]) continue;
    found[first] = true;
    std::vector<std::uint32_t> component{first};
    for (std::size_t next = 0; next < component.size(); ++next) {
      for (std::uint32_t other = 0; other < count_; ++other) {
        if (found[other] || dead_[other] || frozen_[other]) continue;
        if (!connected(component[next], other)) continue;
        found[other] = true;
        component.push_back(other);
      }
    }
    std::sort(component.begin(), component.end());
    components.push_back(std::move(component));
  }
  return components;
}

}  // namespace bruit::workbench
