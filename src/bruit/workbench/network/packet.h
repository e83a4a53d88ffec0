// Packet: one message on the simulated network, whatever carries its content.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bruit/core/message.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// The services that Maelstrom offers to nodes (services.h).
enum class ServiceName : std::uint8_t { lin_kv, seq_kv, lww_kv, lin_tso };
inline constexpr std::uint32_t service_count = 4;
// "lin-kv", ...
std::string_view to_string(ServiceName service);
std::optional<ServiceName> parse_service(std::string_view name);

// Where a message comes from or goes to: a node (position in TestOptions::nodes), a client ("c0",
// "c1", ... in the order in which they were opened), or a service.
class Endpoint {
 public:
  static constexpr Endpoint node(std::uint32_t index) { return Endpoint(index); }
  static constexpr Endpoint client(std::uint32_t number) { return Endpoint(number | client_bit); }
  static constexpr Endpoint service(ServiceName name) {
    return Endpoint(static_cast<std::uint32_t>(name) | service_bit);
  }
  constexpr bool is_client() const { return (bits_ & client_bit) != 0; }
  constexpr bool is_service() const { return (bits_ & service_bit) != 0; }
  constexpr bool is_node() const { return (bits_ & (client_bit | service_bit)) == 0; }
  // A node's position, a client's number, or a service's place in the enumeration.
  constexpr std::uint32_t index() const { return bits_ & ~(client_bit | service_bit); }
  // A node's position; nothing if it is none.
  constexpr std::optional<std::uint32_t> node_index() const {
    return is_node() ? std::optional(index()) : std::nullopt;
  }
  constexpr ServiceName service_name() const { return static_cast<ServiceName>(index()); }
  // All that sets it apart from others.
  constexpr std::uint32_t bits() const { return bits_; }
  friend bool operator==(Endpoint, Endpoint) = default;

 private:
  static constexpr std::uint32_t client_bit = 0x8000'0000U;
  static constexpr std::uint32_t service_bit = 0x4000'0000U;
  explicit constexpr Endpoint(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_;
};

// "n1", "c7", "lin-kv".
std::string name_of(Endpoint endpoint, const TestOptions& options);

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

// A JSON body: as it is written, and what it says, so that nobody parses the text again.
struct JsonBody {
  std::string text;
  std::shared_ptr<const boost::json::object> fields{};  // null only where a test says no more
};
JsonBody json_body(boost::json::object fields);

using Payload = std::variant<core::Message, Request, Reply, JsonBody>;

struct Packet {
  std::uint64_t id = 0;  // global sequence number from 0
  Endpoint source = Endpoint::node(0);
  Endpoint destination = Endpoint::node(0);
  Time sent_at;
  Time deadline;  // sent_at + latency
  Payload payload;

  // Services count as servers, as in Maelstrom.
  bool between_servers() const { return !source.is_client() && !destination.is_client(); }
};

}  // namespace bruit::workbench
