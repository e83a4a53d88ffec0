// The search for linearizations, against one that tries every order.
#include "bruit/workbench/checkers/register_linearizability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

using Kind = RegisterOperation::Kind;
constexpr std::size_t never = RegisterOperation::never;
using testing::ElementsAre;

RegisterOperation read(std::uint32_t value, std::size_t invoked, std::size_t completed) {
  return {Kind::read, value, 0, invoked, completed};
}
RegisterOperation write(std::uint32_t value, std::size_t invoked, std::size_t completed) {
  return {Kind::write, 0, value, invoked, completed};
}
RegisterOperation cas(std::uint32_t from, std::uint32_t to, std::size_t invoked,
                      std::size_t completed) {
  return {Kind::cas, from, to, invoked, completed};
}

Validity verdict(const std::vector<RegisterOperation>& operations) {
  return check_register(operations, 0).validity;
}

// Naive: puts any operation next that no other must precede, in every way there is.
class TriesEverything {
 public:
  explicit TriesEverything(const std::vector<RegisterOperation>& operations)
      : operations_(operations), done_(operations.size()) {}

  bool linearizable(std::uint32_t value = 0) {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const auto& next = operations_[i];
      if (done_[i]) continue;
      if (next.completed != never) all_done = false;
      const bool must_wait =
          std::any_of(operations_.begin(), operations_.end(), [&](const auto& other) {
            return !done_[static_cast<std::size_t>(&other - operations_.data())] &&
                   other.completed < next.invoked;
          });
      if (must_wait || (next.kind != Kind::write && next.expected != value)) continue;
      done_[i] = true;
      const bool found = linearizable(next.kind == Kind::read ? value : next.written);
      done_[i] = false;
      if (found) return true;
    }
    return all_done;
  }

 private:
  const std::vector<RegisterOperation>& operations_;
  std::vector<bool> done_;
};

struct HistoryShape {
  std::size_t clients;
  std::size_t operations;
  std::uint64_t values;
  double unknown;  // share of writes and cas without completion
  double lies;     // share of reads that return a random value, and cas that succeed anyhow
};

// What clients would see of a register that does each operation at a random moment while it is
// open.
std::vector<RegisterOperation> random_history(const HistoryShape& shape, Random& random) {
  struct Client {
    bool open = false;
    bool done = false;
    RegisterOperation operation;
  };
  std::vector<Client> clients(shape.clients);
  std::vector<RegisterOperation> history;
  std::uint32_t value = 0;
  std::size_t position = 0;
  std::size_t started = 0;
  const auto any_open = [&] {
    return std::any_of(clients.begin(), clients.end(), [](const Client& c) { return c.open; });
  };
  while (started < shape.operations || any_open()) {
    Client& client = clients[random.below(clients.size())];
    auto& operation = client.operation;
    if (!client.open) {
      if (started == shape.operations) continue;
      ++started;
      operation = {.kind = static_cast<Kind>(random.below(3)),
                   .expected = static_cast<std::uint32_t>(random.below(shape.values)),
                   .written = static_cast<std::uint32_t>(1 + random.below(shape.values - 1)),
                   .invoked = position++,
                   .completed = never};
      client.open = true;
      client.done = false;
    } else if (!client.done) {
      client.done = true;
      if (operation.kind == Kind::read) {
        if (!random.chance(shape.lies)) operation.expected = value;
      } else if (operation.kind == Kind::write || operation.expected == value) {
        value = operation.written;
      } else if (!random.chance(shape.lies)) {
        client.open = false;  // it failed and is no part of the history
      }
    } else {
      client.open = false;
      if (operation.kind == Kind::read || !random.chance(shape.unknown)) {
        operation.completed = position++;
      }
      history.push_back(operation);
    }
  }
  return history;
}

TEST(RegisterLinearizability, AgreesWithTryingEveryOrder) {
  int valid = 0;
  int invalid = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Random random(seed, 1);
    const HistoryShape shape{.clients = 1 + random.below(4),
                             .operations = 1 + random.below(8),
                             .values = 2 + random.below(3),
                             .unknown = random.chance(0.5) ? 0.3 : 0,
                             .lies = random.chance(0.7) ? 0.2 : 0};
    const auto history = random_history(shape, random);
    const bool expected = TriesEverything(history).linearizable();
    (expected ? valid : invalid) += 1;
    ASSERT_EQ(verdict(history), expected ? Validity::valid : Validity::invalid) << "seed " << seed;
    if (shape.lies == 0) {
      ASSERT_TRUE(expected) << "seed " << seed;
    }
  }
  EXPECT_GT(valid, 5'000);
  EXPECT_GT(invalid, 2'000);
}

TEST(RegisterLinearizability, TellsTheFirstOperationThatFitsInNowhere) {
  for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
    Random random(seed, 2);
    const auto history = random_history({3, 8, 3, 0.2, 0.3}, random);
    const auto result = check_register(history, 0);
    if (result.validity == Validity::valid) continue;
    ASSERT_TRUE(result.counterexample.has_value());
    const std::size_t failed = history[result.counterexample->operation].completed;
    // Up to there everything can be linearized if what completes later is still open, with it not.
    std::vector<RegisterOperation> before;
    std::vector<RegisterOperation> with;
    for (const auto& operation : history) {
      RegisterOperation open = operation;
      if (operation.completed > failed) open.completed = never;
      if (operation.invoked > failed) continue;
      // An open read has no result yet.
      if (open.kind == Kind::read && open.completed == never) continue;
      with.push_back(open);
      if (open.completed == failed) {
        if (open.kind == Kind::read) continue;
        open.completed = never;
      }
      before.push_back(open);
    }
    ASSERT_TRUE(TriesEverything(before).linearizable()) << "seed " << seed;
    ASSERT_FALSE(TriesEverything(with).linearizable()) << "seed " << seed;
    ASSERT_FALSE(result.counterexample->prefixes.empty());
  }
}

