#include "bruit/maelstrom/services.h"

#include <algorithm>
#include <tuple>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"

namespace bruit::maelstrom {
namespace {

std::string key_of(const json::object& request) { return canonical_json(required(request, "key")); }

std::string_view type_of(const json::object& request) { return required_string(request, "type"); }

[[noreturn]] void no_such_key() {
  throw RpcError(ErrorCode::key_does_not_exist, "key does not exist");
}

[[noreturn]] void not_supported(std::string_view type) {
  throw RpcError(ErrorCode::not_supported, "unknown request type " + std::string(type));
}

void require_equal(const json::value& current, const json::value& expected) {
  if (current == expected) return;
  throw RpcError(ErrorCode::precondition_failed,
                 "expected " + canonical_json(expected) + ", but had " + canonical_json(current));
}

bool wants_creation(const json::object& request) {
  const auto* wanted = request.if_contains("create_if_not_exists");
  return wanted != nullptr && wanted->is_bool() && wanted->get_bool();
}

}  // namespace

json::object KeyValueMap::apply(const json::object& request, bool may_create) {
  const std::string_view type = type_of(request);
  const std::string key = key_of(request);
  const auto found = entries_.find(key);
  if (type == "read") {
    if (found == entries_.end()) no_such_key();
    return {{"type", "read_ok"}, {"value", found->second}};
  }
  if (type == "write") {
    entries_.insert_or_assign(key, required(request, "value"));
    return {{"type", "write_ok"}};
  }
  if (type == "cas") {
    const auto& from = required(request, "from");
    const auto& to = required(request, "to");
    if (found != entries_.end()) {
      require_equal(found->second, from);
      found->second = to;
    } else if (may_create && wants_creation(request)) {
      entries_.emplace(key, to);
    } else {
      no_such_key();
    }
    return {{"type", "cas_ok"}};
  }
  not_supported(type);
}

json::object SequentialStore::answer(const Message& request) {
  const std::uint64_t newest = first_ + states_.size() - 1;
  std::uint64_t& seen = seen_[request.src];
  if (request.type() == "read") {
    const std::uint64_t oldest = std::max(seen, first_);
    seen = oldest + random_.below(newest - oldest + 1);
    return states_[seen - first_].apply(request.body);
  }
  seen = newest;
  KeyValueMap next = states_.back();
  const json::object answer = next.apply(request.body);
  states_.push_back(std::move(next));
  seen = newest + 1;
  if (states_.size() > states_kept_) {
    states_.pop_front();
    ++first_;
  }
  return answer;
}

void LastWriteWinsStore::merge(const Replica& from, Replica& to) {
  for (const auto& [key, entry] : from) {
    auto& mine = to[key];
    if (std::tie(entry.time, entry.replica) > std::tie(mine.time, mine.replica)) mine = entry;
  }
}

json::object LastWriteWinsStore::answer(const Message& request) {
  const std::uint64_t chosen = random_.below(replicas_.size());
  if (random_.chance(0.5)) merge(replicas_[1 - chosen], replicas_[chosen]);
  auto& replica = replicas_[chosen];

  const std::string_view type = request.type();
  const std::string key = key_of(request.body);
  const auto found = replica.find(key);
  const auto set = [&](const json::value& value) {
    replica.insert_or_assign(key, Entry{++clock_, chosen, value});
  };
  if (type == "read") {
    if (found == replica.end()) no_such_key();
    return {{"type", "read_ok"}, {"value", found->second.value}};
  }
  if (type == "write") {
    set(required(request.body, "value"));
    return {{"type", "write_ok"}};
  }
  if (type == "cas") {
    if (found == replica.end()) no_such_key();
    require_equal(found->second.value, required(request.body, "from"));
    set(required(request.body, "to"));
    return {{"type", "cas_ok"}};
  }
  not_supported(type);
}

json::object TimestampService::answer(const Message& request) {
  if (request.type() != "ts") not_supported(request.type());
  return {{"type", "ts_ok"}, {"ts", next_++}};
}

std::unique_ptr<Service> make_service(std::string_view name, std::uint64_t seed) {
  if (name == "lin-kv") return std::make_unique<LinearizableStore>();
  if (name == "seq-kv") return std::make_unique<SequentialStore>(seed);
  if (name == "lww-kv") return std::make_unique<LastWriteWinsStore>(seed);
  if (name == "lin-tso") return std::make_unique<TimestampService>();
  return nullptr;
}

}  // namespace bruit::maelstrom
