// In-process nodes: killing, restarting, freezing them, and clocks that drift.
#include "bruit/workbench/hosts/in_process_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workbench/hosts/plain_strategy.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// What strategies were told, in the order in which it happened.
struct Journal {
  std::vector<std::string> received;
  std::vector<Time> ticks;  // as the node's clock shows it
  std::vector<std::uint64_t> incarnations;
};

// Writes everything down, and wants a tick ten seconds after its start by its own clock.
class Recorder : public PlainStrategy {
 public:
  Recorder(Journal& journal, const core::Members& members, Time start)
      : PlainStrategy(members, start), journal_(journal), next_(start + seconds(10)) {}
  void receive(core::NodeId from, const core::Message& message, Time now,
               core::Outbox& outbox) override {
    journal_.received.emplace_back(std::get<core::Rumor>(message).value.bytes());
    PlainStrategy::receive(from, message, now, outbox);
  }
  void tick(Time now, core::Outbox&) override {
    journal_.ticks.push_back(now);
    if (next_ && *next_ <= now) next_.reset();
  }
  std::optional<Time> next_tick() const override { return next_; }

 private:
  Journal& journal_;
  std::optional<Time> next_;
};

class InProcessHostTest : public testing::Test, public HostContext {
 protected:
  InProcessHostTest()
      : host_({}, 2, *this, 7,
              [this](const core::StrategyOptions& options, const core::Members& members,
                     Time start) -> std::unique_ptr<core::Strategy> {
                Journal& journal = journals_[members.self().index];
                journal.incarnations.push_back(options.incarnation);
                return std::make_unique<Recorder>(journal, members, start);
              }) {
    for (std::uint32_t node = 0; node < 2; ++node) {
      ask(node, {.kind = Request::Kind::init, .msg_id = 1, .element = 0}, Time{});
    }
    replies_.clear();
  }

  void ask(std::uint32_t node, Request request, Time now) {
    host_.deliver(node,
                  {.id = 0,
                   .source = Endpoint::client(0),
                   .destination = Endpoint::node(node),
                   .sent_at = now,
                   .deadline = now,
                   .payload = request},
                  now);
  }
  void gossip(std::uint32_t from, std::uint32_t to, const std::string& text, Time now) {
    host_.deliver(to,
                  {.id = 0,
                   .source = Endpoint::node(from),
                   .destination = Endpoint::node(to),
                   .sent_at = now,
                   .deadline = now,
                   .payload = core::Message(core::Rumor{core::Value(text)})},
                  now);
  }
  std::size_t read(std::uint32_t node, Time now) {
    ask(node, {.kind = Request::Kind::read, .msg_id = 2, .element = 0}, now);
    return replies_.back().elements.size();
  }
  // Gives the ticks that were asked for, in the order of their times, until `end`.
  void run_until(Time end) {
    while (!wanted_.empty() && wanted_.begin()->first <= end) {
      const auto [when, node] = *wanted_.begin();
      wanted_.erase(wanted_.begin());
      const std::size_t before = journals_[node].ticks.size();
      host_.tick(node, when);
      if (journals_[node].ticks.size() > before) last_tick_ = when;
    }
  }

  void send(Endpoint source, Endpoint destination, Payload payload, Time) override {
    if (destination.is_client()) {
      replies_.push_back(std::get<Reply>(payload));
    } else {
      gossip_.emplace_back(source.index(), destination.index());
    }
  }
  void request_tick(std::uint32_t node, Time when) override { wanted_.emplace(when, node); }
  ElementId visible(std::uint32_t, std::string_view text, Time) override {
    return static_cast<ElementId>(std::stoul(std::string(text)));
  }
  std::string_view text_of(ElementId) const override { return "5"; }

  std::map<std::uint32_t, Journal> journals_;
  std::vector<Reply> replies_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> gossip_;
  std::multimap<Time, std::uint32_t> wanted_;
  Time last_tick_{};
  InProcessHost host_;
};

TEST_F(InProcessHostTest, AKilledNodeBeginsAnewWithNothingInAnotherIncarnation) {
  gossip(1, 0, "1", Time{});
  EXPECT_EQ(read(0, Time{}), 1U);
  host_.kill(0, Time{seconds(1)});
  host_.restart(0, Time{seconds(2)});
  EXPECT_EQ(read(0, Time{seconds(2)}), 0U);
  ASSERT_EQ(journals_[0].incarnations.size(), 2U);
  EXPECT_NE(journals_[0].incarnations[1], journals_[0].incarnations[0]);
}