TEST(RegisterLinearizability, KnownHistories) {
  EXPECT_EQ(verdict({}), Validity::valid);
  EXPECT_EQ(verdict({write(1, 0, 1), read(1, 2, 3)}), Validity::valid);
  // Stale: the write had ended before the read began.
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)}), Validity::invalid);
  // Both orders of a concurrent write and read are fine, ...
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, 5), read(1, 3, 4)}), Validity::valid);
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, 5), read(2, 3, 4)}), Validity::valid);
  // ... but not new and then old.
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, 7), read(2, 3, 4), read(1, 5, 6)}),
            Validity::invalid);
  // Of two swaps from the same value one must fail.
  EXPECT_EQ(verdict({write(1, 0, 1), cas(1, 2, 2, 4), cas(1, 3, 3, 5)}), Validity::invalid);
  EXPECT_EQ(verdict({write(1, 0, 1), cas(1, 2, 2, 4), cas(2, 1, 3, 5)}), Validity::valid);
}

TEST(RegisterLinearizability, AnUnknownOutcomeMayShowAtAnyTimeLaterOrNever) {
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, never), read(1, 3, 4), read(1, 5, 6)}),
            Validity::valid);
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, never), read(1, 3, 4), read(2, 5, 6)}),
            Validity::valid);
  EXPECT_EQ(verdict({write(1, 0, 1), write(2, 2, never), read(2, 3, 4), read(1, 5, 6)}),
            Validity::invalid);
  // Not before it was asked for.
  EXPECT_EQ(verdict({write(1, 0, 1), read(2, 2, 3), write(2, 4, never)}), Validity::invalid);
}

TEST(RegisterLinearizability, SaysWhatTheRegisterCanHaveHeld) {
  const std::vector<RegisterOperation> history{write(1, 0, 1), write(2, 2, 3), write(3, 4, 7),
                                               read(1, 5, 6)};
  const auto result = check_register(history, 0);
  ASSERT_TRUE(result.counterexample.has_value());
  EXPECT_EQ(result.counterexample->operation, 3U);
  EXPECT_THAT(result.counterexample->possible, ElementsAre(2, 3));
  ASSERT_EQ(result.counterexample->prefixes.size(), 1U);
  EXPECT_EQ(result.counterexample->prefixes[0].value, 2U);
  EXPECT_THAT(result.counterexample->prefixes[0].last, ElementsAre(0, 1));
  EXPECT_THAT(result.counterexample->prefixes[0].open, ElementsAre(2, 3));
}

TEST(RegisterLinearizability, IsUnknownWhereItsLimitsEnd) {
  // Twelve swaps at once and a chain through all of them.
  std::vector<RegisterOperation> history;
  for (std::uint32_t i = 0; i < 12; ++i) history.push_back(cas(i % 3, (i + 1) % 3, i, 100 + i));
  EXPECT_EQ(verdict(history), Validity::valid);
  using Limit = LinearizabilityResult::Limit;
  const auto few = check_register(history, 0, {.configurations = 20});
  EXPECT_EQ(few.validity, Validity::unknown);
  EXPECT_EQ(few.limit, Limit::configurations);
  const auto hasty = check_register(history, 0, {.comparisons = 20});
  EXPECT_EQ(hasty.validity, Validity::unknown);
  EXPECT_EQ(hasty.limit, Limit::comparisons);

  history.clear();
  for (std::uint32_t i = 0; i < 300; ++i) history.push_back(write(1, i, never));
  const auto crowded = check_register(history, 0);
  EXPECT_EQ(crowded.validity, Validity::unknown);
  EXPECT_EQ(crowded.limit, Limit::open_operations);
}

TEST(RegisterLinearizability, ThousandsOfOperationsByTwentyBusyClientsStayCheap) {
  Random random(1, 3);
  const auto result = check_register(random_history({20, 10'000, 5, 0, 0}, random), 0);
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_LT(result.configurations_most, 5'000U);
}

TEST(RegisterLinearizability, SoDoTenUnknownOutcomes) {
  Random random(1, 3);
  const auto result = check_register(random_history({10, 2'000, 5, 0.01, 0}, random), 0);
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_LT(result.configurations_most, 10'000U);
}

}  // namespace
}  // namespace bruit::workbench
