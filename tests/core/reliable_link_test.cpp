#include "bruit/core/strategies/reliable_link.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <variant>
#include <vector>

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

constexpr NodeId peer{7};

ValueList list(std::initializer_list<std::string_view> texts) {
  std::vector<Value> values;
  for (const std::string_view text : texts) values.emplace_back(text);
  return ValueList(std::move(values));
}

// A link with the default retry options (500 ms, then 1 s, then 2 s) and what it has sent.
class ReliableLinkTest : public testing::Test {
 protected:
  LinkCall call() { return {retry, now, outbox, counters}; }

  // What was sent since the last call: "id:value,value" each.
  std::vector<std::string> sent() {
    std::vector<std::string> texts;
    for (const Send& send : outbox.sends) {
      EXPECT_EQ(send.to, peer);
      const auto& batch = std::get<Batch>(send.message);
      std::string text = std::to_string(batch.id) + ":";
      for (const Value& value : *batch.values) {
        if (text.back() != ':') text += ',';
        text += value.bytes();
      }
      texts.push_back(std::move(text));
    }
    outbox.clear();
    return texts;
  }

  void send(std::string_view value) { link.send(list({value}), call()); }
  void acknowledge(std::uint64_t id) { link.acknowledge(id, call()); }

  // Ticks exactly when the link wants it, up to `end`; the moments at which it sent, and what.
  std::vector<std::pair<Duration, std::vector<std::string>>> run_until(Duration end) {
    std::vector<std::pair<Duration, std::vector<std::string>>> result;
    while (link.next_tick() && *link.next_tick() <= Time(end)) {
      now = std::max(now, *link.next_tick());
      link.tick(call());
      if (!outbox.sends.empty()) result.emplace_back(now.time_since_epoch(), sent());
      if (link.next_tick() && *link.next_tick() <= now) {
        ADD_FAILURE() << "a tick that does not move the next one";
        break;
      }
    }
    now = Time(end);
    return result;
  }

  using Texts = std::vector<std::string>;

  RetryOptions retry;
  Outbox outbox;
  Counters counters;
  Time now{};
  ReliableLink link{peer, 1};
};

TEST_F(ReliableLinkTest, numbers_messages_from_1_and_shares_their_list) {
  const ValueList values = list({"a"});
  link.send(values, call());
  EXPECT_EQ(&*std::get<Batch>(outbox.sends.at(0).message).values, &*values);
  EXPECT_EQ(sent(), Texts{"1:a"});
  send("b");
  EXPECT_EQ(sent(), Texts{"2:b"});
  EXPECT_EQ(link.pending(), 2u);
  EXPECT_EQ(counters.sent, 2u);
}

TEST_F(ReliableLinkTest, is_silent_once_all_is_acknowledged) {
  send("a");
  send("b");
  sent();
  acknowledge(2);
  EXPECT_EQ(link.pending(), 1u);
  EXPECT_TRUE(link.next_tick().has_value());
  acknowledge(1);
  EXPECT_EQ(link.pending(), 0u);
  EXPECT_EQ(link.next_tick(), std::nullopt);
  now += 1h;
  link.tick(call());
  EXPECT_EQ(sent(), Texts{});
}

TEST_F(ReliableLinkTest, repeats_with_the_same_id_after_waits_that_double_up_to_the_longest) {
  send("a");
  EXPECT_EQ(sent(), Texts{"1:a"});
  const auto repeats = run_until(8s);
  ASSERT_EQ(repeats.size(), 5u);
  const Duration expected[] = {500ms, 1500ms, 3500ms, 5500ms, 7500ms};
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    EXPECT_EQ(repeats[i].first, expected[i]);
    EXPECT_EQ(repeats[i].second, Texts{"1:a"});
  }
  EXPECT_EQ(counters.retried, 5u);
  EXPECT_EQ(counters.sent, 6u);
}

TEST_F(ReliableLinkTest, does_nothing_in_a_tick_that_comes_early) {
  send("a");
  sent();
  now += 499ms;
  link.tick(call());
  EXPECT_EQ(sent(), Texts{});
  now += 1ms;
  link.tick(call());
  link.tick(call());
  EXPECT_EQ(sent(), Texts{"1:a"});
}

