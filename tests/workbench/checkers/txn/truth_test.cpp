// The checkers of transactions against the truth: random small histories, and models by their
// definitions (naive_models.h), which try every order.
//
// Whoever says that a history is invalid must be right. What is wrong and not seen is counted by why
// it is not: each reason is looked for in the history, and a miss without one fails. The only
// verdicts that are wrong by intent are the original's on histories in which nothing depends on
// anything; and, where completions that are not ok say what was read, what follows from believing
// them.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "naive_models.h"

namespace bruit::workbench::txn {
namespace {

constexpr int histories = 100'000;
constexpr int txns_max = 6;
constexpr int txns_max_of_interleavings = 4;
constexpr int mops_max = 4;

bool may_have_happened(const SmallTxn& txn) { return txn.type != OpType::fail; }

SmallHistory draw(std::mt19937_64& random, Values values) {
  const auto up_to = [&](int most) {
    const auto below = static_cast<unsigned>(most);
    return 1 + static_cast<int>(std::max(random() % below, random() % below));
  };
  const int txns = up_to(txns_max);
  return draw_history(random, values, {.txns = txns, .mops = up_to(mops_max)});
}

TxnResult check(const TxnHistory& history, Model model) {
  const ModelSet models{model};
  return history.values() == Values::lists ? check_list_append(history, models)
                                           : check_rw_register(history, models);
}

// Whether a history was found to be wrong, for another reason than that there is nothing in it.
bool sees_something(const TxnResult& result) {
  return result.validity == Validity::invalid &&
         !(result.told == AnomalySet{Anomaly::empty_transaction_graph});
}

struct Question {
  Model model;
  int txns_max;
  std::optional<bool> (*truth)(const SmallHistory&);
};
constexpr std::array questions = {
    Question{Model::serializable, txns_max,
             [](const SmallHistory& h) -> std::optional<bool> {
               return is_serializable(h, NaiveOrder::any);
             }},
    Question{Model::strong_session_serializable, txns_max,
             [](const SmallHistory& h) -> std::optional<bool> {
               return is_serializable(h, NaiveOrder::of_processes);
             }},
    Question{Model::strong_serializable, txns_max,
             [](const SmallHistory& h) -> std::optional<bool> {
               return is_serializable(h, NaiveOrder::of_real_time);
             }},
    Question{Model::snapshot_isolation, txns_max_of_interleavings,
             [](const SmallHistory& h) -> std::optional<bool> { return has_snapshot_isolation(h); }},
    Question{Model::read_committed, txns_max_of_interleavings, is_read_committed},
};

// ---- Why something that is wrong is not seen.

// Calls `visit` with each read of an ok transaction: the transaction, and the read's position.
template <typename Visit>
void for_each_read(const SmallHistory& history, Visit visit) {
  for (const SmallTxn& txn : history.txns) {
    if (txn.type != OpType::ok) continue;
    for (std::size_t i = 0; i < txn.mops.size(); ++i) {
      if (txn.mops[i].is_read) visit(txn, i);
    }
  }
}

const SmallTxn* writer_of(const SmallHistory& history, int key, int value) {
  for (const SmallTxn& txn : history.txns) {
    for (const SmallMop& mop : txn.mops) {
      if (!mop.is_read && mop.key == key && mop.written == value) return &txn;
    }
  }
  return nullptr;
}

// A value that was read and that nobody wrote.
bool has_unwritten_value(const SmallHistory& history) {
  bool has = false;
  for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
    for (const int value : txn.mops[i].found) {
      if (writer_of(history, txn.mops[i].key, value) == nullptr) has = true;
    }
  });
  return has;
}

// A transaction that read what it wrote only later: an edge from itself to itself, and no component
// of two.
bool reads_own_future(const SmallHistory& history) {
  bool has = false;
  for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
    for (std::size_t j = i; j < txn.mops.size(); ++j) {
      const SmallMop& mop = txn.mops[j];
      const SmallValue& found = txn.mops[i].found;
      const bool is_there = std::find(found.begin(), found.end(), mop.written) != found.end();
      if (!mop.is_read && mop.key == txn.mops[i].key && is_there) has = true;
    }
  });
  return has;
}

