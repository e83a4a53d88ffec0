#include "bruit/workbench/history/history_io.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "workbench/golden_runs.h"

namespace bruit::workbench {
namespace {

History read(const std::string& text) {
  std::istringstream in(text);
  return read_history_edn(in, "history.edn");
}

std::string write(const History& history) {
  std::ostringstream out;
  write_history_edn(out, history);
  return out.str();
}

std::string error_of(const std::string& text) {
  try {
    read(text);
    return "no error";
  } catch (const HistoryError& error) {
    return error.what();
  }
}

constexpr std::string_view invoked_read =
    "{:index 0, :time 5, :type :invoke, :process 3, :f :read, :value nil}\n";

TEST(HistoryWriter, WritesOneOperationALineInJepsensForm) {
  History history;
  const ElementId zero = history.elements.intern("0");
  const ElementId text = history.elements.intern("\"a\"");
  history.ops = {
      {.index = 0,
       .time = Duration(51572540),
       .type = OpType::invoke,
       .process = {0},
       .f = "broadcast",
       .value = zero,
       .error = {},
       .final = false},
      {.index = 1,
       .time = Duration(60479190),
       .type = OpType::info,
       .process = Process::nemesis(),
       .f = "start-partition",
       .value = Edn::keyword("minority-third"),
       .error = {},
       .final = false},
      {.index = 2,
       .time = Duration(60479191),
       .type = OpType::info,
       .process = {0},
       .f = "broadcast",
       .value = zero,
       .error = Edn::keyword("net-timeout"),
       .final = false},
      {.index = 3,
       .time = Duration(60479192),
       .type = OpType::invoke,
       .process = {1},
       .f = "read",
       .value = Nil{},
       .error = {},
       .final = true},
      {.index = 4,
       .time = Duration(60479193),
       .type = OpType::ok,
       .process = {1},
       .f = "read",
       .value = ElementList{text, zero},
       .error = {},
       .final = true},
  };
  EXPECT_EQ(
      write(history),
      "{:index 0, :time 51572540, :type :invoke, :process 0, :f :broadcast, :value 0}\n"
      "{:index 1, :time 60479190, :type :info, :process :nemesis, :f :start-partition, :value "
      ":minority-third}\n"
      "{:index 2, :time 60479191, :type :info, :process 0, :f :broadcast, :value 0, :error "
      ":net-timeout}\n"
      "{:index 3, :time 60479192, :type :invoke, :process 1, :f :read, :value nil, :final? true}\n"
      "{:index 4, :time 60479193, :type :ok, :process 1, :f :read, :value [\"a\" 0], :final? "
      "true}\n");
  std::ostringstream txt;
  write_history_txt(txt, history);
  EXPECT_EQ(txt.str(),
            "0\t:invoke\t:broadcast\t0\n"
            ":nemesis\t:info\t:start-partition\t:minority-third\n"
            "0\t:info\t:broadcast\t0\t:net-timeout\n"
            "1\t:invoke\t:read\tnil\n"
            "1\t:ok\t:read\t[\"a\" 0]\n");
  EXPECT_EQ(read(write(history)).ops, history.ops);
  for (const Op& op : history.ops) {
    EXPECT_EQ(write({.ops = {op}, .elements = history.elements}),
              to_string(to_edn(op, history.elements)) + "\n");
  }
}

TEST(HistoryReader, TakesAListAVectorOrASetAsWhatAReadReturned) {
  for (const std::string list : {"[2 1]", "(2 1)", "#{2 1}"}) {
    const History history =
        read(std::string(invoked_read) + "{:index 1 :time 6 :type :ok :process 3 :f :read :value " +
             list + "}");
    EXPECT_EQ(history.ops[1].value, OpValue(ElementList{0, 1}));
    EXPECT_EQ(history.elements.text(0), "2");
  }
}

TEST(HistoryReader, KeepsOtherValuesAsTheyAre) {
  const History history = read(
      "{:index 0 :time 5 :type :invoke :process 3 :f :cas :value [1 2]}\n\n"
      "{:index 9 :time 6 :type :info :process :nemesis :f :kill :value {:n  1}}\r\n");
  EXPECT_EQ(history.ops[0].value, OpValue(EdnVector{{1, 2}}));
  EXPECT_EQ(history.ops[1].value, OpValue(Edn::map({{"n", 1}})));
}

TEST(HistoryReader, PassesOverKeysThatNoCheckerUses) {
  const History history =
      read("{:index 0 :time 5 :type :invoke :process 3 :f :read :value nil :node \"n1\"}");
  EXPECT_EQ(write(history), invoked_read);
}

TEST(HistoryReader, TakesEveryBroadcastValueAsAnElement) {
  const History history = read(
      "{:index 0 :time 5 :type :invoke :process 0 :f :broadcast :value nil}\n"
      "{:index 1 :time 5 :type :invoke :process 1 :f :broadcast :value {\"a\" [1]}}\n");
  EXPECT_EQ(history.elements.text(std::get<ElementId>(history.ops[0].value)), "nil");
  EXPECT_EQ(history.elements.text(std::get<ElementId>(history.ops[1].value)), "{\"a\" [1]}");
}

TEST(HistoryReader, SaysWhichLineIsWrongAndWhatWasExpected) {
  const auto second_line = [](std::string_view line) {
    return error_of(std::string(invoked_read) + std::string(line));
  };
  EXPECT_EQ(
      second_line("{:index 1 :time"),
      "history.edn:2: column 1: expected '}' that closes the '{' here, found the end of the text");
  EXPECT_EQ(second_line("[1]"), "history.edn:2: expected a map {:index .. :time .. :type .. ..}");
  EXPECT_EQ(second_line("{}"),
            "history.edn:2: expected :index to be a position, at least 0, found nothing");
  EXPECT_EQ(second_line("{:index 0}"),
            "history.edn:2: expected :index to be above 0, that of the operation before, found 0");
  EXPECT_EQ(second_line("{:index 1 :time -1}"),
            "history.edn:2: expected :time to be nanoseconds, at least 0, found -1");
  EXPECT_EQ(second_line("{:index 1 :time 1.5}"),
            "history.edn:2: expected :time to be nanoseconds, at least 0, found 1.5");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :oops}"),
            "history.edn:2: expected :type to be :invoke, :ok, :fail or :info, found :oops");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :ok :process -3}"),
            "history.edn:2: expected :process to be a number, at least 0, or :nemesis, found -3");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :ok :process 3 :f \"read\"}"),
            "history.edn:2: expected :f to be a keyword such as :read, found \"read\"");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :ok :process 3 :f :read}"),
            "history.edn:2: expected :value to be there (nil for none), found nothing");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :ok :process 3 :f :read :value nil :final? 1}"),
            "history.edn:2: expected :final? to be true or false, found 1");
}

