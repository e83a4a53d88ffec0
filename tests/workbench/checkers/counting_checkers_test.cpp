// The checkers that count: stats, availability and net.
#include <gtest/gtest.h>

#include "bruit/workbench/checkers/availability.h"
#include "bruit/workbench/checkers/net.h"
#include "bruit/workbench/checkers/stats.h"
#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

// Three broadcasts (ok, info, still open), a failed read, and a nemesis that is nobody's client.
History mixed_history() {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0).broadcast(OpType::ok, 0, 0);
  builder.append(OpType::info, Process::nemesis(), "start-partition", Edn::keyword("one"));
  builder.broadcast(OpType::invoke, 1, 1).broadcast(OpType::info, 1, 1);
  builder.invoke_read(2).append(OpType::fail, {2}, "read", Nil{});
  builder.broadcast(OpType::invoke, 0, 2);
  return builder.history();
}

TEST(Stats, CountsCompletionsOfClientsByF) {
  const StatsResult result = check_stats(mixed_history());
  EXPECT_EQ(result.all, (OutcomeCounts{.ok = 1, .fail = 1, .info = 1}));
  EXPECT_EQ(result.by_f.size(), 2U);
  EXPECT_EQ(result.by_f.at("broadcast"), (OutcomeCounts{.ok = 1, .fail = 0, .info = 1}));
  EXPECT_EQ(result.by_f.at("read"), (OutcomeCounts{.ok = 0, .fail = 1, .info = 0}));
}

TEST(Stats, AreInvalidIfNoOperationOfSomeFSucceeded) {
  EXPECT_EQ(
      to_string(to_edn(check_stats(mixed_history()))),
      "{:valid? false, :count 3, :ok-count 1, :fail-count 1, :info-count 1, "
      ":by-f {:broadcast {:valid? true, :count 2, :ok-count 1, :fail-count 0, :info-count 1}, "
      ":read {:valid? false, :count 1, :ok-count 0, :fail-count 1, :info-count 0}}}");
  EXPECT_EQ(check_stats(History{}).validity(), Validity::valid);
}

TEST(Availability, IsTheFractionOfInvocationsThatSucceeded) {
  const AvailabilityResult result = check_availability(mixed_history(), NoAvailabilityGoal{});
  EXPECT_EQ(to_string(to_edn(result)), "{:valid? true, :ok-fraction 0.25}");
}

TEST(Availability, OfAHistoryWithoutInvocationsIsOne) {
  const AvailabilityResult result = check_availability(History{}, TotalAvailability{});
  EXPECT_EQ(to_string(to_edn(result)), "{:valid? true, :ok-fraction 1}");
}

TEST(Availability, IsHeldAgainstTheGoal) {
  const auto verdict = [](const History& history, const AvailabilityGoal& goal) {
    return check_availability(history, goal).validity;
  };
  const History mixed = mixed_history();
  EXPECT_EQ(verdict(mixed, AvailabilityFraction{0.25}), Validity::valid);
  EXPECT_EQ(verdict(mixed, AvailabilityFraction{0.26}), Validity::invalid);
  EXPECT_EQ(verdict(mixed, AvailabilityFraction{0}), Validity::valid);
  EXPECT_EQ(verdict(mixed, TotalAvailability{}), Validity::invalid);
  HistoryBuilder perfect;
  perfect.invoke_read(0).read(0, {});
  EXPECT_EQ(verdict(perfect.history(), TotalAvailability{}), Validity::valid);
  EXPECT_EQ(verdict(perfect.history(), AvailabilityFraction{1}), Validity::valid);
}

TEST(Net, DividesDistinctMessagesByInvocationsOfClients) {
  HistoryBuilder builder;
  for (int i = 0; i < 4; ++i) builder.broadcast(OpType::invoke, i, i);
  builder.append(OpType::invoke, Process::nemesis(), "start-partition", Nil{});
  const NetStats stats{.clients = {.send_count = 8, .recv_count = 7, .msg_count = 8},
                       .servers = {.send_count = 5, .recv_count = 3, .msg_count = 5}};
  const NetResult result = check_net(builder.history(), stats);
  EXPECT_EQ(result.operation_count, 4U);
  EXPECT_EQ(to_string(to_edn(result)),
            "{:all {:send-count 13, :recv-count 10, :msg-count 13, :msgs-per-op 3.25}, "
            ":clients {:send-count 8, :recv-count 7, :msg-count 8}, "
            ":servers {:send-count 5, :recv-count 3, :msg-count 5, :msgs-per-op 1.25}, "
            ":valid? true}");
}

}  // namespace
}  // namespace bruit::workbench
