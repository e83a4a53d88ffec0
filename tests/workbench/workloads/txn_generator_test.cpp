// The generators of transactions and of logs against the formulas of the originals (elle/txn.clj,
// jepsen/tests/kafka.clj): a thousand seeds, and every figure within five standard deviations.
#include "bruit/workbench/workloads/txn_generator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "bruit/workbench/workloads/kafka.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t seeds = 1000;

// That `count` of `total` is what a probability of `p` makes of it.
void expect_share(double count, double total, double p, const std::string& what) {
  EXPECT_NEAR(count / total, p, 5 * std::sqrt(p * (1 - p) / total)) << what;
}

TEST(TxnGenerator, DrawsLengthsKindsAndKeysAsTheOriginal) {
  std::map<std::size_t, double> lengths;
  std::map<std::uint64_t, double> first_keys;
  double writes = 0;
  double mops = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Random random(seed, 2);
    // No key is ever used up, so that keys are positions.
    TxnGenerator generator(10, 4, 1'000'000);
    for (int i = 0; i < 100; ++i) {
      const auto txn = generator.next(random);
      ++lengths[txn.size()];
      for (const GeneratedMop& mop : txn) {
        ++mops;
        ++first_keys[mop.key];
        if (mop.is_write) ++writes;
      }
    }
  }
  ASSERT_EQ(lengths.size(), 4U);
  for (const auto& [length, count] : lengths) {
    expect_share(count, 100 * seeds, 0.25, "length " + std::to_string(length));
  }
  expect_share(writes, mops, 0.5, "writes");
  for (std::uint64_t key = 0; key < 10; ++key) {
    expect_share(first_keys[key], mops, std::exp2(static_cast<double>(key)) / 1023,
                 "key " + std::to_string(key));
  }
}

TEST(TxnGenerator, WritesEachKeyFromOneOnAndReplacesItWhenItIsUsedUp) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Random random(seed, 2);
    TxnGenerator generator(3, 4, 5);
    std::map<std::uint64_t, std::uint64_t> written;
    std::uint64_t highest = 2;
    for (int i = 0; i < 100; ++i) {
      for (const GeneratedMop& mop : generator.next(random)) {
        // A new key is the next number; each of the three may be one that was not drawn yet.
        ASSERT_LE(mop.key, highest + 3);
        highest = std::max(highest, mop.key);
        if (!mop.is_write) continue;
        ASSERT_EQ(mop.value, ++written[mop.key]) << "seed " << seed;
        ASSERT_LE(mop.value, 5U);
      }
    }
    EXPECT_GT(highest, 10U) << "seed " << seed;
  }
}

TEST(KafkaWorkload, DrawsSendsPollsAssignsAndCrashesAsTheOriginal) {
  TestOptions options;
  options.workload = Workload::kafka;
  options.concurrency = 10;
  constexpr int operations = 200;
  // A rate of 10 operations a second, for 20 seconds.
  double sends = 0;
  double polls = 0;
  double assigns = 0;
  double crashes = 0;
  double replaced = 0;  // keys; each was a send that was drawn again
  double late_first_crashes = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Random random(seed, 2);
    KafkaRules rules(options);
    std::vector<std::uint32_t> workers(options.concurrency);
    std::iota(workers.begin(), workers.end(), 0U);
    bool has_crashed = false;
    double highest = 9;
    for (int i = 0; i < operations; ++i) {
      rules.on_turn(std::chrono::milliseconds(100 * i));
      const Operation operation = rules.next(random, workers).operation;
      if (operation.f == "send") {
        ++sends;
        highest = std::max(highest, std::stod(std::string(operation.members.at("key").as_string())));
      }
      if (operation.f == "poll") ++polls;
      if (operation.f == "assign") ++assigns;
      if (operation.f == "crash") {
        ++crashes;
        has_crashed = true;
      }
      if (i == 2 && !has_crashed) ++late_first_crashes;
    }
    replaced += highest - 9;
  }
  const double drawn = sends + polls + assigns;
  expect_share(assigns, drawn, 1.0 / 64, "assigns");
  expect_share(sends + replaced, sends + replaced + polls, 0.5, "sends");
  // The first of them is due at once, and a coin decides between it and the other operation.
  expect_share(late_first_crashes, seeds, 1.0 / 8, "no crash among three operations");
  // One in three seconds on average: 20 s, and the one at the start.
  const double per_run = crashes / static_cast<double>(seeds);
  EXPECT_GT(per_run, 6.5);
  EXPECT_LT(per_run, 8.2);
}

TEST(KafkaWorkload, AThirdOfAssignsHaveWhatNobodyPolled) {
  TestOptions options;
  options.workload = Workload::kafka;
  options.concurrency = 1;
  double assigns = 0;
  double with_unseen = 0;
  std::int64_t offset = 0;
  Random random(7, 2);
  KafkaRules rules(options);
  const std::vector<std::uint32_t> workers{0};
  for (int i = 0; i < 200'000; ++i) {
    Operation operation = rules.next(random, workers).operation;
    if (operation.f == "crash") continue;
    if (operation.f == "send") {
      const auto answer = boost::json::object{{"type", "send_ok"}, {"offset", offset++}};
      auto value = std::get<OpValue>(rules.result(operation, answer));
      rules.go_on(0, operation, value);
    }
    if (operation.f == "assign" && offset > 0) {
      ++assigns;
      if (operation.more.at("unseen") != nullptr) ++with_unseen;
    }
  }
  expect_share(with_unseen, assigns, 1.0 / 3, "with :unseen");
}

}  // namespace
}  // namespace bruit::workbench
