// Clients of Maelstrom's services: the key-value stores seq-kv, lin-kv and lww-kv, and the
// timestamp oracle lin-tso.
//
// Source: Maelstrom, doc/services.md. Every operation is a task that throws RpcError: the service's
// error, or timeout (then the operation may have happened). Values are anything that a typed
// message's field may be (fields.h), json::value included.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "bruit/maelstrom/fields.h"
#include "bruit/maelstrom/node.h"
#include "bruit/maelstrom/task.h"

namespace bruit::maelstrom {

class KeyValueStore {
 public:
  // Throws nothing; a service that does not exist shows as timeouts.
  KeyValueStore(Node& node, std::string service, Duration timeout = std::chrono::seconds(1))
      : node_(&node), service_(std::move(service)), timeout_(timeout) {}

  // The key's value. Throws RpcError(key_does_not_exist) if there is none, malformed_request if it
  // is not a T.
  template <typename T = json::value>
  Task<T> read(std::string key) {
    const json::value value = co_await read_value(std::move(key));
    co_return from_json<T>(value, "value");
  }

  // The key's value, or `otherwise` if there is none.
  template <typename T>
  Task<T> read_or(std::string key, T otherwise) {
    const std::optional<json::value> value = co_await read_if_present(std::move(key));
    if (!value) co_return otherwise;
    co_return from_json<T>(*value, "value");
  }

  // Sets the key, which need not exist.
  template <typename T>
  Task<> write(std::string key, T value) {
    return write_value(std::move(key), to_json(value));
  }

  // Sets the key to `to` if its value is `from`. True if it was; false if it had another value.
  // Throws key_does_not_exist if there is none, unless `create_if_missing`, which sets it then
  // (lww-kv does not know that).
  template <typename T>
  Task<bool> compare_and_swap(std::string key, T from, T to, bool create_if_missing = false) {
    return compare_and_swap_value(std::move(key), to_json(from), to_json(to), create_if_missing);
  }

  const std::string& service() const { return service_; }

 private:
  Task<json::value> read_value(std::string key);
  Task<std::optional<json::value>> read_if_present(std::string key);
  Task<> write_value(std::string key, json::value value);
  Task<bool> compare_and_swap_value(std::string key, json::value from, json::value to,
                                    bool create_if_missing);

  Node* node_;
  std::string service_;
  Duration timeout_;
};

// Sequentially consistent: operations of one node in order, but a read may be of the past.
inline KeyValueStore seq_kv(Node& node) { return {node, "seq-kv"}; }
// Linearizable.
inline KeyValueStore lin_kv(Node& node) { return {node, "lin-kv"}; }
// Last write wins, eventually.
inline KeyValueStore lww_kv(Node& node) { return {node, "lww-kv"}; }

// lin-tso: a linearizable source of timestamps.
class TimestampOracle {
 public:
  explicit TimestampOracle(Node& node, Duration timeout = std::chrono::seconds(1))
      : node_(&node), timeout_(timeout) {}

  // A number that no call before had, and greater than the result of every call that had ended.
  Task<std::int64_t> next();

 private:
  Node* node_;
  Duration timeout_;
};

}  // namespace bruit::maelstrom
