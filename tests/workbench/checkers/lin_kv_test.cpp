#include "bruit/workbench/checkers/lin_kv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

using testing::HasSubstr;

struct LinKvChecker : testing::Test {
  void op(OpType type, std::int64_t by, const std::string& f, const std::string& value) {
    builder.append(type, {by}, f, parse_edn(value));
  }
  void done(const std::string& f, const std::string& asked, const std::string& got,
            OpType outcome = OpType::ok) {
    op(OpType::invoke, process, f, asked);
    op(outcome, process, f, got);
    if (outcome == OpType::info) ++process;
  }
  Validity verdict() const { return check_lin_kv(builder.history()).validity(); }
  std::string checked() const {
    return to_string(to_edn(check_lin_kv(builder.history()), builder.history()));
  }

  HistoryBuilder builder;
  std::int64_t process = 0;
};

TEST_F(LinKvChecker, AnEmptyHistoryIsValid) {
  EXPECT_EQ(checked(), "{:valid? true, :results {}, :failures []}");
}

TEST_F(LinKvChecker, KeysAreCheckedEachByItself) {
  done("write", "[0 1]", "[0 1]");
  done("read", "[1 nil]", "[1 nil]", OpType::fail);  // key 1 does not exist yet
  done("write", "[1 2]", "[1 2]");
  done("read", "[0 nil]", "[0 1]");
  done("cas", "[1 [2 3]]", "[1 [2 3]]");
  done("read", "[1 nil]", "[1 3]");
  EXPECT_EQ(checked(),
            "{:valid? true, :results {0 {:linearizable {:valid? true, :analyzer :just-in-time, "
            ":op-count 2, :configs-most 2}, :timeline {:valid? true}, :valid? true}, "
            "1 {:linearizable {:valid? true, :analyzer :just-in-time, :op-count 3, "
            ":configs-most 2}, :timeline {:valid? true}, :valid? true}}, :failures []}");
}

TEST_F(LinKvChecker, AStaleReadIsExplained) {
  done("write", "[0 1]", "[0 1]");
  done("write", "[7 4]", "[7 4]");
  done("write", "[7 2]", "[7 2]");
  done("read", "[7 nil]", "[7 4]");
  const std::string told = checked();
  EXPECT_THAT(told, HasSubstr("{:valid? false, :results {0 "));
  EXPECT_THAT(told, HasSubstr(":failures [7]}"));
  EXPECT_THAT(told, HasSubstr("\"key 7: a read returned 4, but the register can only have held 2 "
                              "while it was open\""));
  EXPECT_THAT(told, HasSubstr(":op {:index 7"));
  EXPECT_THAT(told, HasSubstr(":previous-ok {:index 5"));
  EXPECT_THAT(told, HasSubstr(":possible-values [2]"));
  EXPECT_THAT(told, HasSubstr(":configs [{:model {:value 2}, :last-ops [{:index 3"));
}

TEST_F(LinKvChecker, WhatFailedDidNotHappenAndWhatIsUnknownMayHave) {
  done("write", "[0 1]", "[0 1]");
  done("write", "[0 2]", "[0 2]", OpType::info);
  done("read", "[0 nil]", "[0 2]");
  EXPECT_EQ(verdict(), Validity::valid);
  done("write", "[0 3]", "[0 3]", OpType::fail);
  done("read", "[0 nil]", "[0 3]");
  EXPECT_EQ(verdict(), Validity::invalid);
}

TEST_F(LinKvChecker, AnOperationThatIsStillOpenAtTheEndMayHaveHappened) {
  done("write", "[0 1]", "[0 1]");
  op(OpType::invoke, 9, "write", "[0 2]");
  done("read", "[0 nil]", "[0 2]");
  EXPECT_EQ(verdict(), Validity::valid);
}

TEST_F(LinKvChecker, AReadOfNilFitsAnyStateAsInKnossos) {
  done("write", "[0 1]", "[0 1]");
  done("read", "[0 nil]", "[0 nil]");
  EXPECT_EQ(verdict(), Validity::valid);
}

TEST_F(LinKvChecker, ThrowsForAValueWithoutAKey) {
  done("write", "3", "3");
  EXPECT_THROW(check_lin_kv(builder.history()), std::invalid_argument);
}

}  // namespace
}  // namespace bruit::workbench
