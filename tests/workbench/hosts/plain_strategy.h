// A strategy for tests, as simple as can be: the node that a client tells sends the value to every
// other, once. It is right as long as no message is lost; what a test derives from it breaks one
// thing.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bruit/core/strategy.h"
#include "bruit/workbench/hosts/in_process_host.h"

namespace bruit::workbench {

class PlainStrategy : public core::Strategy {
 public:
  PlainStrategy(const core::Members& members, Time start) : members_(members), start_(start) {}

  core::PublishResult publish(core::Value value, Time, core::Outbox& outbox) override {
    if (!show(value, outbox)) return core::PublishResult::duplicate;
    spread(value, outbox);
    return core::PublishResult::accepted;
  }
  void receive(core::NodeId, const core::Message& message, Time, core::Outbox& outbox) override {
    if (const auto* rumor = std::get_if<core::Rumor>(&message)) show(rumor->value, outbox);
  }
  void tick(Time, core::Outbox&) override {}
  std::optional<Time> next_tick() const override { return std::nullopt; }
  std::size_t pending() const override { return 0; }
  const core::Counters& counters() const override { return counters_; }

 protected:
  // False if it is shown already.
  bool show(const core::Value& value, core::Outbox& outbox) {
    if (!shown_.insert(std::string(value.bytes())).second) return false;
    values_.push_back(value);
    outbox.deliver(value);
    return true;
  }
  void spread(const core::Value& value, core::Outbox& outbox) {
    for (std::uint32_t index = 0; index < members_.count(); ++index) {
      if (index != members_.self().index) send(index, value, outbox);
    }
  }
  void send(std::uint32_t to, const core::Value& value, core::Outbox& outbox) {
    outbox.send(core::NodeId{to}, core::Rumor{value});
    ++counters_.sent;
  }

  core::Members members_;
  Time start_;
  std::set<std::string> shown_;
  std::vector<core::Value> values_;  // all that are shown, in that order
  core::Counters counters_;
};

// For SimulationOptions::factory.
template <typename Strategy>
StrategyFactory factory_of() {
  return [](const core::StrategyOptions&, const core::Members& members, Time start) {
    return std::make_unique<Strategy>(members, start);
  };
}

}  // namespace bruit::workbench
