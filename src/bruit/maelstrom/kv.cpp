#include "bruit/maelstrom/kv.h"

namespace bruit::maelstrom {

Task<json::value> KeyValueStore::read_value(std::string key) {
  const json::object request{{"type", "read"}, {"key", key}};
  const Message reply = co_await node_->call(service_, request, timeout_);
  co_return required(reply.body, "value");
}

Task<std::optional<json::value>> KeyValueStore::read_if_present(std::string key) {
  const json::object request{{"type", "read"}, {"key", key}};
  const CallResult result = co_await node_->call(service_, request, timeout_).result();
  if (!result.ok() && result.error().code() == ErrorCode::key_does_not_exist)
    co_return std::nullopt;
  co_return required(result.message().body, "value");
}

Task<> KeyValueStore::write_value(std::string key, json::value value) {
  const json::object request{{"type", "write"}, {"key", key}, {"value", value}};
  co_await node_->call(service_, request, timeout_);
}

Task<bool> KeyValueStore::compare_and_swap_value(std::string key, json::value from, json::value to,
                                                 bool create_if_missing) {
  json::object request{{"type", "cas"}, {"key", key}, {"from", from}, {"to", to}};
  if (create_if_missing) request["create_if_not_exists"] = true;
  const CallResult result = co_await node_->call(service_, request, timeout_).result();
  if (!result.ok() && result.error().code() == ErrorCode::precondition_failed) co_return false;
  result.message();
  co_return true;
}

Task<std::int64_t> TimestampOracle::next() {
  const json::object request{{"type", "ts"}};
  const Message reply = co_await node_->call("lin-tso", request, timeout_);
  co_return required_integer(reply.body, "ts");
}

}  // namespace bruit::maelstrom