TEST_F(ReliableLinkTest, ignores_acknowledgements_that_are_late_repeated_or_invented) {
  send("a");
  send("b");
  sent();
  for (const std::uint64_t id : {0ull, 3ull, ~0ull}) acknowledge(id);
  EXPECT_EQ(link.pending(), 2u);
  acknowledge(2);
  acknowledge(2);
  EXPECT_EQ(link.pending(), 1u);
  acknowledge(1);
  acknowledge(1);
  acknowledge(2);
  EXPECT_EQ(link.pending(), 0u);
  send("c");
  EXPECT_EQ(sent(), Texts{"3:c"});
}

TEST_F(ReliableLinkTest, repeats_a_message_lost_among_acknowledged_ones_by_itself) {
  for (const auto* text : {"a", "b", "c", "d"}) send(text);
  sent();
  now += 200ms;
  acknowledge(1);
  acknowledge(4);
  const auto repeats = run_until(600ms);
  ASSERT_EQ(repeats.size(), 1u);
  EXPECT_EQ(repeats[0].first, 500ms);
  EXPECT_EQ(repeats[0].second, (Texts{"2:b", "3:c"}));
}

TEST_F(ReliableLinkTest, repeats_only_the_oldest_message_to_a_silent_peer) {
  for (int i = 0; i < 100; ++i) {
    send(std::to_string(i));
    now += 10ms;
    link.tick(call());
  }
  sent();
  for (const auto& [time, texts] : run_until(60s)) EXPECT_EQ(texts, Texts{"1:0"});
}

