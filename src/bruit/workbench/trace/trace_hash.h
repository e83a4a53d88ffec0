// TraceHash: one number for all that happened in a run. Equal runs have equal hashes; runs that
// differ in anything a node could notice have different ones.
//
// Every packet event (sent with its ends and content, received, lost) and every value that becomes
// visible goes in, in the order of events, with its time. Nothing that goes in depends on an
// address, on the order of a hash table or on a library's random distributions, so the number is
// the same on every machine, compiler and build mode.
#pragma once

#include <cstdint>
#include <string_view>

#include "bruit/workbench/trace/event_log.h"

namespace bruit::workbench {

// A hash of 64-bit words, fed one after the other. Not for adversaries.
class WordHash {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9fb21c651e98df25ULL;
    state_ ^= state_ >> 32;
  }
  void add(std::string_view bytes);
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

class TraceHash final : public EventLog {
 public:
  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;
  void on_lost(const Packet& packet, Time now) override;
  void on_visible(std::uint32_t node, ElementId element, Time now) override;

  std::uint64_t value() const { return hash_.value(); }

 private:
  enum class Kind : std::uint8_t { sent = 1, received, lost, visible };
  void event(Kind kind, Time now);

  WordHash hash_;
};

}  // namespace bruit::workbench
