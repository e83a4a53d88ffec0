// One strategy, driven by hand: each call returns what it put out, as one line of text a message or
// delivered value, so that a scenario reads as a dialogue.
//
//     "deliver a"      "3 <- batch 1: a"      "3 <- ack 7"      "3 <- rumor a"
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/core/make_strategy.h"

namespace bruit::core {

using Lines = std::vector<std::string>;

inline Batch batch(std::uint64_t id, std::initializer_list<std::string_view> texts) {
  std::vector<Value> values;
  for (const std::string_view text : texts) values.emplace_back(text);
  return {.id = id, .values = ValueList(std::move(values))};
}

class Driven {
 public:
  Driven(const StrategyOptions& options, std::uint32_t self, std::uint32_t count)
      : strategy_(make_strategy(options, Members(NodeId{self}, count), now)) {}

  Lines publish(std::string_view text) {
    last_result = strategy_->publish(Value(text), now, outbox_);
    return lines();
  }
  Lines receive(std::uint32_t from, const Message& message) {
    strategy_->receive(NodeId{from}, message, now, outbox_);
    return lines();
  }
  // Lets time pass without a call, and then calls once.
  Lines tick_after(Duration duration) {
    now += duration;
    strategy_->tick(now, outbox_);
    return lines();
  }

  const Strategy& strategy() const { return *strategy_; }
  const Counters& counters() const { return strategy_->counters(); }
  // From construction on.
  std::optional<Duration> next_tick() const {
    const auto time = strategy_->next_tick();
    return time ? std::optional(time->time_since_epoch()) : std::nullopt;
  }

  Time now{};
  PublishResult last_result = PublishResult::accepted;

 private:
  Lines lines() {
    Lines result;
    for (const Value& value : outbox_.delivered) {
      result.push_back("deliver " + std::string(value.bytes()));
    }
    for (const Send& send : outbox_.sends) {
      std::string line = std::to_string(send.to.index) + " <- ";
      if (const auto* rumor = std::get_if<Rumor>(&send.message)) {
        line += "rumor " + std::string(rumor->value.bytes());
      } else if (const auto* ack = std::get_if<Ack>(&send.message)) {
        line += "ack " + std::to_string(ack->id);
      } else {
        const auto& values = std::get<Batch>(send.message);
        line += "batch " + std::to_string(values.id) + ":";
        for (const Value& value : *values.values) line += " " + std::string(value.bytes());
      }
      result.push_back(std::move(line));
    }
    outbox_.clear();
    return result;
  }

  std::unique_ptr<Strategy> strategy_;
  Outbox outbox_;
};

}  // namespace bruit::core
