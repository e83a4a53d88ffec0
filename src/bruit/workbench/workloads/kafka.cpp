#include "bruit/workbench/workloads/kafka.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include <fmt/format.h>

#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;

constexpr double assign_chance = 1.0 / 64;
constexpr double unseen_chance = 1.0 / 3;
constexpr double crash_interval_seconds = 30;  // of one client
constexpr double final_poll_gap_seconds = 0.2;
constexpr Duration final_time_max = std::chrono::seconds(10);

Duration seconds_of(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

Edn poll_value() { return EdnVector{{EdnVector{{Edn::keyword("poll")}}}}; }

BadReply bad(std::string_view problem, const json::value& found) {
  return {fmt::format("{}, found {}", problem, excerpt(json::serialize(found)))};
}

// {"k": [[0, "a"], [1, "b"]]} of a poll, or what is wrong with it.
std::optional<BadReply> find_wrong_messages(const json::value& messages) {
  if (!messages.is_object()) return bad("poll_ok: expected \"msgs\" to be an object", messages);
  for (const auto& [key, pairs] : messages.get_object()) {
    if (!pairs.is_array()) return bad("poll_ok: expected a list of [offset, message]", pairs);
    for (const json::value& pair : pairs.get_array()) {
      const auto* const parts = pair.if_array();
      if (parts == nullptr || parts->size() != 2 || !parts->front().is_int64()) {
        return bad("poll_ok: expected [offset, message]", pair);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

KafkaRules::KafkaRules(const TestOptions& options)
    : generator_(options.key_count, 1, options.max_writes_per_key),
      crash_gap_seconds_(2 * crash_interval_seconds / options.concurrency),
      consumers_(options.concurrency),
      acknowledged_(options.nodes.size()) {}

Operation KafkaRules::drawn(Random& random) {
  if (kept_) {
    Operation operation = *std::move(kept_);
    kept_.reset();
    return operation;
  }
  const GeneratedMop mop = generator_.next(random).front();
  kept_key_ = std::to_string(mop.key);
  if (!mop.is_write) return {.f = "poll", .value = poll_value()};
  return {.f = "send",
          .value = Edn(EdnVector{{EdnVector{{Edn::keyword("send"), kept_key_, mop.value}}}}),
          .members = {{"key", kept_key_}, {"msg", mop.value}}};
}

Turn KafkaRules::next(Random& random, std::span<const std::uint32_t>) {
  // Both generators are due: either may come first.
  if (elapsed_ >= next_crash_ && random.chance(0.5)) {
    next_crash_ = elapsed_ + seconds_of(random.unit() * crash_gap_seconds_);
    return {.operation = {.f = "crash", .value = Nil{}}, .worker = {}};
  }
  Operation operation = drawn(random);
  if (!random.chance(assign_chance)) return {.operation = std::move(operation), .worker = {}};
  kept_ = std::move(operation);
  return {.operation = assign(kept_key_, random), .worker = {}};
}

Operation KafkaRules::assign(const std::string& key, Random& random) const {
  EdnVector keys;
  Edn more;
  if (random.chance(unseen_chance) && !sent_.empty()) {
    EdnMap unseen;
    for (const auto& [name, offset] : sent_) {
      keys.items.emplace_back(name);
      const auto polled = polled_.find(name);
      unseen.entries.push_back(
          {.key = name,
           .value = Edn::map({{"polled", polled == polled_.end() ? -1 : polled->second},
                              {"sent", offset}})});
    }
    more = Edn::map({{"unseen", std::move(unseen)}});
  }
  if (std::find(keys.items.begin(), keys.items.end(), Edn(key)) == keys.items.end()) {
    keys.items.emplace_back(key);
  }
  return {.f = "assign", .value = Edn(std::move(keys)), .more = std::move(more)};
}

std::optional<FinalOperation> KafkaRules::final_operation(std::uint32_t worker, std::uint32_t step,
                                                          Duration elapsed, Random& random) {
  if (targets_.empty()) targets_.resize(consumers_.size(), known_);
  if (targets_[worker].empty() || elapsed >= final_time_max) return std::nullopt;
  if (step == 0) return FinalOperation{.operation = {.f = "crash", .value = Nil{}}};
  if (step == 1) {
    EdnVector keys;
    for (const auto& [key, offset] : known_) keys.items.emplace_back(key);
    return FinalOperation{.operation = {.f = "assign",
                                        .value = Edn(std::move(keys)),
                                        .more = Edn::map({{"seek-to-beginning?", true}})}};
  }
  FinalOperation poll{.operation = {.f = "poll",
                                    .value = poll_value(),
                                    .more = Edn::map({{"poll-ms", 1000}})}};
  if (step > 2) poll.wait = seconds_of(random.unit() * 2 * final_poll_gap_seconds);
  if (elapsed + poll.wait >= final_time_max) return std::nullopt;
  return poll;
}

std::optional<Unasked> KafkaRules::begin(std::uint32_t worker, Operation& operation) {
  Consumer& consumer = consumers_[worker];
  if (operation.f == "crash") return Unasked{.type = OpType::info};
  if (operation.f == "poll") {
    json::object offsets;
    consumer.asked.clear();
    for (const auto& [key, next] : consumer.next) {
      offsets[key] = next;
      consumer.asked[key] = next;
    }
    operation.members = {{"offsets", std::move(offsets)}};
    return std::nullopt;
  }
  if (operation.f != "assign") return std::nullopt;
  const auto& keys = std::get<Edn>(operation.value).get_if<EdnVector>()->items;
  if (operation.more.at("seek-to-beginning?") != nullptr) {
    consumer.next.clear();
    for (const Edn& key : keys) consumer.next.emplace_back(*key.get_if<std::string>(), 0);
    return Unasked{.type = OpType::ok};
  }
  json::array names;
  for (const Edn& key : keys) names.emplace_back(*key.get_if<std::string>());
  consumer.asked.clear();
  for (const auto& [key, offset] : acknowledged_[worker % acknowledged_.size()]) {
    if (std::find(keys.begin(), keys.end(), Edn(key)) != keys.end()) consumer.asked[key] = offset;
  }
  operation.type = "list_committed_offsets";
  operation.members = {{"keys", std::move(names)}};
  return std::nullopt;
}

std::variant<OpValue, BadReply> KafkaRules::result(const Operation& operation,
                                                   const json::object& body) const {
  if (operation.f == "send") {
    if (auto bad = find_surplus(body, {"offset"})) return *std::move(bad);
    if (auto missing = find_missing(body, "offset")) return *std::move(missing);
    const json::value& offset = body.at("offset");
    if (!offset.is_int64()) return bad("send_ok: expected \"offset\" to be an integer", offset);
    // [[:send "k" 3]] becomes [[:send "k" [17 3]]].
    Edn value = std::get<Edn>(operation.value);
    Edn& sent = value.get_if<EdnVector>()->items[0].get_if<EdnVector>()->items[2];
    sent = EdnVector{{offset.get_int64(), sent}};
    return OpValue(std::move(value));
  }
  if (operation.type == "commit_offsets") {
    if (auto bad = find_surplus(body, {})) return *std::move(bad);
    return OpValue(Nil{});
  }
  const bool is_poll = operation.f == "poll";
  const std::string_view field = is_poll ? "msgs" : "offsets";
  if (auto bad = find_surplus(body, {field})) return *std::move(bad);
  if (auto missing = find_missing(body, field)) return *std::move(missing);
  const json::value& answer = body.at({field.data(), field.size()});
  if (is_poll) {
    if (auto wrong = find_wrong_messages(answer)) return *std::move(wrong);
    return OpValue(Edn(EdnVector{{EdnVector{{Edn::keyword("poll"), to_edn(answer)}}}}));
  }
  if (!answer.is_object()) {
    return bad("list_committed_offsets_ok: expected \"offsets\" to be an object", answer);
  }
  for (const auto& [key, offset] : answer.get_object()) {
    if (!offset.is_int64()) {
      return bad("list_committed_offsets_ok: expected an integer offset", offset);
    }
  }
  return OpValue(to_edn(answer));  // of which go_on() makes the operation's value
}

// What a node said of committed offsets, and nobody uses.
void KafkaRules::look_at_committed(std::uint32_t worker, const Edn& answer) {
  const auto node = static_cast<std::uint32_t>(worker % acknowledged_.size());
  Offsets told;
  for (const EdnEntry& entry : answer.get_if<EdnMap>()->entries) {
    told[*entry.key.get_if<std::string>()] = *entry.value.get_if<std::int64_t>();
  }
  for (const auto& [key, offset] : told) {
    const auto highest = asked_to_commit_.find(key);
    // 0 may be what a node tells of a key without any.
    if (offset <= (highest == asked_to_commit_.end() ? 0 : highest->second)) continue;
    findings_.add(Conduct::offset_invented, node, [&] {
      return fmt::format("{} for key {}, {}", offset, key,
                         highest == asked_to_commit_.end()
                             ? "for which there was none"
                             : fmt::format("where the highest was {}", highest->second));
    });
  }
  for (const auto& [key, offset] : consumers_[worker].asked) {
    const auto found = told.find(key);
    if (found != told.end() && found->second >= offset) continue;
    findings_.add(Conduct::offset_forgotten, node, [&] {
      return fmt::format("{} for key {}, which it had acknowledged; now {}", offset, key,
                         found == told.end() ? "none" : std::to_string(found->second));
    });
  }
}

void KafkaRules::look_below(std::uint32_t worker, const Edn& polled) {
  const auto node = static_cast<std::uint32_t>(worker % acknowledged_.size());
  const Edn& messages = polled.get_if<EdnVector>()->items[0].get_if<EdnVector>()->items[1];
  for (const EdnEntry& entry : messages.get_if<EdnMap>()->entries) {
    const std::string& key = *entry.key.get_if<std::string>();
    const auto asked = consumers_[worker].asked.find(key);
    for (const Edn& pair : entry.value.get_if<EdnVector>()->items) {
      const std::int64_t offset = *pair.get_if<EdnVector>()->items[0].get_if<std::int64_t>();
      if (asked == consumers_[worker].asked.end() || offset >= asked->second) continue;
      findings_.add(Conduct::poll_below, node, [&] {
        return fmt::format("offset {} of key {}, asked for {} and above", offset, key,
                           asked->second);
      });
    }
  }
}

Findings KafkaRules::findings() const {
  Findings all = findings_;
  for (std::uint32_t worker = 0; worker < targets_.size(); ++worker) {
    const auto node = static_cast<std::uint32_t>(worker % acknowledged_.size());
    for (const auto& [key, target] : targets_[worker]) {
      all.add(Conduct::unread_tail, node, [&, &key = key, &target = target] {
        return fmt::format("key {}, where offset {} is known to be", key, target);
      });
    }
  }
  return all;
}

void KafkaRules::raise(Consumer& consumer, const std::string& key, std::int64_t next) const {
  const auto found = std::find_if(consumer.next.begin(), consumer.next.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (found == consumer.next.end()) {
    consumer.next.emplace_back(key, next);
  } else {
    found->second = std::max(found->second, next);
  }
}

// By key; a key without messages has none.
KafkaRules::Offsets KafkaRules::highest_of(const Edn& polled) {
  Offsets highest;
  const Edn& messages = polled.get_if<EdnVector>()->items[0].get_if<EdnVector>()->items[1];
  for (const EdnEntry& entry : messages.get_if<EdnMap>()->entries) {
    for (const Edn& pair : entry.value.get_if<EdnVector>()->items) {
      const std::int64_t offset = *pair.get_if<EdnVector>()->items[0].get_if<std::int64_t>();
      const auto [place, is_new] = highest.try_emplace(*entry.key.get_if<std::string>(), offset);
      place->second = std::max(place->second, offset);
    }
  }
  return highest;
}

bool KafkaRules::go_on(std::uint32_t worker, Operation& operation, OpValue& value) {
  Consumer& consumer = consumers_[worker];
  if (operation.f == "send") {
    const auto& mop =
        std::get<Edn>(value).get_if<EdnVector>()->items[0].get_if<EdnVector>()->items;
    take_sent(*mop[1].get_if<std::string>(),
              *mop[2].get_if<EdnVector>()->items[0].get_if<std::int64_t>());
    return false;
  }
  if (operation.f == "assign") {
    look_at_committed(worker, std::get<Edn>(value));
    value = operation.value;
    std::vector<std::pair<std::string, std::int64_t>> assigned;
    for (const Edn& edn : std::get<Edn>(value).get_if<EdnVector>()->items) {
      const std::string& key = *edn.get_if<std::string>();
      const auto found = std::find_if(consumer.next.begin(), consumer.next.end(),
                                      [&](const auto& entry) { return entry.first == key; });
      assigned.emplace_back(key, found == consumer.next.end() ? 0 : found->second);
    }
    consumer.next = std::move(assigned);
    return false;
  }
  if (operation.type != "commit_offsets") {
    consumer.polled = std::get<Edn>(std::move(value));
    look_below(worker, consumer.polled);
    json::object offsets;
    for (const auto& [key, highest] : highest_of(consumer.polled)) {
      raise(consumer, key, highest + 1);
      offsets[key] = highest;
      std::int64_t& asked = asked_to_commit_.try_emplace(key, highest).first->second;
      asked = std::max(asked, highest);
    }
    if (!offsets.empty()) {
      operation.type = "commit_offsets";
      operation.members = {{"offsets", std::move(offsets)}};
      return true;
    }
  }
  if (operation.type == "commit_offsets") {
    Offsets& acknowledged = acknowledged_[worker % acknowledged_.size()];
    for (const auto& [key, highest] : highest_of(consumer.polled)) {
      std::int64_t& known = acknowledged.try_emplace(key, highest).first->second;
      known = std::max(known, highest);
    }
  }
  take_polled(consumer.polled);
  if (!targets_.empty()) {
    for (const auto& [key, highest] : highest_of(consumer.polled)) {
      const auto target = targets_[worker].find(key);
      if (target != targets_[worker].end() && target->second <= highest) {
        targets_[worker].erase(target);
      }
    }
  }
  value = std::exchange(consumer.polled, Edn());
  return false;
}

void KafkaRules::take_sent(const std::string& key, std::int64_t offset) {
  const auto raised = [&](auto& offsets) {
    const auto [place, is_new] = offsets.try_emplace(key, offset);
    place->second = std::max(place->second, offset);
  };
  raised(known_);
  raised(sent_);
  const auto polled = polled_.find(key);
  if (polled != polled_.end() && polled->second >= sent_[key]) {
    sent_.erase(key);
    polled_.erase(polled);
  }
}

void KafkaRules::take_polled(const Edn& value) {
  for (const auto& [key, offset] : highest_of(value)) {
    const auto [known, is_new] = known_.try_emplace(key, offset);
    known->second = std::max(known->second, offset);
    const auto sent = sent_.find(key);
    if (sent == sent_.end()) continue;
    if (offset >= sent->second) {
      sent_.erase(sent);
      polled_.erase(key);
    } else {
      std::int64_t& polled = polled_.try_emplace(key, offset).first->second;
      polled = std::max(polled, offset);
    }
  }
}

}  // namespace bruit::workbench
