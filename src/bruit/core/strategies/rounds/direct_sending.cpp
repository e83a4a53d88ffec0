// The part of Rounds that sends values straight to everybody, and finds those that were lost.
#include <algorithm>
#include <vector>

#include "bruit/core/strategies/rounds/constants.h"
#include "bruit/core/strategies/rounds/rounds.h"

namespace bruit::core {
namespace {

using namespace rounds;

// Logs are compared when it has been quiet for this long, or busy for that long. (A value that was
// lost in between shows as a gap before the next one of the same node.)
constexpr Duration compare_after_quiet = milliseconds(1500);
constexpr Duration compare_after_busy = seconds(20);

}  // namespace

void Rounds::push(const Entry& entry, Time now, Outbox& outbox) {
  const EntryList entries(std::vector<Entry>{entry});
  for (std::uint32_t index = 0; index < members_.count(); ++index) {
    const NodeId to{index};
    if (to == self()) continue;
    outbox.send(to, Push{entries, stamp_for(peer(to), now)});
  }
  compare_soon(now);
}

void Rounds::on_push(NodeId from, const Push& pushed, Time now, Outbox& outbox) {
  take_stamp(peer(from), pushed.times, now);
  if (!pushed.entries) return;
  const bool had_gap = log_.has_gap();
  learn(pushed.entries, Log::sent_to_everybody, now, outbox);
  compare_soon(now);
  if (!had_gap && log_.has_gap()) compare_at_ = std::min(*compare_at_, now + RoundTrip::assumed);
}

void Rounds::compare_soon(Time now) {
  if (!compare_at_) first_uncompared_ = now;
  last_push_ = now;
  compare_at_ = std::min(now + compare_after_quiet, first_uncompared_ + compare_after_busy);
}

// Children compare by themselves, but for those that no value has come to.
Time Rounds::children_compared_by() const {
  return last_push_ + compare_after_quiet + longest_patience();
}

void Rounds::compare(Time now, Outbox& outbox) {
  compare_at_.reset();
  if (search_) {
    compare_soon(now);
    return;
  }
  if (!is_root()) {
    // Values that wait for a gather need not wait for the answer.
    Sync sync = parent_lacks_news() ? make_news(*parent_, now) : make_comparison(*parent_, now);
    sync.digest = log_.digest();
    send_gather(true, std::move(sync), now, outbox);
  }
  compare_children_at_ = children_compared_by();
}

void Rounds::compare_with_children(Time now, Outbox& outbox) {
  compare_children_at_.reset();
  if (now - last_push_ < compare_after_quiet) {
    compare_children_at_ = children_compared_by();
    return;
  }
  for (auto& [id, child] : peers_) {
    // At the same moment it may have been before the push.
    if (!child.child || (child.compared && *child.compared > last_push_)) continue;
    child.comparison_sent = now;
    if (!child.suspected_since) scatter_to(id, make_comparison(id, now), now, outbox);
  }
}

}  // namespace bruit::core
