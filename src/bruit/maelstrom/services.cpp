#include "bruit/maelstrom/services.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"

namespace bruit::maelstrom {
namespace {

const json::value& field_or_null(const json::object& request, std::string_view field) {
  static const json::value null;
  const auto* value = request.if_contains(field);
  return value == nullptr ? null : *value;
}

std::string key_of(const json::object& request) {
  return canonical_json(field_or_null(request, "key"));
}

std::string_view type_of(const json::object& request) { return required_string(request, "type"); }

[[noreturn]] void no_such_key() {
  throw RpcError(ErrorCode::key_does_not_exist, "key does not exist");
}

[[noreturn]] void not_supported(std::string_view type) {
  throw RpcError(ErrorCode::not_supported, "unknown request type " + std::string(type));
}

bool wants_creation(const json::object& request) {
  // Clojure's truth: anything but null and false.
  const json::value& wanted = field_or_null(request, "create_if_not_exists");
  return !wanted.is_null() && wanted != json::value(false);
}

struct Change {
  json::object answer;
  std::optional<json::value> written;  // if the key has a new value, which may be the old one
};

enum class Creation { allowed, ignored };

// What read, write and cas make of a key whose value is `current`, null if it has none. Throws
// RpcError as Maelstrom answers.
Change execute(const json::object& request, const json::value* current, Creation creation) {
  const std::string_view type = type_of(request);
  if (type == "read") {
    if (current == nullptr) no_such_key();
    return {.answer = {{"type", "read_ok"}, {"value", *current}}, .written = {}};
  }
  if (type == "write") return {{{"type", "write_ok"}}, field_or_null(request, "value")};
  if (type == "cas") {
    const auto& from = field_or_null(request, "from");
    const auto& to = field_or_null(request, "to");
    if (current == nullptr) {
      if (creation == Creation::ignored || !wants_creation(request)) no_such_key();
    } else if (*current != from) {
      throw RpcError(ErrorCode::precondition_failed, "current value " + canonical_json(*current) +
                                                         " is not " + canonical_json(from));
    }
    return {{{"type", "cas_ok"}}, to};
  }
  not_supported(type);
}

}  // namespace

json::object LinearizableStore::answer(const Message& request) {
  const std::string key = key_of(request.body);
  const auto found = entries_.find(key);
  Change change =
      execute(request.body, found == entries_.end() ? nullptr : &found->second, Creation::allowed);
  if (change.written) entries_.insert_or_assign(key, *std::move(change.written));
  return std::move(change.answer);
}

const json::value* SequentialStore::value_in(std::uint64_t state, const std::string& key) const {
  const auto versions = keys_.find(key);
  if (versions == keys_.end()) return nullptr;
  const auto after =
      std::find_if(versions->second.rbegin(), versions->second.rend(),
                   [state](const Version& version) { return version.state <= state; });
  return after == versions->second.rend() ? nullptr : &after->value;
}

void SequentialStore::add_version(const std::string& key, json::value value) {
  Versions& versions = keys_[key];
  versions.push_back({newest_, std::move(value)});
  // Of those that are as old as the oldest state, only the last is still seen.
  while (versions.size() > 1 && versions[1].state <= oldest()) versions.pop_front();
}

json::object SequentialStore::answer(const Message& request) {
  const std::string key = key_of(request.body);
  std::uint64_t& seen = seen_[request.src];
  const std::uint64_t from = std::max(seen, oldest());
  const std::uint64_t state = from + random_.below(newest_ - from + 1);
  const json::value* const then = value_in(state, key);
  try {
    Change change = execute(request.body, then, Creation::allowed);
    if (!change.written || (then != nullptr && *then == *change.written)) {
      seen = state;
      return std::move(change.answer);
    }
  } catch (const RpcError&) {
    seen = state;
    throw;
  }
  // Also if it fails now, the original counts a further state.
  const std::uint64_t before = newest_++;
  seen = newest_;
  Change change = execute(request.body, value_in(before, key), Creation::allowed);
  if (change.written) add_version(key, *std::move(change.written));
  return std::move(change.answer);
}

void LastWriteWinsStore::merge(const Replica& from, Replica& to) {
  to.clock = std::max(to.clock, from.clock);
  for (const auto& [key, entry] : from.entries) {
    const auto [mine, is_new] = to.entries.try_emplace(key, entry);
    if (!is_new && entry.time >= mine->second.time) mine->second = entry;
  }
}

json::object LastWriteWinsStore::answer(const Message& request) {
  const std::string key = key_of(request.body);
  const std::uint64_t source = random_.below(replicas_.size());
  const std::uint64_t destination = random_.below(replicas_.size());
  if (source != destination) merge(replicas_[source], replicas_[destination]);

  Replica& replica = replicas_[random_.below(replicas_.size())];
  const auto found = replica.entries.find(key);
  Change change =
      execute(request.body, found == replica.entries.end() ? nullptr : &found->second.value,
              Creation::ignored);
  if (change.written) {
    replica.entries.insert_or_assign(key, Entry{replica.clock++, *std::move(change.written)});
  }
  return std::move(change.answer);
}

json::object TimestampService::answer(const Message& request) {
  if (request.type() != "ts") not_supported(request.type());
  return {{"type", "ts_ok"}, {"ts", next_++}};
}

std::optional<std::string_view> find_omission(const json::object& request) {
  const auto* type = request.if_contains("type");
  const auto name = type == nullptr ? std::nullopt : string_in(*type);
  const auto lacks = [&](std::string_view field) { return !request.contains(field); };
  if ((name == "read" || name == "write" || name == "cas") && lacks("key")) return "key";
  if (name == "write" && lacks("value")) return "value";
  if (name == "cas" && lacks("from")) return "from";
  if (name == "cas" && lacks("to")) return "to";
  return std::nullopt;
}

std::unique_ptr<Service> make_service(std::string_view name, std::uint64_t seed) {
  if (name == "lin-kv") return std::make_unique<LinearizableStore>();
  if (name == "seq-kv") return std::make_unique<SequentialStore>(seed);
  if (name == "lww-kv") return std::make_unique<LastWriteWinsStore>(seed);
  if (name == "lin-tso") return std::make_unique<TimestampService>();
  return nullptr;
}

}  // namespace bruit::maelstrom
