// The messages of the kafka workload: logs by key, to which clients append and from which they
// read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bruit/maelstrom/fields.h"

namespace bruit::examples {

using maelstrom::field;
using Offset = std::int64_t;
using Offsets = std::map<std::string, Offset>;  // by key

struct Send {
  static constexpr std::string_view type = "send";
  std::string key;
  maelstrom::json::value msg;
  static constexpr auto fields = std::tuple(field("key", &Send::key), field("msg", &Send::msg));
};
struct SendOk {
  static constexpr std::string_view type = "send_ok";
  Offset offset = 0;
  static constexpr auto fields = std::tuple(field("offset", &SendOk::offset));
};

struct Poll {
  static constexpr std::string_view type = "poll";
  Offsets offsets;  // from where on
  static constexpr auto fields = std::tuple(field("offsets", &Poll::offsets));
};
struct PollOk {
  static constexpr std::string_view type = "poll_ok";
  std::map<std::string, std::vector<std::pair<Offset, maelstrom::json::value>>> msgs;
  static constexpr auto fields = std::tuple(field("msgs", &PollOk::msgs));
};

struct CommitOffsets {
  static constexpr std::string_view type = "commit_offsets";
  Offsets offsets;  // up to where a client has worked
  static constexpr auto fields = std::tuple(field("offsets", &CommitOffsets::offsets));
};
struct CommitOffsetsOk {
  static constexpr std::string_view type = "commit_offsets_ok";
  static constexpr std::tuple<> fields{};
};

struct ListCommittedOffsets {
  static constexpr std::string_view type = "list_committed_offsets";
  std::vector<std::string> keys;
  static constexpr auto fields = std::tuple(field("keys", &ListCommittedOffsets::keys));
};
struct ListCommittedOffsetsOk {
  static constexpr std::string_view type = "list_committed_offsets_ok";
  Offsets offsets;  // keys without one are left out
  static constexpr auto fields = std::tuple(field("offsets", &ListCommittedOffsetsOk::offsets));
};

// Most messages of one key in one answer to `poll`.
inline constexpr std::size_t poll_limit = 100;

}  // namespace bruit::examples