// Two appends of one transaction that were read in the other order: again only edges to itself.
bool turns_own_appends_round(const SmallHistory& history) {
  bool has = false;
  for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
    const SmallMop& read = txn.mops[i];
    for (std::size_t place = 1; place < read.found.size(); ++place) {
      const int later = read.found[place];
      for (std::size_t before = 0; before < place; ++before) {
        // The elements of a key ascend in the order in which a transaction appends them.
        const bool same = writer_of(history, read.key, later) ==
                          writer_of(history, read.key, read.found[before]);
        if (same && later < read.found[before]) has = true;
      }
    }
  });
  return has;
}

// A transaction whose later read of a key does not fit what it did to the key before. Of registers
// only the first operation on a key is a dependency. That it does not fit is an anomaly of its own,
// which read committed allows, and after a read of nil not even that.
bool reads_otherwise_later(const SmallHistory& history) {
  bool has = false;
  for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
    const SmallMop& read = txn.mops[i];
    for (std::size_t j = i; j-- > 0;) {
      const SmallMop& before = txn.mops[j];
      if (before.key != read.key) continue;
      if (read.found != (before.is_read ? before.found : SmallValue{before.written})) has = true;
      return;
    }
  });
  return has;
}

// Two transactions that wrote to a key, and nothing says which was first: of lists, both appends
// are in no read; of registers, neither read the other's value.
bool has_writes_without_order(const SmallHistory& history) {
  for (int key = 0; key < small_keys; ++key) {
    std::set<int> read;
    for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
      if (txn.mops[i].key == key) read.insert(txn.mops[i].found.begin(), txn.mops[i].found.end());
    });
    std::vector<const SmallTxn*> writers;
    std::size_t links = 0;  // of a register's values, from one that was read to the next
    for (const SmallTxn& txn : history.txns) {
      if (!may_have_happened(txn)) continue;
      bool writes = false;
      bool overwrites = false;
      for (const SmallMop& mop : txn.mops) {
        if (mop.key != key) continue;
        if (mop.is_read) {
          overwrites = overwrites || (!writes && !mop.found.empty() && txn.type == OpType::ok);
        } else if (history.values == Values::registers || !read.contains(mop.written)) {
          writes = true;
        }
      }
      if (!writes) continue;
      writers.push_back(&txn);
      if (overwrites) ++links;
    }
    if (history.values == Values::lists ? writers.size() > 1 : writers.size() > links + 1) {
      return true;
    }
  }
  return false;
}

// A value of an indeterminate transaction that was read: of registers, only ok ones are in the graph.
bool reads_indeterminate_write(const SmallHistory& history) {
  bool has = false;
  for_each_read(history, [&](const SmallTxn& txn, std::size_t i) {
    for (const int value : txn.mops[i].found) {
      const SmallTxn* const writer = writer_of(history, txn.mops[i].key, value);
      if (writer != nullptr && writer->type == OpType::info) has = true;
    }
  });
  return has;
}

// Only ok transactions are in the order of a process: one that may have happened is not.
bool has_indeterminate_successor(const SmallHistory& history) {
  for (const SmallTxn& first : history.txns) {
    for (const SmallTxn& second : history.txns) {
      if (first.type == OpType::ok && second.type == OpType::info &&
          first.process == second.process && first.ended < second.began) {
        return true;
      }
    }
  }
  return false;
}

std::string why_not_seen(const SmallHistory& history, Model model, const TxnResult& result) {
  if (result.failure) return "the original throws an exception";
  if (has_unwritten_value(history)) return "a value that nobody wrote";
  if (reads_own_future(history)) return "a read of what the transaction wrote only later";
  if (history.values == Values::lists && turns_own_appends_round(history)) {
    return "appends of one transaction in the wrong order";
  }
  if (history.values == Values::registers && reads_otherwise_later(history)) {
    return "a later read in a transaction that does not fit its first";
  }
  if (history.values == Values::registers && reads_indeterminate_write(history)) {
    return "a read of what an indeterminate transaction wrote";
  }
  if (has_writes_without_order(history)) return "writes whose order nobody saw";
  if (model == Model::strong_session_serializable && has_indeterminate_successor(history)) {
    return "an indeterminate transaction has no place in its process";
  }
  return {};
}

