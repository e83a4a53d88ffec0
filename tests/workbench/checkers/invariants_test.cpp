// Each invariant catches a strategy that breaks it, names it, and leaves the others alone; a right
// strategy breaks none. And the finer points of when a value is owed.
#include "bruit/workbench/checkers/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/simulation/simulation.h"
#include "workbench/hosts/plain_strategy.h"

namespace bruit::workbench {
namespace {

using core::Outbox;
using core::PublishResult;
using core::Value;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// Shows a value that no client ever sent.
struct Inventor : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  PublishResult publish(Value value, Time now, Outbox& outbox) override {
    show(Value("1000000"), outbox);
    return PlainStrategy::publish(std::move(value), now, outbox);
  }
};

// Never tells the last node of a value that ends with a 7.
struct Loser : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  PublishResult publish(Value value, Time now, Outbox& outbox) override {
    const bool unlucky = value.bytes().ends_with('7');
    const auto result = PlainStrategy::publish(std::move(value), now, outbox);
    if (unlucky && members_.self().index != members_.count() - 1) outbox.sends.pop_back();
    return result;
  }
};

// Shows what arrives as often as it arrives, and sends some values twice.
struct Duplicator : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  PublishResult publish(Value value, Time now, Outbox& outbox) override {
    const auto result = PlainStrategy::publish(value, now, outbox);
    if (value.bytes().ends_with('7')) spread(value, outbox);
    return result;
  }
  void receive(core::NodeId, const core::Message& message, Time, Outbox& outbox) override {
    outbox.deliver(std::get<core::Rumor>(message).value);
  }
};

// Says no to clients, and keeps the value to itself all the same.
struct Hypocrite : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  PublishResult publish(Value value, Time now, Outbox& outbox) override {
    if (!value.bytes().ends_with('7')) return PlainStrategy::publish(value, now, outbox);
    show(value, outbox);
    return PublishResult::refused;
  }
};

// Repeats everything every five seconds: what a fault lost comes, but late.
struct Slowpoke : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  void tick(Time now, Outbox& outbox) override {
    if (now < next_) return;
    next_ += seconds(5);
    if (now > start_ + seconds(21)) return;
    for (const auto& value : values_) spread(value, outbox);
  }
  std::optional<Time> next_tick() const override { return next_; }
  Time next_ = start_ + seconds(5);
};

// Waits before it tells the others.
struct Dawdler : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  PublishResult publish(Value value, Time now, Outbox& outbox) override {
    if (!show(value, outbox)) return PublishResult::duplicate;
    waiting_.emplace_back(now + milliseconds(700), value);
    return PublishResult::accepted;
  }
  void tick(Time now, Outbox& outbox) override {
    while (!waiting_.empty() && waiting_.front().first <= now) {
      spread(waiting_.front().second, outbox);
      waiting_.erase(waiting_.begin());
    }
  }
  std::optional<Time> next_tick() const override {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().first;
  }
  std::vector<std::pair<Time, Value>> waiting_;
};

// Says hello every second, whether or not there is anything to say.
struct Chatterer : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  void tick(Time now, Outbox& outbox) override {
    if (now < next_) return;
    next_ += seconds(1);
    outbox.send(core::NodeId{(members_.self().index + 1) % members_.count()}, core::Ack{1});
  }
  std::optional<Time> next_tick() const override { return next_; }
  Time next_ = start_ + seconds(1);
};

// Never lets go of a value.
struct Hoarder : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  std::size_t pending() const override { return values_.size(); }
};

// What every strategy here is held to.
SimulationOptions strict(StrategyFactory factory) {
  SimulationOptions options;
  options.test.nodes = numbered_nodes(5);
  options.test.rate = 20;
  options.test.time_limit = seconds(20);
  options.test.latency = milliseconds(100);
  options.test.network = NetworkModel::ideal;
  options.test.seed = 1;
  options.expectations = {.convergence = seconds(2),
                          .component_progress = seconds(2),
                          .failover_grace = seconds(1),
                          .budget = milliseconds(600),
                          .silence = seconds(2),
                          .pending = 50,
                          .messages = {}};
  options.factory = std::move(factory);
  return options;
}

SimulationOptions strict(StrategyFactory factory, std::vector<TimedFault> faults) {
  SimulationOptions options = strict(std::move(factory));
  options.test.scenario =
      std::make_shared<const Scenario>(Scenario{std::move(faults), std::nullopt});
  return options;
}

// Only this one is broken, and the first violation says so with these words.
void expect_only(Invariant broken, const InvariantReport& report, const std::string& words) {
  for (std::size_t i = 0; i < invariant_count; ++i) {
    const auto invariant = static_cast<Invariant>(i);
    EXPECT_EQ(report.counts[i] > 0, invariant == broken) << to_string(invariant);
  }
  ASSERT_FALSE(report.told.empty());
  EXPECT_EQ(report.told.front().invariant, broken);
  EXPECT_THAT(report.told.front().what, HasSubstr(words));
}

