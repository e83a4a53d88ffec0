#include "bruit/workbench/checkers/echo.h"

#include <gtest/gtest.h>

#include <string>

#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

Edn asked(int number) { return "Please echo " + std::to_string(number); }
Edn answered(int number) {
  return Edn::map({{"type", "echo_ok"}, {"in_reply_to", 1}, {"echo", asked(number)}});
}

struct EchoChecker : testing::Test {
  void op(OpType type, std::int64_t process, Edn value) {
    builder.append(type, {process}, "echo", std::move(value));
  }
  std::string checked() const { return to_string(to_edn(check_echo(builder.history()))); }

  HistoryBuilder builder;
};

TEST_F(EchoChecker, AnEmptyHistoryIsValid) { EXPECT_EQ(checked(), "{:valid? true, :errors ()}"); }

TEST_F(EchoChecker, EachAnswerIsComparedWithTheRequestOfItsProcess) {
  op(OpType::invoke, 0, asked(1));
  op(OpType::invoke, 1, asked(2));
  op(OpType::ok, 1, answered(2));
  op(OpType::ok, 0, answered(1));
  EXPECT_EQ(checked(), "{:valid? true, :errors ()}");
}

TEST_F(EchoChecker, AnAnswerWithSomethingElseIsAnError) {
  op(OpType::invoke, 0, asked(1));
  op(OpType::ok, 0, answered(2));
  EXPECT_EQ(checked(),
            "{:valid? false, :errors ([\"Expected a message with :echo\" \"Please echo 1\" "
            "\"But received\" {:type \"echo_ok\", :in_reply_to 1, :echo \"Please echo 2\"}])}");
}

TEST_F(EchoChecker, AnOperationThatFailedOrNeverCompletedIsAnErrorAsInTheOriginal) {
  op(OpType::invoke, 0, asked(1));
  op(OpType::info, 0, asked(1));
  op(OpType::invoke, 5, asked(2));
  const EchoResult result = check_echo(builder.history());
  EXPECT_EQ(result.validity(), Validity::invalid);
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.errors[0].received, Edn("Please echo 1"));
  EXPECT_EQ(result.errors[1].received, Edn());
}

}  // namespace
}  // namespace bruit::workbench