class TxnTruthSlow : public testing::TestWithParam<Values> {};

TEST_P(TxnTruthSlow, WhatIsFoundInvalidHasNoOrder) {
  const Values values = GetParam();
  std::map<std::pair<std::string, std::string>, int> counts;
  std::mt19937_64 random(20240609);
  for (int i = 0; i < histories; ++i) {
    const SmallHistory history = draw(random, values);
    const TxnHistory as_checked = as_txn_history(history);
    for (const Question& question : questions) {
      if (static_cast<int>(history.txns.size()) > question.txns_max) continue;
      const auto truth = question.truth(history);
      if (!truth) continue;
      const TxnResult result = check(as_checked, question.model);
      const bool seen = sees_something(result);
      ASSERT_FALSE(*truth && (seen || result.failure))
          << "found not to be " << to_string(question.model) << ", which it is:\n"
          << to_text(history);
      std::string outcome;
      if (*truth) {
        outcome = result.validity == Validity::valid ? "right, and valid"
                                                     : "right, but nothing depends on anything";
      } else if (seen) {
        outcome = "wrong, and seen";
      } else {
        outcome = why_not_seen(history, question.model, result);
        ASSERT_FALSE(outcome.empty()) << "not " << to_string(question.model)
                                      << ", which is not seen, and should be:\n"
                                      << to_text(history);
        outcome = "wrong, not seen: " + outcome;
      }
      ++counts[{std::string(to_string(question.model)), outcome}];
    }
  }
  for (const auto& [what, count] : counts) {
    fmt::print("{:>8}  {}: {}\n", count, what.first, what.second);
  }
  for (const Question& question : questions) {
    const std::string model(to_string(question.model));
    EXPECT_GT((counts[{model, "right, and valid"}]), 1000) << model;
    EXPECT_GT((counts[{model, "wrong, and seen"}]), 1000) << model;
  }
}

// Every cycle that there is, is found by the complete search; the verdict is the same.
TEST_P(TxnTruthSlow, TheCompleteSearchComesToTheSameVerdicts) {
  const Values values = GetParam();
  std::mt19937_64 random(77);
  for (int i = 0; i < histories / 10; ++i) {
    const SmallHistory history = draw(random, values);
    const TxnHistory as_checked = as_txn_history(history);
    for (const Question& question : questions) {
      const ModelSet models{question.model};
      const TxnResult complete =
          values == Values::lists
              ? check_list_append(as_checked, models, CycleSearch::complete)
              : check_rw_register(as_checked, models, CycleSearch::complete);
      const TxnResult original = check(as_checked, question.model);
      ASSERT_EQ(to_edn(complete.validity), to_edn(original.validity)) << to_text(history);
      ASSERT_TRUE(complete.findings.limits.empty()) << to_text(history);
    }
  }
}

// Maelstrom's clients never say what an operation read that is not known to have succeeded. A
// history that does is believed, as by the original: of lists that makes verdicts too strict.
TEST_P(TxnTruthSlow, ReadsOfFailedTransactionsAreBelieved) {
  const Values values = GetParam();
  int too_strict = 0;
  int seen = 0;
  std::mt19937_64 random(5);
  for (int i = 0; i < histories / 10; ++i) {
    const SmallHistory history = draw(random, values);
    const TxnResult result = check(as_txn_history(history, true), Model::serializable);
    if (!sees_something(result)) continue;
    ++seen;
    if (is_serializable(history, NaiveOrder::any)) ++too_strict;
  }
  fmt::print("{:>8}  too strict, of {} invalid\n", too_strict, seen);
  if (values == Values::registers) {
    EXPECT_EQ(too_strict, 0);
  } else {
    EXPECT_GT(too_strict, 0);
    EXPECT_LT(too_strict, seen / 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Workloads, TxnTruthSlow, testing::Values(Values::lists, Values::registers),
                         [](const auto& run) {
                           return run.param == Values::lists ? "list_append" : "rw_register";
                         });

}  // namespace
}  // namespace bruit::workbench::txn