void expect_only(Invariant broken, const SimulationOptions& options, const std::string& words) {
  const SimulationResult result = simulate(options);
  EXPECT_FALSE(result.early_end);
  EXPECT_FALSE(result.passed());
  expect_only(broken, result.invariants, words);
}

TEST(EachInvariant, HoldsForARightStrategy) {
  const SimulationResult result = simulate(strict(factory_of<PlainStrategy>()));
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(result.invariants.total(), 0U);
  EXPECT_GT(result.broadcasts, 100U);
}

TEST(EachInvariant, ValidityCatchesAnInventor) {
  expect_only(Invariant::validity, strict(factory_of<Inventor>()), "a value that nobody broadcast");
}

TEST(EachInvariant, NoLossCatchesALoser) {
  expect_only(Invariant::no_loss, strict(factory_of<Loser>()), "is missing at n4");
}

TEST(EachInvariant, NoDuplicationCatchesADuplicator) {
  expect_only(Invariant::no_duplication, strict(factory_of<Duplicator>()), "shows a value again");
}

TEST(EachInvariant, ConvergenceCatchesNodesThatDifferInTheEnd) {
  expect_only(Invariant::convergence, strict(factory_of<Hypocrite>()), "is at some nodes, but");
}

TEST(EachInvariant, ConvergenceCatchesRecoveryThatIsTooSlow) {
  const Links all_to_n4{{0, 1, 2, 3}, {4}, false};
  SimulationOptions options = strict(factory_of<Slowpoke>(), {{seconds(6), CutLinks{all_to_n4}},
                                                              {seconds(11), MendLinks{all_to_n4}}});
  // Starting took no time; it repeats at 5 s, 10 s, 15 s ...
  expect_only(Invariant::convergence, options, "after the last fault; expected within 2s");
  const InvariantReport report = simulate(options).invariants;
  EXPECT_EQ(report.converged_after_last_heal, milliseconds(4100));
  EXPECT_EQ(report.backlog_after_last_heal, milliseconds(4100));
  options.expectations.convergence = milliseconds(4100);
  EXPECT_TRUE(simulate(options).passed());
}

TEST(EachInvariant, ComponentProgressCatchesAStrategyThatDoesNotRelay) {
  // n0 and n1 do not hear each other, but all others hear both. Repeating helps in the end.
  const Links link{{0}, {1}, true};
  SimulationOptions options = strict(
      factory_of<Slowpoke>(), {{seconds(3), CutLinks{link}}, {seconds(19), MendLinks{link}}});
  options.expectations.convergence.reset();
  expect_only(Invariant::component_progress, options, "was not at all 5 of them within 2s");
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{{{seconds(3), CutLinks{link}}, {seconds(5), MendLinks{link}}}, std::nullopt});
  // One second of grace and one second: too short to ask for anything.
  EXPECT_EQ(simulate(options).invariants.total(), 0U);
}

TEST(EachInvariant, BudgetCatchesADawdler) {
  SimulationOptions options = strict(factory_of<Dawdler>());
  expect_only(Invariant::budget, options, "800ms after it was acknowledged; expected within 600ms");
  options.expectations.budget = milliseconds(800);
  EXPECT_TRUE(simulate(options).passed());
}

TEST(EachInvariant, SilenceCatchesAChatterer) {
  expect_only(Invariant::silence, strict(factory_of<Chatterer>()), "a node still sent");
}

// Sends once more when nobody expects anything any longer.
struct Latecomer : PlainStrategy {
  using PlainStrategy::PlainStrategy;
  void tick(Time, Outbox& outbox) override {
    if (std::exchange(came_, true)) return;
    outbox.send(core::NodeId{(members_.self().index + 1) % members_.count()}, core::Ack{1});
  }
  std::optional<Time> next_tick() const override {
    return came_ ? std::nullopt : std::optional(start_ + seconds(10));
  }
  bool came_ = false;
};

// The end of the load is no reason to send if all faults were over before.
TEST(EachInvariant, SilenceCountsFromTheEndOfTheLastFaultAndNotOfTheLoad) {
  SimulationOptions options = strict(factory_of<Latecomer>());
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{{{seconds(1), Pause{4}}, {seconds(2), Resume{4}}},
               std::vector<TimedOperation>{{.at = milliseconds(500)}}});
  expect_only(Invariant::silence, options, "a node still sent 8s after");
  options.expectations.silence = seconds(8);
  EXPECT_TRUE(simulate(options).passed());
}

TEST(EachInvariant, BoundsCatchesAHoarder) {
  SimulationOptions options = strict(factory_of<Hoarder>());
  expect_only(Invariant::bounds, options, "values for others; expected at most 50");
  options.expectations.pending.reset();
  EXPECT_TRUE(simulate(options).passed());
}

