#include "bruit/workbench/simulation/deviation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bruit/core/duration.h"

namespace bruit::workbench {
namespace {

constexpr std::array<std::string_view, deviation_kind_count> names = {
    "loss", "double", "hold", "cut", "kill", "freeze", "value"};

template <typename... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Match(Cases...) -> Match<Cases...>;

std::string text_of(Duration duration) { return core::format_duration(duration); }

// Directed links with both ways told as one line where that is possible.
class LinkLines {
 public:
  explicit LinkLines(std::vector<Way> ways) : ways_(std::move(ways)) {
    std::sort(ways_.begin(), ways_.end(), [](Way a, Way b) {
      return std::pair(a.source, a.destination) < std::pair(b.source, b.destination);
    });
  }

  std::vector<Links> take() {
    std::vector<Links> lines;
    while (!ways_.empty()) {
      Links by_source = lines_of(ways_.front(), true);
      Links by_destination = lines_of(ways_.front(), false);
      Links& best = size(by_destination) > size(by_source) ? by_destination : by_source;
      for_each_link(best, [this](std::uint32_t source, std::uint32_t destination) {
        std::erase(ways_, Way{source, destination});
      });
      lines.push_back(std::move(best));
    }
    return lines;
  }

 private:
  static std::size_t size(const Links& links) {
    return links.sources.size() * links.destinations.size();
  }
  bool has(Way way) const { return std::find(ways_.begin(), ways_.end(), way) != ways_.end(); }

  // All that have the same source (or destination) and are cut both ways as this one is.
  Links lines_of(Way first, bool same_source) const {
    const bool both = has({first.destination, first.source});
    Links links{.sources = {}, .destinations = {}, .both_ways = both};
    for (const Way way : ways_) {
      const bool same =
          same_source ? way.source == first.source : way.destination == first.destination;
      if (!same || has({way.destination, way.source}) != both) continue;
      (same_source ? links.destinations : links.sources)
          .push_back(same_source ? way.destination : way.source);
    }
    (same_source ? links.sources : links.destinations)
        .push_back(same_source ? first.source : first.destination);
    std::sort(links.sources.begin(), links.sources.end());
    std::sort(links.destinations.begin(), links.destinations.end());
    return links;
  }

