#include "bruit/workbench/trace/trace_hash.h"

#include <concepts>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/core/strategies/rounds/described.h"

namespace bruit::workbench {
namespace {

std::uint64_t word_of(Endpoint endpoint) {
  const std::uint64_t service = endpoint.is_service() ? std::uint64_t{1} << 31 : 0;
  return std::uint64_t{endpoint.index()} << 1 | (endpoint.is_client() ? 1 : 0) | service;
}

// The fields of a message between strategies. What may be absent is preceded by whether it is
// there.
class MessageHash {
 public:
  explicit MessageHash(WordHash& hash) : hash_(hash) {}

  // Structured bindings name all fields, so that a new one does not compile until it is hashed.
  void operator()(const core::Rumor& rumor) const {
    const auto& [value] = rumor;
    add(value);
  }
  void operator()(const core::Batch& batch) const {
    const auto& [id, values] = batch;
    add(id);
    add(values);
  }
  void operator()(const core::Ack& ack) const {
    const auto& [id] = ack;
    add(id);
  }
  template <core::Described Message>
  void operator()(const Message& message) const {
    add(message);
  }

 private:
  template <core::Described Part>
  void add(const Part& part) const {
    core::for_each_field(part, [this](std::string_view, const auto& field) { this->add(field); });
  }
  template <typename T>
  void add(const core::Shared<std::vector<T>>& list) const {
    hash_.add(list == nullptr ? 0 : list->size() + 1);
    if (list == nullptr) return;
    for (const auto& item : *list) add(item);
  }
  template <typename T>
  void add(const std::vector<T>& list) const {
    hash_.add(list.size());
    for (const auto& item : list) add(item);
  }
  template <typename T>
  void add(const std::optional<T>& optional) const {
    hash_.add(optional.has_value() ? 1 : 0);
    if (optional) add(*optional);
  }
  template <std::integral Number>
  void add(Number number) const {
    hash_.add(static_cast<std::uint64_t>(number));
  }
  void add(const core::Value& value) const { hash_.add(value.hash()); }
  void add(core::NodeId node) const { hash_.add(node.index); }
  void add(Duration duration) const { add(duration.count()); }
  void add(Time time) const { add(time.time_since_epoch().count()); }
  void add(const core::Entry& entry) const {
    const auto& [origin, sequence, value] = entry;
    add(origin);
    add(sequence);
    add(value);
  }

  WordHash& hash_;
};

// The content of a packet.
struct ContentHash {
  WordHash& hash;

  void operator()(const core::Message& message) const {
    hash.add(message.index());
    std::visit(MessageHash(hash), message);
  }
  void operator()(const Request& request) const {
    hash.add(static_cast<std::uint64_t>(request.kind));
    hash.add(request.msg_id);
    hash.add(request.element);
  }
  void operator()(const Reply& reply) const {
    hash.add(static_cast<std::uint64_t>(reply.kind));
    hash.add(reply.in_reply_to);
    hash.add(static_cast<std::uint64_t>(reply.error_code));
    hash.add(reply.elements.size());
    for (const auto element : reply.elements) hash.add(element);
  }
  void operator()(const JsonBody& body) const { hash.add(body.text); }
};

}  // namespace

void WordHash::add(std::string_view bytes) {
  add(bytes.size());
  // FNV-1a of the bytes, then one word: independent of the byte order of the machine.
  std::uint64_t word = 0xcbf29ce484222325ULL;
  for (const char byte : bytes) word = (word ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  add(word);
}

void TraceHash::event(Kind kind, Time now) {
  hash_.add(static_cast<std::uint64_t>(now.time_since_epoch().count()) << 3 |
            static_cast<std::uint64_t>(kind));
}

void TraceHash::on_sent(const Packet& packet) {
  event(Kind::sent, packet.sent_at);
  hash_.add(packet.id);
  hash_.add(word_of(packet.source) << 32 | word_of(packet.destination));
  hash_.add(packet.payload.index());
  std::visit(ContentHash{hash_}, packet.payload);
}

void TraceHash::on_received(const Packet& packet, Time now) {
  event(Kind::received, now);
  hash_.add(packet.id);
}

void TraceHash::on_lost(const Packet& packet, Time now) {
  event(Kind::lost, now);
  hash_.add(packet.id);
}

void TraceHash::on_visible(std::uint32_t node, ElementId element, Time now) {
  event(Kind::visible, now);
  hash_.add(std::uint64_t{node} << 32 | element);
}

}  // namespace bruit::workbench
