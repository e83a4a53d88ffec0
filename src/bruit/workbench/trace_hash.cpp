#include "bruit/workbench/trace_hash.h"

#include <variant>

namespace bruit::workbench {
namespace {

std::uint64_t word_of(Endpoint endpoint) {
  return std::uint64_t{endpoint.index()} << 1 | (endpoint.is_client() ? 1 : 0);
}

// The content of a packet. What a payload is comes first, so that no two kinds can be confused.
struct ContentHash {
  WordHash& hash;

  void operator()(const core::Rumor& rumor) const { hash.add(rumor.value.hash()); }
  void operator()(const core::Batch& batch) const {
    hash.add(batch.id);
    hash.add(batch.values->size());
    for (const auto& value : *batch.values) hash.add(value.hash());
  }
  void operator()(const core::Ack& ack) const { hash.add(ack.id); }

  void operator()(const core::Message& message) const {
    hash.add(message.index());
    std::visit(*this, message);
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
