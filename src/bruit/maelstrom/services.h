// Maelstrom's services in a simulation: lin-kv, seq-kv, lww-kv and lin-tso.
//
// Source: Maelstrom, doc/services.md and service.clj. A service is a state machine that answers one
// request at a time; what a real one leaves to chance (how old a sequential read is, which replica
// answers) is drawn from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "bruit/maelstrom/message.h"
#include "bruit/maelstrom/random.h"

namespace bruit::maelstrom {

class Service {
 public:
  virtual ~Service() = default;
  // The body of the answer, without in_reply_to. Throws RpcError, which is the answer then.
  virtual json::object answer(const Message& request) = 0;
};

// Keys to values, both any JSON; keys by their canonical text.
class KeyValueMap {
 public:
  // read, write, cas. Throws RpcError as Maelstrom answers: key_does_not_exist,
  // precondition_failed, malformed_request, not_supported.
  json::object apply(const json::object& request, bool may_create = true);

  const std::map<std::string, json::value>& entries() const { return entries_; }

 private:
  std::map<std::string, json::value> entries_;
};

// lin-kv: every operation sees all operations that have ended before it began.
class LinearizableStore : public Service {
 public:
  json::object answer(const Message& request) override { return map_.apply(request.body); }

 private:
  KeyValueMap map_;
};

// seq-kv: a read sees one of the last 32 states, but none older than the caller has seen or
// written.
class SequentialStore : public Service {
 public:
  explicit SequentialStore(std::uint64_t seed) : random_(seed), states_(1) {}
  json::object answer(const Message& request) override;

 private:
  static constexpr std::size_t states_kept_ = 32;

  Random random_;
  std::deque<KeyValueMap> states_;             // oldest first
  std::uint64_t first_ = 0;                    // number of the oldest state
  std::map<std::string, std::uint64_t> seen_;  // newest state seen, by caller
};

// lww-kv: two replicas that exchange their entries now and then; of two writes the one with the
// higher Lamport timestamp stays, and the other is lost.
class LastWriteWinsStore : public Service {
 public:
  explicit LastWriteWinsStore(std::uint64_t seed) : random_(seed) {}
  json::object answer(const Message& request) override;

 private:
  struct Entry {
    std::uint64_t time = 0;
    std::uint64_t replica = 0;
    json::value value;
  };
  using Replica = std::map<std::string, Entry>;
  static void merge(const Replica& from, Replica& to);

  Random random_;
  std::uint64_t clock_ = 0;
  std::array<Replica, 2> replicas_;
};

// lin-tso: 0, 1, 2, ...
class TimestampService : public Service {
 public:
  json::object answer(const Message& request) override;

 private:
  std::int64_t next_ = 0;
};

// The service of that name, or null.
std::unique_ptr<Service> make_service(std::string_view name, std::uint64_t seed);

}  // namespace bruit::maelstrom