TEST(HistoryReader, RefusesCompletionsAndInvocationsThatDoNotPair) {
  const auto second_line = [](std::string_view line) {
    return error_of(std::string(invoked_read) + std::string(line));
  };
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :ok :process 2 :f :read :value []}"),
            "history.edn:2: process 2 completes a :read that it did not invoke");
  EXPECT_EQ(
      second_line("{:index 1 :time 6 :type :ok :process 3 :f :broadcast :value 1}"),
      "history.edn:2: process 3 completes a :broadcast, but what it invoked at index 0 is a :read");
  EXPECT_EQ(second_line("{:index 1 :time 6 :type :invoke :process 3 :f :read :value nil}"),
            "history.edn:2: process 3 invokes :read, but its :read at index 0 has not completed");
}

TEST(HistoryReader, SaysThatAFileCannotBeOpened) {
  try {
    read_history_file("/nowhere/history.edn");
    FAIL() << "no error";
  } catch (const HistoryError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/history.edn: cannot open: No such file or directory");
  }
}

TEST(HistoryReader, SaysThatAFolderIsNotAHistory) {
  EXPECT_THROW(read_history_file(std::filesystem::temp_directory_path()), HistoryError);
}

class GoldenHistory : public testing::TestWithParam<std::string_view> {};

TEST_P(GoldenHistory, IsWrittenBackByteForByte) {
  const std::string text = golden::read(GetParam(), "history.edn");
  EXPECT_TRUE(write(read(text)) == text);
}

INSTANTIATE_TEST_SUITE_P(HistoryReader, GoldenHistory, testing::ValuesIn(golden::runs),
                         [](const auto& run) { return golden::test_name(run.param); });

}  // namespace
}  // namespace bruit::workbench