TEST(EachInvariant, BoundsCatchesTooManyMessages) {
  SimulationOptions options = strict(factory_of<PlainStrategy>());
  const auto sent = simulate(options).net.servers.send_count;
  options.expectations.messages = sent;
  EXPECT_TRUE(simulate(options).passed());
  options.expectations.messages = sent - 1;
  expect_only(Invariant::bounds, options, "messages between nodes; expected at most");
}

// Strategies show values one by one, and the host lists them; so it takes a broken host to forget.
// This one leaves the first value out of every seventh read.
class ForgetfulContext : public HostContext {
 public:
  explicit ForgetfulContext(HostContext& engine) : engine_(engine) {}
  void send(Endpoint source, Endpoint destination, Payload payload, Time now) override {
    auto* reply = std::get_if<Reply>(&payload);
    if (reply != nullptr && !reply->elements.empty() && ++reads_ % 7 == 0) {
      ElementList rest;
      for (std::size_t i = 1; i < reply->elements.size(); ++i) rest.push_back(reply->elements[i]);
      reply->elements = rest;
    }
    engine_.send(source, destination, std::move(payload), now);
  }
  void request_tick(std::uint32_t node, Time when) override { engine_.request_tick(node, when); }
  ElementId visible(std::uint32_t node, std::string_view text, Time now) override {
    return engine_.visible(node, text, now);
  }
  std::string_view text_of(ElementId element) const override { return engine_.text_of(element); }

 private:
  HostContext& engine_;
  int reads_ = 0;
};

TEST(EachInvariant, MonotonicReadsCatchesANodeThatForgets) {
  const SimulationOptions options = strict(factory_of<PlainStrategy>());
  EventLogs logs;
  Engine engine(options.test, &logs);
  Invariants invariants(options.test, options.expectations, engine.scenario());
  logs.add(&invariants);
  ForgetfulContext context(engine.host_context());
  InProcessHost host({}, 5, context, 1, options.factory);
  engine.start(host, Time{});
  while (!engine.finished()) engine.run_due(*engine.next_due());
  expect_only(Invariant::monotonic_reads,
              invariants.finish(host.statistics(), engine.history().elements, engine.now()),
              "misses 1 of the values that earlier ones listed");
}

// --- what is owed when nodes die, and when expectations do not apply ---

TEST(Invariants, ExcuseAValueThatDiedWithTheOnlyNodeThatHadIt) {
  // n0 tells nobody, since its links are cut; then it dies.
  const Links out{{0}, {1, 2, 3, 4}, true};
  std::vector<TimedFault> faults = {{seconds(0), CutLinks{out}},
                                    {seconds(5), Kill{0}},
                                    {seconds(6), Restart{0}},
                                    {seconds(6), MendLinks{out}}};
  SimulationOptions options = strict(factory_of<PlainStrategy>(), faults);
  Scenario scenario{faults, std::vector<TimedOperation>{{.at = seconds(1), .client = 0},
                                                        {.at = seconds(10), .client = 1}}};
  options.test.scenario = std::make_shared<const Scenario>(scenario);
  const SimulationResult result = simulate(options);
  EXPECT_EQ(result.invariants.died, 1U);
  EXPECT_EQ(result.invariants.total(), 0U);
  EXPECT_EQ(result.lost, 0U);
}

TEST(Invariants, DoNotExcuseAValueThatAnotherNodeHad) {
  const std::vector<TimedFault> faults = {{seconds(5), Kill{0}}, {seconds(6), Restart{0}}};
  SimulationOptions options = strict(factory_of<PlainStrategy>(), faults);
  Scenario scenario{faults, std::vector<TimedOperation>{{.at = seconds(1), .client = 0}}};
  options.test.scenario = std::make_shared<const Scenario>(scenario);
  // The plain strategy does not tell a newborn node what it had.
  expect_only(Invariant::no_loss, options, "is missing at n0");
}

TEST(Invariants, MeasureTheBudgetOnlyWithoutFaults) {
  const SimulationOptions options =
      strict(factory_of<Dawdler>(), {{seconds(1), SetDuplication{0.1}}});
  EXPECT_EQ(simulate(options).invariants.total(), 0U);
}

TEST(Invariants, NameTheFirstTwentyViolationsAndCountAll) {
  SimulationOptions options = strict(factory_of<PlainStrategy>(), {{seconds(0), SetLoss{1}}});
  options.expectations = {};
  const auto report = simulate(options).invariants;
  EXPECT_GT(report.total(), InvariantReport::told_most);
  EXPECT_EQ(report.told.size(), InvariantReport::told_most);
  EXPECT_FALSE(report.converged_after_last_heal.has_value());
}

TEST(Invariants, HaveNames) {
  EXPECT_EQ(to_string(Invariant::validity), "validity");
  EXPECT_EQ(to_string(Invariant::component_progress), "component progress");
  EXPECT_EQ(to_string(Invariant::bounds), "bounds");
}

}  // namespace
}  // namespace bruit::workbench
