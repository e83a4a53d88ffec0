// Journal: what happens in a transcript, as lines of text.
//
//        0ms  n0 -> n1 n2  rumor x              a message leaves, or equal ones together
//        0ms  n0 -> n3  rumor x  (held)         what becomes of it, unless it will just arrive
//      100ms  n1 <- n0  rumor x                 it arrives
//      100ms  n1 has x                          clients of n1 can read the value from now on
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/message.h"
#include "bruit/core/time.h"

namespace bruit::core::transcript {

class Journal {
 public:
  // Below one command. A transcript is for people; beyond this it is a mistake.
  static constexpr std::size_t most_lines = 1'000;

  // Brief: from now on, only who has what, each moment in a line, and in the end how many messages.
  void set_brief(bool brief) { brief_ = brief; }

  // `fate` is empty if the message goes its way.
  void sent(Time now, NodeId from, NodeId to, const Message& message, std::string_view fate);
  void arrived(Time now, NodeId from, NodeId to, const Message& message, std::string_view fate);
  void learned(Time now, NodeId node, std::span<const Value> values);
  void note(Time now, std::string_view text);
  void note(std::string_view text);  // without a time

  // Everything since the last call. Throws std::length_error if it was too much.
  std::vector<std::string> take();

 private:
  struct Sending {
    Time at;
    NodeId from;
    std::string to;
    std::string message;  // and its fate
  };

  void add(std::string line);
  void finish_sending();
  void finish_moment();
  void finish_counts();

  bool brief_ = false;
  std::vector<std::string> lines_;
  std::optional<Sending> sending_;  // the last one, which may get more receivers
  // While brief:
  Time moment_{};
  std::map<NodeId, std::string> learned_;  // at that moment
  std::map<std::string, std::uint64_t> sent_by_kind_;
  std::uint64_t lost_ = 0;
};

// "4 messages: 2 ack, 2 batch", or "no messages".
std::string describe_counts(const std::map<std::string, std::uint64_t>& sent_by_kind);

// "x y z", or "x ... z (100 values)".
std::string list_values(std::span<const std::string> values);

}  // namespace bruit::core::transcript
