// What strategies say to each other: plain structs in one variant.
//
// Encodings live in the shells. A strategy that receives a kind it does not use ignores it and
// counts it (Counters::unexpected), since a peer may run another strategy or version.
#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/shared.h"
#include "bruit/core/strategies/rounds/messages.h"
#include "bruit/core/value.h"

namespace bruit::core {

// Values shared between the copies of a message that go to several peers. Never null.
using ValueList = Shared<std::vector<Value>>;

// `flood`: a value, sent once, not acknowledged.
struct Rumor {
  Value value;
};

// The reliable baselines: values that the receiver acknowledges with Ack{id}. A retry has the same
// id. `id` counts from 1 per sender and receiver.
struct Batch {
  std::uint64_t id;
  ValueList values;
};

struct Ack {
  std::uint64_t id;
};

// The messages of `rounds` are in strategies/rounds/messages.h.

using Message = std::variant<Rumor, Batch, Ack, Gather, Scatter, Hello, Push, Seek>;

template <typename Kind>
inline constexpr bool is_rounds_message =
    std::is_same_v<Kind, Gather> || std::is_same_v<Kind, Scatter> || std::is_same_v<Kind, Hello> ||
    std::is_same_v<Kind, Push> || std::is_same_v<Kind, Seek>;

}  // namespace bruit::core