  std::vector<Way> ways_;
};

Duration beside(const Moment& moment, Side side) {
  return side == Side::before ? moment.at - just : moment.at + just;
}

}  // namespace

std::string_view to_string(DeviationKind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<DeviationKind> parse_deviation_kind(std::string_view name) {
  for (const DeviationKind kind : fault_kinds) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

DeviationKind Deviation::kind() const {
  return std::visit(Match{[](const MessageLost&) { return DeviationKind::loss; },
                          [](const MessageDoubled&) { return DeviationKind::duplication; },
                          [](const MessageLate&) { return DeviationKind::hold; },
                          [](const LinksCut&) { return DeviationKind::cut; },
                          [](const NodeDies&) { return DeviationKind::kill; },
                          [](const NodeFreezes&) { return DeviationKind::freeze; },
                          [](const ValuePublished&) { return DeviationKind::value; }},
                    what);
}

Duration Deviation::over() const {
  return std::visit(
      Match{[this](const MessageLost&) { return at; },
            [this](const MessageDoubled& doubled) { return at + doubled.after; },
            [](const MessageLate& late) { return late.arrives_at; },
            // Not all of them heal in parts; that the run is a little longer does no harm.
            [this](const LinksCut& cut) { return at + cut.lasts + rest_heals_after; },
            [this](const NodeDies& death) { return at + death.back_after; },
            [this](const NodeFreezes& freeze) { return at + freeze.lasts; },
            [this](const ValuePublished&) { return at; }},
      what);
}

Place place_of(const Deviation& deviation) {
  const auto of_message = [&](std::uint8_t rank, const NthMessage& message) {
    return Place{deviation.at, rank, std::uint64_t{message.source} << 32 | message.destination,
                 message.number};
  };
  return std::visit(
      Match{[&](const ValuePublished& value) {
              return Place{deviation.at, 0, value.node, 0};
            },
            [&](const MessageLost& lost) { return of_message(1, lost.message); },
            [&](const MessageDoubled& doubled) { return of_message(1, doubled.message); },
            [&](const MessageLate& late) { return of_message(1, late.message); },
            [&](const LinksCut& cut) {
              return Place{deviation.at, 2, cut.shape, 0};
            },
            [&](const NodeDies& death) {
              return Place{deviation.at, 3, death.moment.node, 0};
            },
            [&](const NodeFreezes& freeze) {
              return Place{deviation.at, 4, freeze.moment.node, 0};
            }},
      deviation.what);
}

std::vector<Release> releases(const RunEvents& events, const Arrival& arrival) {
  std::vector<Release> found;
  const auto add = [&](std::optional<Duration> tick, std::string_view until) {
    if (tick) found.push_back({*tick + just, until});
  };
  add(events.next_tick(arrival.message.destination, arrival.at), "the next tick of its receiver");
  add(events.next_tick(arrival.message.source, arrival.at), "the next tick of its sender");
  found.push_back({arrival.at + held_longest, "long after"});
  std::stable_sort(found.begin(), found.end(),
                   [](const Release& a, const Release& b) { return a.at < b.at; });
  const auto same_time = [](const Release& a, const Release& b) { return a.at == b.at; };
  found.erase(std::unique(found.begin(), found.end(), same_time), found.end());
  return found;
}

Deviations::Deviations(std::uint32_t node_count)
    : count_(node_count), shapes_(cut_shapes(node_count)) {}

bool Reach::contains(Duration at) const {
  return std::any_of(changes_.begin(), changes_.end(), [&](Duration change) {
    return at >= change - reach_ && at <= change + reach_;
  });
}

void Deviations::add_changes(std::span<const Deviation> pattern, Reach& reach) const {
  for (const Deviation& deviation : pattern) {
    reach.add(deviation.at);
    reach.add(deviation.over());
    // In parts: over() is the end of the rest.
    const auto* cut = std::get_if<LinksCut>(&deviation.what);
    if (cut != nullptr) reach.add(deviation.at + cut->lasts);
  }
}

void Deviations::choices(const RunEvents& events, std::span<const Deviation> pattern, KindSet kinds,
                         const Reach& reach, Pattern& out) const {
  std::optional<Place> last;
  if (!pattern.empty()) last = place_of(pattern.back());
  const auto wanted = [kinds](DeviationKind kind) { return (kinds & set_of(kind)) != 0; };
  const auto add = [&](Duration at, Deviation::What what) {
    if (at < Duration::zero()) return;
    Deviation deviation{at, std::move(what)};
    if (!last || place_of(deviation) > *last) out.push_back(std::move(deviation));
  };
  if (wanted(DeviationKind::cut)) cut_choices(events, pattern, reach, out);
  for (const auto& [at, message] : events.arrivals()) {
    if ((last && at < last->at) || !reach.contains(at)) continue;
    if (wanted(DeviationKind::loss)) add(at, MessageLost{message});
    if (wanted(DeviationKind::duplication)) {
      for (const Duration after : copies_after) add(at, MessageDoubled{message, after});
    }
  }
  std::optional<Duration> former;  // moments of several nodes at one instant are one for values
  for (const Moment& moment : events.moments()) {
    if ((last && moment.at + just < last->at) || !reach.contains(moment.at)) continue;
    if (wanted(DeviationKind::value) && former != moment.at) {
      for (const Side side : {Side::before, Side::after}) {
        for (std::uint32_t node = 0; node < count_; ++node) {
          add(beside(moment, side), ValuePublished{node});
        }
      }
    }
    former = moment.at;
    // Nothing can be done to a node before it starts.
    const bool begins = moment.cause == Moment::Cause::start;
    for (const Side side : {Side::before, Side::after}) {
      if (begins && side == Side::before) continue;
      if (!wanted(DeviationKind::kill)) continue;
      for (const Duration back : back_after) {
        add(beside(moment, side), NodeDies{moment, side, back});
      }
    }
    if (wanted(DeviationKind::freeze)) {
      const bool after = begins || moment.cause == Moment::Cause::thaw;
      const Side side = after ? Side::after : Side::before;
      for (const Duration lasts : frozen_for) {
        add(beside(moment, side), NodeFreezes{moment, side, lasts});
      }
    }
  }
  if (wanted(DeviationKind::value)) {
    const Duration end = events.moments().empty() ? Duration::zero() : events.moments().back().at;
    for (std::uint32_t node = 0; node < count_; ++node) {
      add(end + long_after, ValuePublished{node});
    }
  }
}

// What arrives at one instant is lost together: each shape that concerns some of it, once.
void Deviations::cut_choices(const RunEvents& events, std::span<const Deviation> pattern,
                             const Reach& reach, Pattern& out) const {
  std::optional<Place> last;
  if (!pattern.empty()) last = place_of(pattern.back());
  const auto& arrivals = events.arrivals();
  for (std::size_t begin = 0, end = 0; begin < arrivals.size(); begin = end) {
    const Duration instant = arrivals[begin].at;
    while (end < arrivals.size() && arrivals[end].at == instant) ++end;
    const Duration at = instant - just;
    if (at < Duration::zero() || (last && at < last->at) || !reach.contains(instant)) continue;
    // Where links are cut already, another cut may come to the same.
    const bool overlaps = std::any_of(pattern.begin(), pattern.end(), [&](const Deviation& one) {
      return one.kind() == DeviationKind::cut && one.over() >= at;
    });
    Pattern with(pattern.begin(), pattern.end());
    std::vector<std::vector<TimedFault>> known;
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      const auto lost = std::find_if(
          arrivals.begin() + static_cast<std::ptrdiff_t>(begin),
          arrivals.begin() + static_cast<std::ptrdiff_t>(end), [&](const Arrival& arrival) {
            return shapes_[shape].contains({arrival.message.source, arrival.message.destination});
          });
      if (lost == arrivals.begin() + static_cast<std::ptrdiff_t>(end)) continue;
      for (const Duration lasts : cut_for) {
        Deviation cut{at, LinksCut{lost->message, shape, lasts}};
        if (last && place_of(cut) <= *last) continue;
        if (overlaps) {
          with.push_back(cut);
          auto faults = cuts(with);
          with.pop_back();
          if (std::find(known.begin(), known.end(), faults) != known.end()) continue;
          known.push_back(std::move(faults));
        }
        out.push_back(std::move(cut));
      }
    }
  }
}

// Cuts may overlap: a link flows again when the last one that concerns it is over.
std::vector<TimedFault> Deviations::cuts(std::span<const Deviation> pattern) const {
  std::vector<TimedFault> faults;
  struct Change {
    Duration at;
    Way way;
    int by;
  };
  std::vector<Change> changes;
  for (const Deviation& deviation : pattern) {
    const auto* cut = std::get_if<LinksCut>(&deviation.what);
    if (cut == nullptr) continue;
    const CutShape& shape = shapes_[cut->shape];
    const auto add = [&](const std::vector<Way>& ways, Duration until) {
      for (const Way way : ways) {
        changes.push_back({deviation.at, way, 1});
        changes.push_back({until, way, -1});
      }
    };
    add(shape.first, deviation.at + cut->lasts);
    add(shape.rest, deviation.at + cut->lasts + rest_heals_after);
  }
  if (changes.empty()) return faults;
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  std::vector<int> cuts(std::size_t{count_} * count_);
  for (std::size_t begin = 0; begin < changes.size();) {
    const auto before = cuts;
    std::size_t end = begin;
    for (; end < changes.size() && changes[end].at == changes[begin].at; ++end) {
      cuts[changes[end].way.source * count_ + changes[end].way.destination] += changes[end].by;
    }
    std::vector<Way> begun;
    std::vector<Way> over;
    for (std::size_t i = begin; i < end; ++i) {
      const Way way = changes[i].way;
      const std::size_t link = way.source * count_ + way.destination;
      auto& list = cuts[link] > 0 ? begun : over;
      const bool changed = (cuts[link] > 0) != (before[link] > 0);
      if (changed && std::find(list.begin(), list.end(), way) == list.end()) list.push_back(way);
    }
    for (auto& links : LinkLines(std::move(over)).take()) {
      faults.push_back({changes[begin].at, MendLinks{std::move(links)}});
    }
    for (auto& links : LinkLines(std::move(begun)).take()) {
      faults.push_back({changes[begin].at, CutLinks{std::move(links)}});
    }
    begin = end;
  }
  return faults;
}

std::vector<TimedFault> Deviations::faults(std::span<const Deviation> pattern) const {
  std::vector<TimedFault> faults = cuts(pattern);
  for (const Deviation& deviation : pattern) {
    const Duration at = deviation.at;
    std::visit(Match{[&](const MessageLost& lost) {
                       faults.push_back({{}, LoseMessage{lost.message}});
                     },
                     [&](const MessageDoubled& doubled) {
                       faults.push_back({{}, DoubleMessage{doubled.message, doubled.after}});
                     },
                     [&](const MessageLate& late) {
                       faults.push_back({{}, HoldMessage{late.message}});
                       faults.push_back({late.arrives_at, ReleaseMessage{late.message}});
                     },
                     [&](const NodeDies& death) {
                       faults.push_back({at, Kill{death.moment.node}});
                       faults.push_back({at + death.back_after, Restart{death.moment.node}});
                     },
                     [&](const NodeFreezes& freeze) {
                       faults.push_back({at, Pause{freeze.moment.node}});
                       faults.push_back({at + freeze.lasts, Resume{freeze.moment.node}});
                     },
                     [](const LinksCut&) {}, [](const ValuePublished&) {}},
               deviation.what);
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const TimedFault& a, const TimedFault& b) { return a.at < b.at; });
  return faults;
}

std::string Deviations::describe(
    const Deviation& deviation,
    const std::function<std::string(const NthMessage&)>& type_of) const {
  const auto name = [&](const NthMessage& message) {
    const std::string type = type_of(message);
    return fmt::format("message {} n{} -> n{}{}", message.number, message.source,
                       message.destination, type.empty() ? "" : " (" + type + ")");
  };
  const auto beside_moment = [&](const Moment& moment, Side side) {
    const bool before = side == Side::before;
    std::string event;
    switch (moment.cause) {
      case Moment::Cause::tick:
        event = before ? "its timer makes it act" : "its timer made it act";
        break;
      case Moment::Cause::arrival:
        event = (before ? "it receives " : "it received ") + name(moment.message);
        break;
      case Moment::Cause::operation:
        event = before ? "it hears of a client's operation" : "it heard of a client's operation";
        break;
      case Moment::Cause::thaw:
        event = before ? "it thaws" : "it thawed";
        break;
      case Moment::Cause::start:
        event = before ? "it starts" : "it started";
        break;
    }
    return fmt::format("just {} {}, at {}", before ? "before" : "after", event, text_of(moment.at));
  };
  return std::visit(
      Match{[&](const MessageLost& lost) { return name(lost.message) + " is lost"; },
            [&](const MessageDoubled& doubled) {
              return name(doubled.message) + " arrives twice" +
                     (doubled.after > Duration::zero()
                          ? ", the second time " + text_of(doubled.after) + " later"
                          : "");
            },
            [&](const MessageLate& late) {
              return fmt::format("{} is held until {} ({}) instead of {}", name(late.message),
                                 late.until, text_of(late.arrives_at), text_of(deviation.at));
            },
            [&](const LinksCut& cut) {
              const CutShape& shape = shapes_[cut.shape];
              const bool of_node = shape.what.ends_with("cut off");
              return fmt::format("{}{} for {}, from just before {} would arrive, at {}{}",
                                 shape.what, of_node ? "" : " is cut", text_of(cut.lasts),
                                 name(cut.first_lost), text_of(deviation.at + just),
                                 shape.heals.empty()
                                     ? ""
                                     : fmt::format("; {} heals first, the rest {} later",
                                                   shape.heals, text_of(rest_heals_after)));
            },
            [&](const NodeDies& death) {
              return fmt::format("n{} is killed {}, and is back {}", death.moment.node,
                                 beside_moment(death.moment, death.side),
                                 death.back_after > Duration::zero()
                                     ? "after " + text_of(death.back_after)
                                     : "at once");
            },
            [&](const NodeFreezes& freeze) {
              return fmt::format("n{} freezes {}, for {}", freeze.moment.node,
                                 beside_moment(freeze.moment, freeze.side), text_of(freeze.lasts));
            },
            [&](const ValuePublished& value) {
              return fmt::format("a client of n{} broadcasts a value, at {}", value.node,
                                 text_of(deviation.at));
            }},
      deviation.what);
}

}  // namespace bruit::workbench
