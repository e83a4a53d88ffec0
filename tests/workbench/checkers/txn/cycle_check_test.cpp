// The second look at cycles: those that hold pass, and whatever is changed about one does not.
#include "bruit/workbench/checkers/txn/cycle_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "written_history.h"

namespace bruit::workbench::txn {
namespace {

using testing::HasSubstr;

std::string problem_of(const TxnHistory& history, const Cycle& cycle) {
  try {
    verify_cycles(history, std::vector{cycle});
    return {};
  } catch (const std::logic_error& error) {
    return error.what();
  }
}

Cycle the_cycle(const TxnHistory& history, const TxnResult& result, Anomaly kind) {
  for (const Cycle& cycle : result.findings.cycles) {
    if (cycle.kind != kind) continue;
    EXPECT_EQ(problem_of(history, cycle), "");
    return cycle;
  }
  throw std::logic_error("there is no such cycle");
}

std::string problem_after(const TxnHistory& history, Cycle cycle,
                          const std::function<void(Cycle&)>& change) {
  change(cycle);
  return problem_of(history, cycle);
}

TEST(CycleCheck, ListsAreReadAndAppendedToAsEachStepSays) {
  const TxnHistory history = concurrent(
      Values::lists, {"ok [[:append 1 1] [:append 2 1]]", "ok [[:r 1 [1]] [:r 2 nil] [:append 1 2]]",
                      "ok [[:r 1 [1 2]]]", "ok [[:append 1 3]]"});
  const Cycle cycle = the_cycle(history, check_list_append(history), Anomaly::G_single_item);
  ASSERT_EQ(cycle.ops.size(), 2U);
  const std::size_t wr = cycle.steps[0].relation == Relation::rw ? 1 : 0;
  const std::size_t rw = 1 - wr;
  const auto after = [&](const std::function<void(Cycle&)>& change) {
    return problem_after(history, cycle, change);
  };
  EXPECT_THAT(after([](Cycle& c) { c.kind = Anomaly::G2_item; }), HasSubstr("is a G-single-item"));
  EXPECT_THAT(after([](Cycle& c) { c.steps.pop_back(); }), HasSubstr("no step for each"));
  EXPECT_THAT(after([](Cycle& c) { c.ops[1] = c.ops[0]; }), HasSubstr("visits a transaction twice"));
  EXPECT_THAT(after([&](Cycle& c) { c.steps[rw].new_value = Atom::integer(9); }),
              HasSubstr("the second did not append"));
  EXPECT_THAT(after([&](Cycle& c) { c.steps[rw].value = Atom::integer(1); }),
              HasSubstr("did not read that state"));
  EXPECT_THAT(after([&](Cycle& c) { c.steps[rw].relation = Relation::realtime; }),
              HasSubstr("began before the first had ended"));
  EXPECT_THAT(after([&](Cycle& c) { c.steps[rw].relation = Relation::process; }),
              HasSubstr("processes differ"));
  // The last transaction's append comes after 2, not after 1.
  EXPECT_THAT(after([&](Cycle& c) {
                c.ops = {0, 0};
                c.ops[0] = 4;  // completions of the first and the last
                c.ops[1] = 7;
                for (Step& step : c.steps) {
                  step = {.relation = Relation::ww,
                          .key = Atom::integer(1),
                          .value = Atom::integer(1),
                          .new_value = Atom::integer(3),
                          .first_mop = 0,
                          .second_mop = 0};
                }
              }),
              HasSubstr("its append did not come next"));
}

TEST(CycleCheck, RegistersAreReadAndWrittenAsEachStepSays) {
  const TxnHistory history = concurrent(
      Values::registers, {"ok [[:w 1 1] [:w 2 1]]", "ok [[:r 1 1] [:r 2 nil] [:w 1 2]]",
                          "ok [[:w 1 3]]", "ok [[:r 1 3]]"});
  const Cycle cycle = the_cycle(history, check_rw_register(history), Anomaly::G_single_item);
  const std::size_t wr = cycle.steps[0].relation == Relation::rw ? 1 : 0;
  const std::size_t rw = 1 - wr;
  const auto after = [&](const std::function<void(Cycle&)>& change) {
    return problem_after(history, cycle, change);
  };
  EXPECT_THAT(after([&](Cycle& c) { c.steps[wr].value = Atom::integer(3); }),
              HasSubstr("the first did not have that value"));
  EXPECT_THAT(after([&](Cycle& c) { c.steps[rw].new_value = Atom::integer(3); }),
              HasSubstr("the second did not write"));
  EXPECT_THAT(after([&](Cycle& c) {
                // From 1 to 3 there is nobody who read one and wrote the other.
                const OpPlace writer = 6;
                c.ops[(wr + 1) % 2] = writer;
                c.steps[wr] = {.relation = Relation::ww,
                               .key = Atom::integer(1),
                               .value = Atom::integer(1),
                               .new_value = Atom::integer(3),
                               .first_mop = 0,
                               .second_mop = 0};
              }),
              HasSubstr("step"));
}

TEST(CycleCheck, TimeIsThatOfTheAnswers) {
  const TxnHistory history =
      sequential(Values::lists, {"ok [[:append 1 1]]", "ok [[:r 1 nil]]", "ok [[:r 1 [1]]]"});
  const Cycle cycle =
      the_cycle(history, check_list_append(history), Anomaly::G_single_item_realtime);
  EXPECT_THAT(problem_after(history, cycle,
                            [](Cycle& c) { std::swap(c.ops[0], c.ops[1]); }),
              HasSubstr("step 1"));
}

}  // namespace
}  // namespace bruit::workbench::txn
