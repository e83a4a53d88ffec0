#include "bruit/core/strategies/rounds/messages.h"

#include <algorithm>
#include <limits>

namespace bruit::core {
namespace {

// Far from the ends, so that sums of a few of them cannot overflow.
constexpr std::uint64_t most_positions = std::numeric_limits<std::uint64_t>::max() / 8;
constexpr Duration longest_time = Duration::max() / 8;

// A seek goes to every child at each hop.
constexpr std::uint32_t most_hops = 4;

// Collects the first thing that is wrong.
class Validation {
 public:
  Validation(NodeId sender, const Members& members) : sender_(sender), members_(members) {
    require(sender.index < members.count(), "sender", "a member");
    require(sender != members.self(), "sender", "another node");
  }

  std::optional<std::string> result() const { return wrong_; }

  bool require(bool holds, std::string_view field, std::string_view expected) {
    if (!holds && !wrong_) {
      wrong_ = "\"";
      wrong_->append(field).append("\" must be ").append(expected);
    }
    return holds;
  }

  void check(const Envelope& envelope) {
    require(envelope.sender != unknown_incarnation, "sender", "an incarnation above 0");
    const Timestamps& times = envelope.times;
    check_time(times.sent_at, "sent_at");
    if (times.echo) check_time(*times.echo, "echo");
    if (times.echo_held) check_duration(*times.echo_held, "echo_held");
    require(times.echo || !times.echo_held, "echo_held", "absent without an echo");
  }

  void check(const Standing& standing) {
    const Path& path = standing.path;
    check_time(standing.word.spoken, "spoken");
    if (!require(!path.empty() && path.size() <= members_.count(), "path",
                 "of one to as many nodes as there are members")) {
      return;
    }
    require(path.back() == sender_, "path", "one that ends at its sender");
    check_nodes(path, "path");
    for (auto node = path.begin(); node != path.end(); ++node) {
      const bool once = std::find(node + 1, path.end(), *node) == path.end();
      require(once, "path", "without a node that is on it twice");
    }
  }

  void check(const Sync& sync) {
    require(sync.from <= sync.to && sync.to < most_positions, "from, to", "a stretch of a log");
    require(sync.received < most_positions, "received", "a position");
    require(sync.digest == nullptr || (sync.from == 0 && sync.named == nullptr), "digest",
            "alone: it stands for all of the log");
    if (sync.entries) {
      require(sync.entries->size() <= sync.to - sync.from, "entries", "part of the stretch");
    }
    check(sync.entries);
    check(sync.named, "named");
    check(sync.digest, "digest");
  }

  void check(const EntryList& entries) {
    if (!entries) return;
    require(!entries->empty(), "entries", "absent if there are none");
    for (const Entry& entry : *entries) {
      check(entry.origin);
      require(entry.sequence < most_positions, "entries", "numbered below 2^61");
    }
  }

  void check_nodes(const std::vector<NodeId>& nodes, std::string_view field) {
    for (const NodeId node : nodes) require(node.index < members_.count(), field, "members");
  }

  void check_duration(Duration duration, std::string_view field) {
    require(duration >= Duration::zero() && duration < longest_time, field,
            "from 0 to 36 years, in nanoseconds");
  }

 private:
  void check_time(Time time, std::string_view field) {
    const Duration since = time.time_since_epoch();
    require(since > -longest_time && since < longest_time, field,
            "within 36 years, in nanoseconds");
  }

  void check(const Origin& origin) {
    require(origin.node.index < members_.count(), "origin", "a member");
    require(origin.incarnation != unknown_incarnation, "origin", "an incarnation above 0");
  }

  void check(const EntryNames& names, std::string_view field) {
    if (!names) return;
    const OriginRanges* previous = nullptr;
    for (const OriginRanges& named : *names) {
      check(named.origin);
      require(previous == nullptr || previous->origin < named.origin, field, "ordered by origin");
      require(!named.ranges.empty(), field, "without an origin that has no ranges");
      const SequenceRange* before = nullptr;
      for (const SequenceRange& range : named.ranges) {
        require(range.first < range.end && range.end < most_positions, field,
                "made of ranges that are not empty");
        require(before == nullptr || before->end < range.first, field,
                "made of ranges that ascend and do not touch");
        before = &range;
      }
      previous = &named;
    }
  }

  NodeId sender_;
  const Members& members_;
  std::optional<std::string> wrong_;
};

}  // namespace

std::optional<std::string> validate(const Gather& gather, NodeId sender, const Members& members) {
  Validation validation(sender, members);
  validation.check(gather.envelope);
  validation.check(gather.sync);
  validation.check(gather.standing);
  const Path& path = gather.standing.path;
  validation.require(path.size() >= 2 && path[path.size() - 2] == members.self(), "path",
                     "one on which the receiver comes before the sender");
  validation.check_duration(gather.oldest_age, "oldest_age");
  return validation.result();
}

std::optional<std::string> validate(const Scatter& scatter, NodeId sender, const Members& members) {
  Validation validation(sender, members);
  validation.check(scatter.envelope);
  validation.check(scatter.sync);
  validation.check(scatter.standing);
  if (scatter.phase) {
    validation.check_duration(scatter.phase->collect_in, "collect_in");
    validation.check_duration(scatter.phase->scatter_in, "scatter_in");
    validation.check_duration(scatter.phase->period, "period");
  }
  return validation.result();
}

std::optional<std::string> validate(const Hello& hello, NodeId sender, const Members& members) {
  Validation validation(sender, members);
  validation.check(hello.envelope);
  validation.check(hello.sync);
  validation.check(hello.standing);
  return validation.result();
}

std::optional<std::string> validate(const Push& push, NodeId sender, const Members& members) {
  Validation validation(sender, members);
  validation.check(push.envelope);
  validation.require(push.entries != nullptr, "entries", "there");
  validation.check(push.entries);
  return validation.result();
}

std::optional<std::string> validate(const Seek& seek, NodeId sender, const Members& members) {
  Validation validation(sender, members);
  validation.check(seek.envelope);
  validation.require(!seek.nodes.empty() && seek.nodes.size() < members.count(), "nodes",
                     "one or more, and fewer than there are members");
  validation.check_nodes(seek.nodes, "nodes");
  validation.require(seek.hops_left <= most_hops, "hops_left", "0 to 4");
  return validation.result();
}

}  // namespace bruit::core
