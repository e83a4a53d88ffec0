// Deviation: one change to a run, and how a run with several of them is written as a scenario.
// docs/explorer.md defines them; the numbers are here.
//
// A deviation hangs on an event of the run before it: on a message that arrives, or on a moment at
// which something happens at a node. "Just before" and "just after" are one nanosecond.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/simulation/cut_shapes.h"
#include "bruit/workbench/simulation/run_events.h"

namespace bruit::workbench {

// In the order of --kinds. A value that is published at any moment is no fault, but is chosen in
// the same way.
enum class DeviationKind : std::uint8_t { loss, duplication, hold, cut, kill, freeze, value };
inline constexpr std::size_t deviation_kind_count = 7;
inline constexpr std::array fault_kinds{DeviationKind::loss, DeviationKind::duplication,
                                        DeviationKind::hold, DeviationKind::cut,
                                        DeviationKind::kill, DeviationKind::freeze};
// "loss", "double", "hold", "cut", "kill", "freeze".
std::string_view to_string(DeviationKind kind);
std::optional<DeviationKind> parse_deviation_kind(std::string_view name);

// All times are guesses that stand for "sooner than any timer", "some timers later" and "when all
// timers have backed off as far as they do".
inline constexpr Duration just = std::chrono::nanoseconds(1);
inline constexpr std::array<Duration, 2> copies_after{Duration::zero(), std::chrono::seconds(10)};
inline constexpr Duration held_longest = std::chrono::seconds(10);
inline constexpr std::array<Duration, 3> cut_for{std::chrono::seconds(1), std::chrono::seconds(10),
                                                 std::chrono::seconds(200)};
// From the healing of the first part of a cut to that of the rest.
inline constexpr Duration rest_heals_after = std::chrono::seconds(10);
inline constexpr std::array<Duration, 3> back_after{
    Duration::zero(), std::chrono::milliseconds(500), std::chrono::seconds(10)};
inline constexpr std::array<Duration, 3> frozen_for{
    std::chrono::milliseconds(300), std::chrono::seconds(1), std::chrono::seconds(10)};
// After the last event, for a value that comes into a quiet cluster.
inline constexpr Duration long_after = std::chrono::seconds(10);
// How far from a change an event may be to be deviated from, if nothing else is asked for. Between
// changes that are farther apart a cluster does nothing but repeat itself.
inline constexpr Duration usual_reach = std::chrono::seconds(10);

struct MessageLost {
  NthMessage message;
};
struct MessageDoubled {
  NthMessage message;
  Duration after{};
};
struct MessageLate {
  NthMessage message;
  Duration arrives_at{};
  std::string_view until;  // for people: "the next tick of its receiver"
};
struct LinksCut {
  NthMessage first_lost;
  std::size_t shape = 0;  // of cut_shapes()
  Duration lasts{};
};
// Whether it comes just before or just after the moment.
enum class Side : std::uint8_t { before, after };
struct NodeDies {
  Moment moment;
  Side side{};
  Duration back_after{};
};
struct NodeFreezes {
  Moment moment;
  Side side{};
  Duration lasts{};
};
struct ValuePublished {
  std::uint32_t node = 0;
};

struct Deviation {
  using What = std::variant<MessageLost, MessageDoubled, MessageLate, LinksCut, NodeDies,
                            NodeFreezes, ValuePublished>;
  // From here on the run differs, since it began.
  Duration at{};
  What what;

  DeviationKind kind() const;
  // When it is over: the last of its faults.
  Duration over() const;
};

// Deviations follow each other in this order. Those with the same place are alternatives: a pattern
// has at most one of them.
struct Place {
  Duration at{};
  std::uint8_t rank = 0;     // what is published, messages, cuts, kills, freezes
  std::uint64_t node = 0;    // or the message's link, or the shape of the cut
  std::uint64_t number = 0;  // of the message
  friend auto operator<=>(const Place&, const Place&) = default;
};
Place place_of(const Deviation& deviation);

using Pattern = std::vector<Deviation>;  // in the order of their places

// Sets of kinds are bits.
using KindSet = std::uint8_t;
constexpr KindSet set_of(DeviationKind kind) {
  return static_cast<KindSet>(1U << static_cast<unsigned>(kind));
}

// When a message that is held may be released: at these times, with what they stand for.
struct Release {
  Duration at{};
  std::string_view until;
};
// `events` are those of the run in which `arrival`'s message does not arrive at all. In rising
// order, each time once: just after the next tick of its receiver, of its sender, and held_longest
// after the message would have arrived.
std::vector<Release> releases(const RunEvents& events, const Arrival& arrival);

// The stretches of time whose events can be deviated from: all that is at most `reach` before or
// after a change. What changes is said by add().
class Reach {
 public:
  explicit Reach(Duration reach) : reach_(reach) {}
  void add(Duration change) { changes_.push_back(change); }
  bool contains(Duration at) const;

 private:
  Duration reach_;
  std::vector<Duration> changes_;
};

// What can be chosen next in a run, and how what was chosen is written down.
class Deviations {
 public:
  explicit Deviations(std::uint32_t node_count);

  // Every deviation of these kinds that hangs on an event within `reach`, apart from hold, and can
  // follow the pattern. `events` are those of the run with the pattern. Appended to `out`, in no
  // order.
  void choices(const RunEvents& events, std::span<const Deviation> pattern, KindSet kinds,
               const Reach& reach, Pattern& out) const;

  // The times at which the pattern changes something: each fault begins or ends.
  void add_changes(std::span<const Deviation> pattern, Reach& reach) const;

  // The faults of the pattern, in the order of time.
  std::vector<TimedFault> faults(std::span<const Deviation> pattern) const;

  // A sentence without a full stop. `type_of` gives a message's type, such as "gather", or nothing.
  std::string describe(const Deviation& deviation,
                       const std::function<std::string(const NthMessage&)>& type_of) const;

 private:
  void cut_choices(const RunEvents& events, std::span<const Deviation> pattern, const Reach& reach,
                   Pattern& out) const;
  std::vector<TimedFault> cuts(std::span<const Deviation> pattern) const;

  std::uint32_t count_;
  std::vector<CutShape> shapes_;
};

}  // namespace bruit::workbench
