// Maelstrom's services: lin-kv, seq-kv, lww-kv and lin-tso.
//
// Source: Maelstrom 0.2.4, doc/services.md and service.clj. A service is a state machine that
// answers one request at a time; what the original leaves to chance (how old a sequential read is,
// which replica answers) is drawn from a seed. Keys and values are any JSON, null included, and
// what a request leaves out is null, as there (find_omission).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
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

// lin-kv: every operation sees all operations that have ended before it began.
class LinearizableStore : public Service {
 public:
  json::object answer(const Message& request) override;

 private:
  std::map<std::string, json::value> entries_;
};

// seq-kv: a client moves through the states that the store has had, never back.
//
// As in the original since 0.2.3, an operation is tried on a random state from the last that its
// client has seen to the newest, the newest included; if it would change nothing there (a read, a
// swap that fails, a write of what is there already), that is its answer. Otherwise it is done on
// the newest state, which makes the next. So a client that only reads gets to the newest state in
// the end. Only the last 32 states are kept, and none older is read (in the original a client that
// is further behind gets any of them, also one older than it has seen).
class SequentialStore : public Service {
 public:
  explicit SequentialStore(std::uint64_t seed) : random_(seed) {}
  json::object answer(const Message& request) override;

 private:
  static constexpr std::uint64_t states_kept_ = 32;

  struct Version {
    std::uint64_t state = 0;  // the first that has this value
    json::value value;
  };
  using Versions = std::deque<Version>;  // of one key, ascending

  std::uint64_t oldest() const { return newest_ < states_kept_ ? 0 : newest_ - states_kept_ + 1; }
  // Null if the key did not exist in that state.
  const json::value* value_in(std::uint64_t state, const std::string& key) const;
  void add_version(const std::string& key, json::value value);

  Random random_;
  std::map<std::string, Versions> keys_;
  std::uint64_t newest_ = 0;                   // number of the newest state
  std::map<std::string, std::uint64_t> seen_;  // state seen last, by caller
};

// lww-kv: two replicas, each with a Lamport clock. Before each operation a random one takes over
// what is newer at a random one; then a random one answers. Of two writes the one with the higher
// timestamp stays, which need not be the later one, and the other is lost. There is no
// create_if_not_exists.
class LastWriteWinsStore : public Service {
 public:
  explicit LastWriteWinsStore(std::uint64_t seed) : random_(seed) {}
  json::object answer(const Message& request) override;

 private:
  struct Entry {
    std::uint64_t time = 0;
    json::value value;
  };
  struct Replica {
    std::uint64_t clock = 0;
    std::map<std::string, Entry> entries;
  };
  static void merge(const Replica& from, Replica& to);

  Random random_;
  std::array<Replica, 2> replicas_;
};

// lin-tso: 0, 1, 2, ...
class TimestampService : public Service {
 public:
  json::object answer(const Message& request) override;

 private:
  std::int64_t next_ = 0;
};

// The field that a request to one of the stores needs and does not have: "key", "value", "from" or
// "to". The original takes null for it; a person has most likely forgotten it.
std::optional<std::string_view> find_omission(const json::object& request);

// The service of that name, or null.
std::unique_ptr<Service> make_service(std::string_view name, std::uint64_t seed);

}  // namespace bruit::maelstrom
