// Packet: one message on the simulated network, whatever carries its content.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "bruit/core/message.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/workbench/history.h"
#include "bruit/workbench/options.h"

namespace bruit::workbench {

// Where a message comes from or goes to: a node (position in TestOptions::nodes) or a client ("c0",
// "c1", ... in the order in which they were opened).
class Endpoint {
 public:
  static constexpr Endpoint node(std::uint32_t index) { return Endpoint(index); }
  static constexpr Endpoint client(std::uint32_t number) { return Endpoint(number | client_bit); }
  constexpr bool is_client() const { return (bits_ & client_bit) != 0; }
  // A node's position or a client's number.
  constexpr std::uint32_t index() const { return bits_ & ~client_bit; }
  friend bool operator==(Endpoint, Endpoint) = default;

 private:
  static constexpr std::uint32_t client_bit = 0x8000'0000U;
  explicit constexpr Endpoint(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_;
};

// What a client asks, where a strategy of this process may have to answer: at start-up, and in the
// broadcast workload. Other workloads ask in JSON. `msg_id` counts from 1 per client.
struct Request {
  enum class Kind : std::uint8_t { init, topology, broadcast, read };
  Kind kind{};
  std::uint64_t msg_id = 0;
  ElementId element = 0;  // of a broadcast
};

// What a node answers, when it answers in structs (in-process nodes).
struct Reply {
  enum class Kind : std::uint8_t { ok, error };
  Kind kind{};
  std::uint64_t in_reply_to = 0;
  ElementList elements;               // of a read
  maelstrom::ErrorCode error_code{};  // of an error
};

// The text of a JSON body, as a node process wrote it.
struct JsonBody {
  std::string text;
};

using Payload = std::variant<core::Message, Request, Reply, JsonBody>;

struct Packet {
  std::uint64_t id = 0;  // global sequence number from 0
  Endpoint source = Endpoint::node(0);
  Endpoint destination = Endpoint::node(0);
  Time sent_at;
  Time deadline;  // sent_at + latency
  Payload payload;

  bool between_servers() const { return !source.is_client() && !destination.is_client(); }
};

}  // namespace bruit::workbench
