// The messages of the broadcast workload, as clients send them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bruit/maelstrom/fields.h"

namespace bruit::examples {

using maelstrom::field;

struct Broadcast {
  static constexpr std::string_view type = "broadcast";
  std::int64_t message = 0;
  static constexpr auto fields = std::tuple(field("message", &Broadcast::message));
};
struct BroadcastOk {
  static constexpr std::string_view type = "broadcast_ok";
  static constexpr std::tuple<> fields{};
};

struct Read {
  static constexpr std::string_view type = "read";
  static constexpr std::tuple<> fields{};
};
struct ReadOk {
  static constexpr std::string_view type = "read_ok";
  std::vector<std::int64_t> messages;
  static constexpr auto fields = std::tuple(field("messages", &ReadOk::messages));
};

struct Topology {
  static constexpr std::string_view type = "topology";
  std::map<std::string, std::vector<std::string>> topology;  // each node's neighbours
  static constexpr auto fields = std::tuple(field("topology", &Topology::topology));
};
struct TopologyOk {
  static constexpr std::string_view type = "topology_ok";
  static constexpr std::tuple<> fields{};
};

}  // namespace bruit::examples
