// RoundTrips: how long a message to a peer and back takes, measured from echoed timestamps, and how
// long an answer is waited for.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "bruit/core/member.h"
#include "bruit/core/time.h"

namespace bruit::core {

// To one peer. Smoothed as TCP does it (RFC 6298, section 2: mean and mean deviation), with a
// larger gain (1/4 for 1/8), since a round gives few samples. A single outlier changes nothing: a
// host that stalled for a moment must not change anybody's plans, and a latency that has really
// risen will say so again.
class RoundTrip {
 public:
  // A message left at `sent`, and its echo came at `arrived`; the peer held it for `held`. Both on
  // this node's clock.
  void add(Time sent, Time arrived, Duration held) {
    const Duration sample = std::max(arrived - sent - held, Duration::zero());
    if (samples_ < first_samples) {
      begin(sample, sent, arrived);
      return;
    }
    if (is_steady(sample)) return;
    spread_ += (std::min(distance(sample, smoothed_), 2 * smoothed_) - spread_) / 4;
    if (distance(sample, smoothed_) <= 4 * deviation_ + outlier_slack) {
      if (doubted_ && ++doubted_->since == doubt_lasts) doubted_.reset();
      smooth(sample);
      return;
    }
    const bool confirmed = doubted_ && sent >= doubted_->arrived &&
                           (sample > smoothed_) == (doubted_->sample > smoothed_);
    if (confirmed && doubted_->since == 0) {
      // One after the other: the latency has changed.
      deviation_ = spread_ = distance(sample, doubted_->sample) / 2;
      smoothed_ = sample > smoothed_ ? std::min(sample, doubted_->sample)
                                     : std::max(sample, doubted_->sample);
      doubted_.reset();
      return;
    }
    // Now and then: it varies.
    if (confirmed) smooth(std::min(sample, doubted_->sample));
    // Under way at the same time: one trouble delayed them both.
    if (!doubted_ || sent >= doubted_->arrived) doubted_ = Doubted{sample, arrived};
  }

  // Until there is a sample: a wide-area hop of 100 ms each way. Guess; too long costs a little
  // time in the first round only, too short would make the first values late.
  static constexpr Duration assumed = std::chrono::milliseconds(200);

  bool known() const { return samples_ > 0; }
  // By more than what may have been a single message that was held up.
  bool confirmed() const { return samples_ == first_samples; }
  Duration smoothed() const { return known() ? smoothed_ : assumed; }
  Duration one_way() const { return smoothed() / 2; }
  Duration deviation() const { return deviation_; }
  // The same of all samples: outliers change no plan, but one that happens has to be waited for.
  Duration spread() const { return std::max(spread_, deviation_); }
  // One way, what about one message in a hundred exceeds if latencies are uniform: of their sum the
  // mean deviation is a third of the mean, and three of them reach its end.
  Duration one_way_late() const { return (smoothed() + 3 * deviation_) / 2; }

 private:
  // Beyond four deviations. Guess: timers of an ordinary machine; most deviations are next to none.
  static constexpr Duration outlier_slack = std::chrono::milliseconds(10);
  static constexpr int first_samples = 3;
  static constexpr Duration long_trouble = std::chrono::seconds(1);
  // How many samples later another outlier belongs to the same latency. Guess.
  static constexpr int doubt_lasts = 16;

  struct Doubted {
    Duration sample;
    Time arrived;
    int since = 0;  // samples that were none
  };

  // Processes and threads that have just started are slow: the lowest of the first samples counts,
  // and how far the next one is from it. Of those that one long trouble held up together, one.
  void begin(Duration sample, Time sent, Time arrived) {
    if (samples_ > 0 && sample > long_trouble && sent < first_arrived_) {
      smoothed_ = std::min(smoothed_, sample);
      return;
    }
    first_arrived_ = arrived;
    if (samples_ == 0 || sample < smoothed_) {
      if (samples_ > 0) second_ = smoothed_;
      smoothed_ = sample;
    } else if (samples_ == 1 || sample < second_) {
      second_ = sample;
    }
    if (++samples_ == first_samples) deviation_ = (second_ - smoothed_) / 2;
  }

  // The last three samples are alike, whatever was before: that is the latency now.
  bool is_steady(Duration sample) {
    const auto [least, most] = std::minmax({before_last_, last_, sample});
    const Duration middle = before_last_ + last_ + sample - least - most;
    before_last_ = last_;
    last_ = sample;
    if (most - least > outlier_slack || distance(middle, smoothed_) <= outlier_slack) return false;
    smoothed_ = middle;
    deviation_ = spread_ = (most - least) / 2;
    doubted_.reset();
    return true;
  }

  static Duration distance(Duration a, Duration b) { return a < b ? b - a : a - b; }

  void smooth(Duration sample) {
    deviation_ += (distance(sample, smoothed_) - deviation_) / 4;
    smoothed_ += (sample - smoothed_) / 4;
  }

  int samples_ = 0;       // up to first_samples
  Time first_arrived_{};  // the last of these
  Duration smoothed_{};
  Duration last_{};
  Duration before_last_{};
  Duration second_{};  // lowest of the first samples
  Duration deviation_{};
  Duration spread_{};
  std::optional<Doubted> doubted_;
};

// To all peers.
class RoundTrips {
 public:
  // What an answer may take beyond the measured round trip. Guess: a busy machine's scheduling.
  static constexpr Duration slack = std::chrono::milliseconds(50);
  static constexpr Duration slack_unmeasured = std::chrono::milliseconds(100);
  // However much latencies have varied: nothing is waited for longer, beyond what is usual. Guess:
  // who takes longer is found later, by its answer.
  static constexpr Duration longest_wait = std::chrono::seconds(2);

  RoundTrip& to(NodeId peer) { return peers_[peer]; }
  const RoundTrip& to(NodeId peer) const {
    static const RoundTrip unknown;
    const auto found = peers_.find(peer);
    return found == peers_.end() ? unknown : found->second;
  }

  // How long an answer of this peer is waited for: as TCP's timeout (RFC 6298), but a latency that
  // has just jumped does not make it wait for ever.
  Duration patience(NodeId peer) const { return patience(to(peer)); }
  // With whoever is slowest, within reason.
  Duration longest_patience() const {
    std::optional<Duration> longest;
    for (const auto& [id, round_trip] : peers_) {
      if (round_trip.known()) longest = std::max(longest.value_or(slack), patience(round_trip));
    }
    return std::min(longest.value_or(patience(RoundTrip{})), longest_wait);
  }
  // To whoever is furthest, as far as that is known.
  Duration longest_round_trip() const {
    std::optional<Duration> longest;
    for (const auto& [id, round_trip] : peers_) {
      if (round_trip.known())
        longest = std::max(longest.value_or(Duration::zero()), round_trip.smoothed());
    }
    return longest.value_or(RoundTrip::assumed);
  }

 private:
  static Duration patience(const RoundTrip& round_trip) {
    if (!round_trip.known()) return RoundTrip::assumed + slack_unmeasured;
    Duration usual = round_trip.smoothed();
    if (!round_trip.confirmed()) usual = std::min(usual, longest_wait);
    const Duration doubt = std::min(4 * round_trip.spread(), 2 * usual);
    return usual + std::min(doubt, longest_wait) + slack;
  }

  std::map<NodeId, RoundTrip> peers_;
};

}  // namespace bruit::core
