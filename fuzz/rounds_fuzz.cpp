// A node of `rounds` that hears whatever the bytes say: messages that are right, nearly right and
// wrong, from peers that contradict themselves and each other; time, its own timers, clients. It
// must keep its invariants after each, and never want to be called again at once for ever.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bruit/core/strategies/rounds/described.h"
#include "bruit/core/strategies/rounds/rounds.h"
#include "fuzz/require.h"

namespace {

using namespace bruit::core;
using std::chrono::milliseconds;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

  bool empty() const { return next_ == end_; }
  std::uint8_t byte() { return empty() ? std::uint8_t{0} : *next_++; }
  std::uint64_t word() {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | byte();
    return word;
  }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* end_;
};

constexpr Incarnation own_life = 3;

// Fields from bytes. Mostly small, so that they concern each other; any number now and then.
class Filler {
 public:
  Filler(Bytes& bytes, std::uint32_t members, Time now)
      : bytes_(bytes), members_(members), now_(now) {}

  void fill(bool& flag) { flag = bytes_.byte() % 2 == 1; }
  void fill(std::uint64_t& number) { number = small_or_any(); }
  void fill(std::uint32_t& number) { number = static_cast<std::uint32_t>(small_or_any()); }
  void fill(NodeId& node) { node.index = bytes_.byte() % (members_ + 1); }
  void fill(Duration& duration) { duration = time_span(); }
  void fill(Time& time) { time = now_ - time_span(); }
  void fill(Value& value) { value = Value(std::to_string(bytes_.byte() % 16)); }
  template <typename T>
  void fill(std::optional<T>& optional) {
    if (bytes_.byte() % 4 == 0) return;
    optional = T{};
    fill(*optional);
  }
  void fill(Entry& entry) {
    fill(entry.origin);
    fill(entry.sequence);
    fill(entry.value);
  }
  template <typename T>
  void fill(std::vector<T>& list) {
    for (std::size_t left = bytes_.byte() % 6; left > 0; --left) {
      if constexpr (std::is_same_v<T, Entry>) {
        list.push_back(Entry{.origin = {}, .sequence = 0, .value = Value("")});
      } else {
        list.emplace_back();
      }
      fill(list.back());
    }
  }
  template <typename T>
  void fill(Shared<T>& shared) {
    if (bytes_.byte() % 2 == 0) return;
    T object;
    fill(object);
    shared = Shared<T>(std::move(object));
  }
  template <Described T>
  void fill(T& object) {
    for_each_field(object, [this](std::string_view, auto& field) { this->fill(field); });
  }

 private:
  std::uint64_t small_or_any() {
    const std::uint8_t byte = bytes_.byte();
    return byte < 0xf0 ? byte % 16U : bytes_.word();
  }
  Duration time_span() {
    const std::uint8_t byte = bytes_.byte();
    if (byte >= 0xf0) return Duration(static_cast<std::int64_t>(bytes_.word() >> 8));
    return milliseconds(10) * (byte % 64) - milliseconds(20);
  }

  Bytes& bytes_;
  std::uint32_t members_;
  Time now_;
};

template <typename Kind>
Message message(Bytes& bytes, NodeId from, const Members& members, Time now) {
  Kind message;
  Filler(bytes, members.count(), now).fill(message);
  // Most should be right enough to be read.
  const bool mended = bytes.byte() % 8 != 0;
  if (mended) {
    message.envelope.sender = 10 + message.envelope.sender % 4;
    if (message.envelope.receiver % 2 == 1) message.envelope.receiver = own_life;
    if constexpr (requires { message.standing; }) {
      Path path;
      for (std::uint32_t node = 0; node < members.count(); ++node) {
        const bool last = node == from.index || node == members.self().index;
        if (!last && message.standing.word.incarnation >> node & 1) path.push_back(NodeId{node});
      }
      if (std::is_same_v<Kind, Gather>) path.push_back(members.self());
      path.push_back(from);
      message.standing.path = path;
      message.sync.to = std::max(message.sync.from, message.sync.to);
      if (message.sync.entries) message.sync.to += message.sync.entries->size();
    }
  }
  return message;
}

Message any_message(Bytes& bytes, NodeId from, const Members& members, Time now) {
  switch (bytes.byte() % 5) {
    case 0:
      return message<Gather>(bytes, from, members, now);
    case 1:
      return message<Scatter>(bytes, from, members, now);
    case 2:
      return message<Hello>(bytes, from, members, now);
    case 3:
      return message<Push>(bytes, from, members, now);
    default:
      return message<Seek>(bytes, from, members, now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const std::uint32_t count = 1 + bytes.byte() % 6;
  const Members members(NodeId{bytes.byte() % count}, count);
  RoundsOptions options;
  const std::uint8_t budget = bytes.byte();
  options.budget = {.worst = milliseconds(20) * (1 + budget % 64),
                    .median = milliseconds(10) * (1 + budget % 64)};
  options.fan_out = 1 + bytes.byte() % count;
  Time now{std::chrono::seconds(100)};
  Rounds rounds(options, 1000, own_life, members, now);
  Outbox outbox;
  const auto check = [&] {
    rounds.sanity_check();
    for (const auto& send : outbox.sends) {
      require(send.to.index < count && send.to != members.self());
      std::visit(
          [&](const auto& sent) {
            if constexpr (is_rounds_message<std::decay_t<decltype(sent)>>) {
              require(!validate(sent, members.self(), Members(send.to, count)));
            }
          },
          send.message);
    }
    outbox.sends.clear();
  };
  while (!bytes.empty()) {
    const std::uint8_t what = bytes.byte();
    if (what < 0x40) {
      now += milliseconds(10) * (what % 16);
    } else if (what < 0x50) {
      rounds.publish(Value(std::to_string(what % 8)), now, outbox);
    } else if (const NodeId from{what % count}; what < 0xd0) {
      if (from != members.self())
        rounds.receive(from, any_message(bytes, from, members, now), now, outbox);
    } else {
      // Its own timers, as far as they come within a while.
      const Time until = now + milliseconds(50) * (what % 16);
      for (int ticks = 0; rounds.next_tick() && *rounds.next_tick() <= until; ++ticks) {
        require(ticks < 10'000);
        now = std::max(now, *rounds.next_tick());
        rounds.tick(now, outbox);
        check();
      }
      now = std::max(now, until);
    }
    check();
  }
  return 0;
}
