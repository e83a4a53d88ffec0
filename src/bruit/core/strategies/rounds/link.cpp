#include "bruit/core/strategies/rounds/link.h"

#include <algorithm>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/core/coverage_mark.h"

namespace bruit::core {

// --- L1 ---

Link::Hearing Link::hear(const Envelope& envelope, Incarnation own, std::uint64_t log_size,
                         bool thawing, Time now) {
  if (envelope.sender != lives_.peer) {
    const auto former = std::find(lives_.former.begin(), lives_.former.end(), envelope.sender);
    if (former != lives_.former.end()) {
      const auto& echo = envelope.times.echo;
      const bool lives = envelope.receiver == own && echo && *echo > lives_.replaced_at;
      if (!lives) {
        const bool just_challenged = challenged_ && now - *challenged_ < challenge_interval;
        if (!just_challenged) claim_ = Claim{envelope.sender, envelope.times.sent_at, now};
        BRUIT_MARK("rounds.L1.a-former-life-speaks");
        return Hearing::of_former_life;
      }
      BRUIT_MARK("rounds.L1.a-former-life-comes-back");
      lives_.former.erase(former);
    }
    begin_life(envelope.sender, log_size);
  }
  if (envelope.times.sent_at > lives_.last_stamp) {
    lives_.last_stamp = envelope.times.sent_at;
    lives_.stamp_received = now;
    if (thawing) lives_.stamp_received.reset();
  }
  if (envelope.receiver == own) {
    met_ = true;
    return Hearing::counts;
  }
  // Who has not heard any life of this node relies on none.
  if (envelope.receiver == unknown_incarnation) return Hearing::counts;
  BRUIT_MARK("rounds.L1.written-for-another-life");
  return Hearing::for_another_life;
}

void Link::begin_life(Incarnation peer, std::uint64_t log_size) {
  Lives lives;
  lives.peer = peer;
  lives.replaced_at = last_sent_;
  lives.former = std::move(lives_.former);
  if (lives_.peer != unknown_incarnation) {
    BRUIT_MARK("rounds.L1.a-new-life");
    lives.former.push_back(lives_.peer);
    if (lives.former.size() > most_former) lives.former.erase(lives.former.begin());
  }
  const Time last_sent = last_sent_;
  const auto challenged = challenged_;
  *this = Link(peer_);
  lives_ = std::move(lives);
  last_sent_ = last_sent;
  challenged_ = challenged;
  heard_from_ = log_size;
}

Envelope Link::challenge(Incarnation own, Time now) {
  BRUIT_MARK("rounds.L1.challenge");
  const Claim claim = *std::exchange(claim_, std::nullopt);
  challenged_ = now;
  last_sent_ = std::max(now, last_sent_ + Duration(1));
  return {.sender = own,
          .receiver = claim.life,
          .times = {.sent_at = last_sent_, .echo = claim.stamp, .echo_held = now - claim.heard}};
}

Envelope Link::address(Incarnation own, Time now) {
  last_sent_ = std::max(now, last_sent_ + Duration(1));
  Envelope envelope{.sender = own,
                    .receiver = lives_.peer,
                    .times = {.sent_at = last_sent_, .echo = {}, .echo_held = {}}};
  if (lives_.last_stamp != Time::min()) {
    envelope.times.echo = lives_.last_stamp;
    if (lives_.stamp_received) envelope.times.echo_held = now - *lives_.stamp_received;
  }
  return envelope;
}

// --- L2: my log at the peer ---

bool Link::may_lack(const Log& log, std::uint64_t position) const {
  const Log::Item& item = log[position];
  if (position >= heard_from_ && item.learned_from == peer_.index) return false;
  return !basis_ || position >= basis_->end || !basis_->holder.holds(item);
}

bool Link::goes_by_name(const Log& log, std::uint64_t position) const {
  return position >= by_value_until_ && log[position].straight;
}

void Link::look_through(const Log& log) {
  for (; clean_until_ < log.size(); ++clean_until_) {
    if (!may_lack(log, clean_until_)) continue;
    if (!goes_by_name(log, clean_until_)) return;
    if (!names_from_) names_from_ = clean_until_;
  }
}

std::uint64_t Link::first_owed(const Log& log) {
  if (unacknowledged_since_ || acknowledged_ < std::min(expected_, sent_)) return acknowledged_;
  look_through(log);
  return names_from_.value_or(clean_until_);
}

Sync Link::write(const Log& log, Writing writing, Time now) {
  Sync sync;
  sync.from = sync.to = sent_;
  sync.received = received_;
  if (writing.entries && (has_news(log) || has_names(log))) {
    std::vector<Entry> entries;
    std::uint64_t end = names_from_ ? std::min(*names_from_, clean_until_) : clean_until_;
    const std::uint64_t first = end;
    for (; end < log.size() && entries.size() < most_entries; ++end) {
      if (may_lack(log, end) && !goes_by_name(log, end)) entries.push_back(log.entry(end));
    }
    if (!writing.digest) {
      if (names_from_) BRUIT_MARK("rounds.L2.goes-by-name");
      sync.named = log.names(first, end, [&](std::uint64_t position) {
        return may_lack(log, position) && goes_by_name(log, position);
      });
    }
    if (!entries.empty()) sync.entries = EntryList(std::move(entries));
    sync.to = sent_ = clean_until_ = end;
    written_ = last_sent_;
    names_from_.reset();
    if (!writing.awaited) {
      expected_ = sent_;
      if (!unacknowledged_since_) unacknowledged_since_ = now;
    }
  }
  sync.awaited = writing.awaited && (sync.entries || sync.named);
  if (sync.awaited) BRUIT_MARK("rounds.L3.awaited");
  if (writing.digest) {
    sync.from = 0;
    sync.to = log.size();
    sync.digest = log.digest();
    lacks_something_ = false;
  }
  sync.gap = std::exchange(asks_for_gap_, false);
  told_ = received_;
  owes_since_.reset();
  peer_waits_ = false;
  return sync;
}

void Link::rewind() {
  BRUIT_MARK("rounds.L2.sent-again");
  by_value_until_ = std::max(by_value_until_, sent_);
  sent_ = clean_until_ = expected_ = acknowledged_;
  names_from_.reset();
  unacknowledged_since_.reset();
}

void Link::acknowledge(const Sync& sync, const Log& log, Time now) {
  const std::uint64_t position = std::min(sync.received, log.size());
  if (position > acknowledged_) {
    acknowledged_ = position;
    if (unacknowledged_since_) unacknowledged_since_ = now;
    if (sent_ < position) {
      sent_ = clean_until_ = position;
      names_from_.reset();
    }
    if (basis_ && basis_->end <= position) basis_.reset();
  }
  if (acknowledged_ >= expected_) unacknowledged_since_.reset();
  if (sync.gap) {
    BRUIT_MARK("rounds.L2.a-gap-is-told");
    // It says exactly how far it is: not even as far as before, if it took another life for the
    // present one meanwhile.
    acknowledged_ = std::min(acknowledged_, position);
    rewind();
  }
}

// The peer says what it holds: only the difference is owed. If it had the last message with
// something new when it spoke, whatever is not there is lost. If that is still under way, it will
// be answered: a digest that happens to name the same entries is no answer, and the peer counts on
// that.
void Link::take_digest(const Sync& sync, const std::optional<Time>& echo, const Log& log) {
  BRUIT_MARK("rounds.L2.a-digest-is-compared");
  lacks_something_ = !log.holds(sync.digest);
  basis_ = Basis{Log::Holder(log, sync.digest), log.size()};
  const bool under_way = written_ != Time::min() && !(echo && *echo >= written_);
  if (under_way) {
    BRUIT_MARK("rounds.L2.a-digest-without-what-is-under-way");
    return;
  }
  rewind();
  by_value_until_ = log.size();
  if (basis_->holder.holds_all()) clean_until_ = log.size();
}

// --- The peer's log here ---

void Link::read(const Envelope& envelope, const Sync& sync, const Log& log, Time now) {
  acknowledge(sync, log, now);
  if (sync.digest) take_digest(sync, envelope.times.echo, log);
  receive(sync, is_latest(envelope), log);
  if (waiting_.empty()) {
    gap_since_.reset();
    asks_for_gap_ = false;
  } else if (!gap_since_) {
    gap_since_ = now;
  }
  const bool brings = sync.entries || sync.named;
  if (brings && !sync.awaited && !owes_since_) owes_since_ = now;
  // One that repeats what it was told of does not wait, if that has come meanwhile.
  if (brings) peer_waits_ = received_ >= sync.to && sync.to > told_;
}

// A message without a stretch tells, too, how much was sent before it. If that is here, nothing is
// missing, whatever was sent before and then taken back.
void Link::receive(const Sync& sync, bool latest, const Log& log) {
  const bool holds_it =
      sync.digest ? !lacks_something_ : sync.from <= received_ && log.holds(sync.named);
  if (holds_it) {
    received_ = std::max(received_, sync.to);
    if (latest) waiting_.clear();
  } else if (!sync.digest && waiting_.size() < most_waiting) {
    BRUIT_MARK("rounds.L3.a-gap");
    waiting_.push_back({sync.from, sync.to, sync.named});
  }
  absorb(log);
}

void Link::absorb(const Log& log) {
  const auto fits = [&](const Waiting& later) {
    return later.from <= received_ && (later.to <= received_ || log.holds(later.named));
  };
  // A few at most, in any order.
  for (auto found = std::find_if(waiting_.begin(), waiting_.end(), fits); found != waiting_.end();
       found = std::find_if(waiting_.begin(), waiting_.end(), fits)) {
    received_ = std::max(received_, found->to);
    waiting_.erase(found);
  }
}

bool Link::misses_named(const Log& log) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& later) { return !log.holds(later.named); });
}

bool Link::has_gap(const Log& log) {
  absorb(log);
  if (waiting_.empty()) gap_since_.reset();
  return gap_since_.has_value();
}

void Link::sanity_check(const Log& log) const {
  BRUIT_CHECK(acknowledged_ <= sent_);
  BRUIT_CHECK(sent_ <= clean_until_ && clean_until_ <= log.size());
  BRUIT_CHECK(!names_from_ || (sent_ <= *names_from_ && *names_from_ < clean_until_));
  BRUIT_CHECK(!unacknowledged_since_ || acknowledged_ < expected_);
  BRUIT_CHECK(expected_ <= log.size());
  BRUIT_CHECK(told_ <= received_);
  BRUIT_CHECK(lives_.peer != unknown_incarnation || (acknowledged_ == 0 && !met_));
}

}  // namespace bruit::core