TEST_F(InProcessHostTest, TheDeadHaveNoTimers) {
  host_.kill(0, Time{seconds(1)});
  run_until(Time{seconds(60)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  EXPECT_EQ(journals_[1].ticks.size(), 1U);
}

TEST_F(InProcessHostTest, ATimerOfAFormerLifeIsNotOneOfTheNext) {
  host_.kill(0, Time{seconds(1)});
  host_.restart(0, Time{seconds(2)});
  run_until(Time{milliseconds(11'999)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  run_until(Time{seconds(12)});
  EXPECT_EQ(journals_[0].ticks.size(), 1U);
}

TEST_F(InProcessHostTest, CountersOfTheDeadAreKept) {
  ask(0, {.kind = Request::Kind::broadcast, .msg_id = 2, .element = 5}, Time{});
  EXPECT_EQ(host_.statistics().counters.sent, 1U);
  host_.kill(0, Time{seconds(1)});
  EXPECT_EQ(host_.statistics().counters.sent, 1U);
}

TEST_F(InProcessHostTest, AFrozenNodeHandlesItsBacklogInOrderWhenItWakes) {
  host_.pause(0, Time{seconds(1)});
  gossip(1, 0, "1", Time{seconds(2)});
  gossip(1, 0, "2", Time{seconds(3)});
  ask(0, {.kind = Request::Kind::read, .msg_id = 9, .element = 0}, Time{seconds(4)});
  gossip(1, 0, "3", Time{seconds(5)});
  EXPECT_THAT(journals_[0].received, IsEmpty());
  EXPECT_THAT(replies_, IsEmpty());
  host_.resume(0, Time{seconds(6)});
  EXPECT_THAT(journals_[0].received, ElementsAre("1", "2", "3"));
  ASSERT_EQ(replies_.size(), 1U);
  EXPECT_THAT(replies_[0].elements, ElementsAre(1U, 2U));
}

TEST_F(InProcessHostTest, ATimerThatCameWhileFrozenIsMadeUpForOnce) {
  host_.pause(0, Time{seconds(9)});
  run_until(Time{seconds(20)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  host_.resume(0, Time{seconds(20)});
  run_until(Time{seconds(60)});
  EXPECT_EQ(journals_[0].ticks.size(), 1U);
}

TEST_F(InProcessHostTest, ATimerThatIsYetToComeComesOnTimeAfterAPause) {
  host_.pause(0, Time{seconds(1)});
  host_.resume(0, Time{seconds(2)});
  run_until(Time{milliseconds(9'999)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  run_until(Time{seconds(10)});
  EXPECT_EQ(journals_[0].ticks.size(), 1U);
}

TEST_F(InProcessHostTest, KillingAFrozenNodeThrowsItsBacklogAway) {
  host_.pause(0, Time{seconds(1)});
  gossip(1, 0, "1", Time{seconds(2)});
  host_.kill(0, Time{seconds(3)});
  host_.restart(0, Time{seconds(4)});
  host_.pause(0, Time{seconds(4)});
  gossip(1, 0, "2", Time{seconds(5)});
  host_.resume(0, Time{seconds(6)});
  EXPECT_THAT(journals_[0].received, ElementsAre("2"));
}

TEST_F(InProcessHostTest, TimersFollowTheNodesOwnClock) {
  host_.set_clock_rate(0, 250'000, Time{});  // ten of its seconds are eight of ours
  host_.kill(1, Time{});
  run_until(Time{milliseconds(7'999)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  run_until(Time{seconds(60)});
  ASSERT_EQ(journals_[0].ticks.size(), 1U);
  EXPECT_EQ(last_tick_, Time{seconds(8)});
}

TEST_F(InProcessHostTest, AClockMayChangeItsPaceOnTheWay) {
  host_.kill(1, Time{});
  host_.set_clock_rate(0, -500'000, Time{seconds(4)});  // six seconds are left, which take twelve
  run_until(Time{milliseconds(15'999)});
  EXPECT_THAT(journals_[0].ticks, IsEmpty());
  run_until(Time{seconds(16)});
  EXPECT_EQ(journals_[0].ticks.size(), 1U);
}

TEST_F(InProcessHostTest, ClocksOfDifferentNodesShowDifferentTimes) {
  run_until(Time{seconds(10)});
  ASSERT_EQ(journals_[0].ticks.size(), 1U);
  ASSERT_EQ(journals_[1].ticks.size(), 1U);
  EXPECT_NE(journals_[0].ticks[0], journals_[1].ticks[0]);
}

}  // namespace
}  // namespace bruit::workbench
