#include "bruit/core/strategies/rounds/link.h"

#include <algorithm>
#include <utility>

namespace bruit::core {

void Link::write_news(Sync& sync, const Log& log, NodeId peer, Time now) {
  auto stretch = log.news_for(peer, sent_, doubtful_);
  sync.from = sent_;
  sync.entries = std::move(stretch.entries);
  sync.log.position = sent_ = stretch.end;
  write_rest(sync, now);
}

void Link::write_difference(Sync& sync, Log& log, NodeId peer, const Digest& digest, Time now) {
  log.repeat_for(peer, digest, acknowledged_);
  auto stretch = log.missing_in(digest, peer, acknowledged_);
  sync.from = claimed_;  // what comes after and is not here the peer holds
  sync.entries = std::move(stretch.entries);
  sync.log.position = sent_ = stretch.end;
  unacknowledged_since_.reset();
  // Should this be lost, all of it is sent again.
  if (sync.entries) doubtful_ = std::max(doubtful_, sent_);
  if (!sync.entries) acknowledged_ = sent_;
  write_rest(sync, now);
}

void Link::write_comparison(Sync& sync, const Log& log) {
  sync.from = 0;
  sync.entries = nullptr;
  sync.log.position = sent_ = log.size();
  sync.digest = log.digest();
  unacknowledged_since_.reset();
  sync.received = received();
  sync.awaited = false;
  has_told_received();
}

void Link::write_rest(Sync& sync, Time now) {
  sync.received = received();
  sync.gap = std::exchange(ask_for_gap_, false);
  owed_since_.reset();
  has_told_received();
  if (!sync.entries) sync.awaited = false;
  if (!sync.entries || sync.awaited) return;
  expected_ = sent_;
  if (!unacknowledged_since_) unacknowledged_since_ = now;
}

void Link::rewind() { sent_ = std::min(sent_, acknowledged_); }

bool Link::begin_read(const Sync& sync, const Log& log) {
  if (peer_incarnation_ == sync.log.incarnation) return true;
  if (peer_incarnation_ && sync.log.incarnation < *peer_incarnation_) return false;
  if (peer_incarnation_) {
    // It has restarted: what it had of mine, and what it told me, it has forgotten.
    sent_ = acknowledged_ = claimed_ = expected_ = 0;
    unacknowledged_since_.reset();
  }
  // What was sent to everybody before this may have been lost, or have come to a former life.
  doubtful_ = log.size();
  peer_incarnation_ = sync.log.incarnation;
  received_ = told_ = 0;
  beyond_.clear();
  gap_since_.reset();
  ask_for_gap_ = false;
  owed_since_.reset();
  peer_waits_ = false;
  return true;
}

void Link::end_read(const Sync& sync, const Log& log, NodeId peer, std::uint64_t own, Time now) {
  // A comparison without difference is as good as the stretch itself.
  const bool is_different = !sync.entries && log.lacks(sync.digest);
  if (!is_different) receive({sync.from, sync.log.position}, now);
  const bool owed = (sync.entries && !sync.awaited) || sync.digest;
  if (owed && !owed_since_) owed_since_ = now;
  // One that repeats what it was told of does not wait, if that has come meanwhile.
  if (sync.entries) peer_waits_ = received_ >= sync.log.position && sync.log.position > told_;
  if (sync.gap) {
    // The peer says exactly how far it is, whatever was concluded from digests meanwhile.
    const bool mine = sync.received.incarnation == own;
    acknowledged_ = claimed_ = mine ? std::min(sync.received.position, log.size()) : 0;
    sent_ = std::min(sent_, acknowledged_);
    unacknowledged_since_.reset();
    return;
  }
  acknowledge(sync.received, log, peer, own, now);
}

void Link::acknowledge(const LogPosition& position, const Log& log, NodeId peer, std::uint64_t own,
                       Time now) {
  if (position.incarnation != own) return;
  const std::uint64_t until = std::min(position.position, log.size());
  claimed_ = std::max(claimed_, until);
  if (until > acknowledged_) {
    acknowledged_ = until;
    sent_ = std::max(sent_, until);
    if (unacknowledged_since_) unacknowledged_since_ = now;
  }
  const std::uint64_t expected = std::min(expected_, sent_);
  if (acknowledged_ >= expected || !log.has_news_for(peer, acknowledged_, doubtful_)) {
    unacknowledged_since_.reset();
  }
}

void Link::receive(const SequenceRange& stretch, Time now) {
  if (stretch.first > received_) {
    if (beyond_.size() < most_beyond) beyond_.push_back(stretch);
  } else {
    received_ = std::max(received_, stretch.end);
  }
  // A few at most, in any order.
  for (bool found = true; found;) {
    found = false;
    for (const auto& later : beyond_) {
      if (later.first > received_ || later.end <= received_) continue;
      received_ = later.end;
      found = true;
    }
  }
  std::erase_if(beyond_, [this](const SequenceRange& later) { return later.end <= received_; });
  const bool gap = stretch.first > received_ || !beyond_.empty();
  if (!gap) {
    gap_since_.reset();
    ask_for_gap_ = false;
  } else if (!gap_since_) {
    gap_since_ = now;
  }
}

}  // namespace bruit::core