TEST_F(ReliableLinkTest, costs_a_peer_cut_off_for_long_one_message_each_longest_wait) {
  std::vector<Duration> times;
  for (now = Time{}; now < Time(100s); now += 10ms) {
    send("value");
    link.tick(call());
    if (now >= Time(10s)) times.insert(times.end(), outbox.sends.size(), now.time_since_epoch());
    outbox.clear();
  }
  EXPECT_LE(times.size(), 45u);
  EXPECT_GE(times.size(), 44u);
  EXPECT_EQ(link.pending(), 10'000u);
}

TEST_F(ReliableLinkTest, keeps_new_values_back_after_a_silence_of_the_longest_wait) {
  send("a");
  sent();
  now += 1999ms;
  send("b");
  EXPECT_EQ(sent(), Texts{"2:b"});
  now += 1ms;
  send("c");
  EXPECT_EQ(sent(), Texts{});
  EXPECT_EQ(link.pending(), 3u);
}

TEST_F(ReliableLinkTest, catches_up_at_once_when_a_silent_peer_answers) {
  send("a");
  send("b");
  EXPECT_EQ(sent(), (Texts{"1:a", "2:b"}));
  run_until(9s);
  send("c");
  send("d");
  EXPECT_EQ(sent(), Texts{});
  acknowledge(1);
  EXPECT_EQ(sent(), (Texts{"2:b", "3:c", "4:d"}));
  for (const std::uint64_t id : {2, 3, 4}) acknowledge(id);
  EXPECT_EQ(link.pending(), 0u);
  EXPECT_EQ(link.next_tick(), std::nullopt);
}

TEST_F(ReliableLinkTest, does_not_repeat_what_is_not_overdue_when_a_silent_peer_answers) {
  send("a");
  now += 400ms;
  send("b");
  sent();
  now += 100ms;
  link.tick(call());
  EXPECT_EQ(sent(), Texts{"1:a"});
  now += 50ms;
  acknowledge(1);
  EXPECT_EQ(sent(), Texts{});
}

TEST_F(ReliableLinkTest, takes_a_repeated_acknowledgement_for_no_sign_of_life) {
  for (const auto* text : {"a", "b"}) send(text);
  now += 100ms;
  acknowledge(2);
  now += 1900ms;
  acknowledge(2);
  now += 100ms;
  sent();
  send("c");
  EXPECT_EQ(sent(), Texts{});
}

TEST_F(ReliableLinkTest, repeats_a_new_message_before_an_old_one_whose_wait_has_grown) {
  for (const auto* text : {"a", "b"}) send(text);
  acknowledge(2);
  run_until(1600ms);  // a was repeated at 500 ms and 1500 ms, and will be at 3500 ms
  for (const auto* text : {"c", "d"}) send(text);
  now += 100ms;
  acknowledge(4);
  sent();
  const auto repeats = run_until(2500ms);
  ASSERT_EQ(repeats.size(), 1u);
  EXPECT_EQ(repeats[0].first, 2100ms);
  EXPECT_EQ(repeats[0].second, Texts{"3:c"});
}

TEST_F(ReliableLinkTest, is_not_closed_by_a_long_pause_in_which_nothing_was_owed) {
  send("a");
  acknowledge(1);
  sent();
  now += 1h;
  send("b");
  send("c");
  EXPECT_EQ(sent(), (Texts{"2:b", "3:c"}));
}

TEST_F(ReliableLinkTest, limits_the_messages_in_flight_and_goes_on_with_each_acknowledgement) {
  const std::size_t limit = ReliableLink::in_flight_limit;
  for (std::size_t i = 0; i < limit + 2; ++i) send("value");
  EXPECT_EQ(sent().size(), limit);
  EXPECT_EQ(link.pending(), limit + 2);
  acknowledge(1);
  EXPECT_EQ(sent(), Texts{std::to_string(limit + 1) + ":value"});
  acknowledge(3);  // the oldest is still 2, so the window does not move
  EXPECT_EQ(sent(), Texts{});
  acknowledge(2);
  EXPECT_EQ(sent(), Texts{std::to_string(limit + 2) + ":value"});
  EXPECT_EQ(link.pending(), limit - 1);
}

TEST_F(ReliableLinkTest, sends_what_is_queued_in_messages_of_limited_size_at_a_flush) {
  link = ReliableLink(peer, 2);
  for (const auto* text : {"a", "b", "c"}) link.queue(Value(text));
  EXPECT_EQ(sent(), Texts{});
  EXPECT_EQ(link.pending(), 3u);
  EXPECT_EQ(link.next_tick(), std::nullopt);  // the flush is the owner's to time
  link.flush(call());
  EXPECT_EQ(sent(), (Texts{"1:a,b", "2:c"}));
  link.flush(call());
  EXPECT_EQ(sent(), Texts{});
  acknowledge(1);
  EXPECT_EQ(link.pending(), 1u);
}

TEST_F(ReliableLinkTest, does_not_flush_for_an_acknowledgement_unless_a_flush_was_kept_back) {
  link = ReliableLink(peer, 10);
  link.queue(Value("a"));
  link.flush(call());
  link.queue(Value("b"));
  EXPECT_EQ(sent(), Texts{"1:a"});
  acknowledge(1);
  EXPECT_EQ(sent(), Texts{});  // b waits for its flush
  link.flush(call());
  EXPECT_EQ(sent(), Texts{"2:b"});
  now += 2s;
  link.queue(Value("c"));
  link.flush(call());
  link.queue(Value("d"));
  link.flush(call());
  EXPECT_EQ(sent(), Texts{});  // closed
  acknowledge(2);
  EXPECT_EQ(sent(), Texts{"3:c,d"});  // what several flushes kept back leaves as one
}

TEST_F(ReliableLinkTest, keeps_the_order_of_values_when_some_are_waiting) {
  link = ReliableLink(peer, 10);
  link.queue(Value("a"));
  link.send(list({"b"}), call());
  EXPECT_EQ(sent(), Texts{"1:a,b"});
}

TEST_F(ReliableLinkTest, can_have_all_its_waits_equal) {
  retry = {.first = 300ms, .longest = 300ms};
  send("a");
  sent();
  const auto repeats = run_until(1s);
  ASSERT_EQ(repeats.size(), 3u);
  EXPECT_EQ(repeats[2].first, 900ms);
}

}  // namespace
}  // namespace bruit::core
