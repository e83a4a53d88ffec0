// Histories of transactions from EDN: every form in which they are printed, and errors with line
// and column.
#include "bruit/workbench/history/txn_history_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace bruit::workbench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using txn::TxnHistory;
using txn::Values;

TxnHistory read(const std::string& text, Values values = Values::lists) {
  std::istringstream in(text);
  return read_txn_history(in, "history.edn", values);
}

std::string error_of(const std::string& text, Values values = Values::lists) {
  try {
    read(text, values);
    return "no error";
  } catch (const HistoryError& error) {
    return error.what();
  }
}

const std::string two_ops =
    "{:index 0, :time 10, :type :invoke, :process 3, :f :txn, :value [[:r 9 nil] [:append 8 1]]}\n"
    "{:index 1, :time 20, :type :ok, :process 3, :f :txn, :value [[:r 9 [1 2]] [:append 8 1]]}\n";

TEST(TxnHistoryReader, ReadsWhatMaelstromWrites) {
  const TxnHistory history = read(two_ops);
  ASSERT_EQ(history.ops().size(), 2U);
  EXPECT_EQ(history.ops()[0].partner, 1U);
  EXPECT_EQ(history.ops()[1].partner, 0U);
  EXPECT_EQ(history.ops()[1].time_ns, 20);
  EXPECT_EQ(history.ops()[1].process, 3);
  const auto mops = history.mops(1);
  ASSERT_EQ(mops.size(), 2U);
  EXPECT_EQ(history.list(mops[0].value).size(), 2U);
  EXPECT_EQ(mops[1].kind, txn::MicroOp::Kind::write);
  EXPECT_EQ("" + history.text(0) + "\n" + history.text(1) + "\n", two_ops);
}

TEST(TxnHistoryReader, TakesEveryFormThatJepsenHas) {
  const std::string plain = read(two_ops).text(1);
  const std::string first = two_ops.substr(0, two_ops.find('\n'));
  const std::string second = two_ops.substr(two_ops.find('\n') + 1);
  for (const std::string& text : std::initializer_list<std::string>{
           "[" + two_ops + "]", "(" + first + " " + second + ")",
           "#jepsen.history.Op" + first + " #jepsen.history.Op" + second,
           "; a comment\n" + first + "\n#_ {:nothing 1} " + second,
           // Keys in another order, with what no checker needs.
           "{:process 3 :value [[:r 9 nil] [:append 8 1]] :type :invoke :f :txn :time 10 :index 0}"
           "{:value ([:r 9 [1 2]] [:append 8 1]) :error nil, :process 3, :f :txn, :time 20, :index "
           "1, "
           ":type :ok}",
           "{:index 0, :time 5, :type :info, :process :nemesis, :f :start, :value nil}\n" +
               std::string(
                   "{:index 1, :time 10, :type :invoke, :process 3, :f :txn, :value nil}\n") +
               "{:index 2, :time 20, :type :ok, :process 3, :f :txn, :value [[:r 9 [1 2]] [:append "
               "8 "
               "1]]}"}) {
    const TxnHistory history = read(text);
    ASSERT_EQ(history.ops().size(), 2U) << text;
    EXPECT_EQ(history.mops(1).size(), 2U) << text;
    EXPECT_EQ(history.ops()[1].partner, 0U) << text;
  }
}

TEST(TxnHistoryReader, IndexAndTimeMayBeMissing) {
  const TxnHistory history =
      read("{:type :invoke :process 0 :value []} {:type :ok :process 0 :value []}");
  ASSERT_EQ(history.ops().size(), 2U);
  EXPECT_EQ(history.ops()[1].index, 1U);
}

TEST(TxnHistoryReader, NothingIsAHistoryToo) {
  EXPECT_TRUE(read("").ops().empty());
  EXPECT_TRUE(read(" \n ; nothing\n").ops().empty());
  EXPECT_TRUE(read("[]").ops().empty());
}

TEST(TxnHistoryReader, KeepsWhatElseAnOperationHas) {
  const std::string op =
      "{:index 4, :time 1, :type :info, :process 0, :f :txn, :value [[:w 1 2]], :error "
      ":net-timeout}";
  EXPECT_EQ(read(op, Values::registers).text(0), op);
}

TEST(TxnHistoryReader, ErrorsSayWhereAndWhatWasExpected) {
  struct Case {
    const char* text;
    const char* error;
  };
  for (const auto& [text, error] : std::initializer_list<Case>{
           {"{:index 0", "history.edn:1: column 1: expected '}' that closes the operation here"},
           {"{:index x}", "history.edn:1: column 9: expected :index to be a position"},
           {"{:type :done}", "history.edn:1: column 8: expected :type to be :invoke, :ok"},
           {"\n\n  17", "history.edn:3: column 3: expected an operation"},
           {"{:type :ok :process 0 :value 5}", "column 30: expected a transaction"},
           {"{:type :ok :process 0 :value [5]}", "column 31: expected a micro-operation"},
           {"{:type :ok :process 0 :value [[:r 5]]}", "column 36: expected what was read of a list"},
           {"{:type :ok :process 0 :value [[:r 5 6]]}",
            "column 37: expected what was read of a list"},
           {"{:type :ok :process 0 :value [[:append 5 6 7]]}", "column 44: expected the end"},
           {"{:type :ok :process 0}", "column 1: expected :value to be there"},
           {"{:type :ok :value []}", "column 1: expected :process"},
           {"{:process 0 :value []}", "column 1: expected :type"},
           {"{:type :ok :process 0 :value [] :error \"x}", "column 40: expected '\"' that closes"},
           {"{:type :ok :process 0 :value [[:append 1 {:a}]]}", "column 42: "},
           {"[{:type :ok :process 0 :value []}", "expected the bracket that closes the history"},
           {"{:type :ok :process 0 :f 5 :value []}", "column 26: expected :f to be a keyword"},
           {"{:type :ok :process 0 :\x81 5 :value []}", "column 24: byte 0x81 is not UTF-8"},
           {"[] 5", "column 4: expected the end of the file after the history, found '5'"},
           {"{:type :ok :process 99999999999 :value []}", "expected a process below 2147483648"},
           {"{:index 5 :type :ok :process 0 :value []}\n{:index 5 :type :ok :process 0 :value []}",
            "history.edn:2: column 1: expected :index to be above 5"},
           {"{:type :invoke :process 0 :value []}\n {:type :invoke :process 0 :value []}",
            "history.edn:2: column 2: process 0 invokes a transaction, but its operation at index "
            "0"},
       }) {
    EXPECT_THAT(error_of(text), HasSubstr(error)) << text;
    EXPECT_THAT(error_of(text), StartsWith("history.edn:")) << text;
  }
}

TEST(TxnHistoryReader, ReadsTheSameWhereverThePiecesEnd) {
  // An operation that is longer than a piece, between others.
  std::string text;
  std::string expected;
  const auto add = [&](std::size_t index, std::size_t elements) {
    text += "{:index " + std::to_string(index) +
            ", :time 1, :type :ok, :process 0, :f :txn, :value [[:r 1 [";
    for (std::size_t i = 0; i < elements; ++i) text += (i == 0 ? "" : " ") + std::to_string(i);
    text += "]] [:append \"a \\\" } key\" 2]], :error [:x #{1}]}\n";
  };
  add(0, 3);
  add(1, 400'000);
  for (std::size_t i = 2; i < 20'000; ++i) add(i, i % 40);
  const TxnHistory history = read(text);
  std::string again;
  for (txn::OpPlace place = 0; place < history.ops().size(); ++place) {
    again += history.text(place) + "\n";
  }
  EXPECT_TRUE(again == text);
}

TEST(TxnHistoryReader, ADamagedPlaceFarBehindHasItsLineAndColumn) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += "{:index " + std::to_string(i) + ", :type :ok, :process 0, :value [[:r 1 [1 2 3]]]}\n";
  }
  const std::size_t line = 43'210;
  std::size_t at = 0;
  for (std::size_t i = 1; i < line; ++i) at = text.find('\n', at) + 1;
  text[text.find("[1 2", at) + 1] = '}';
  EXPECT_THAT(error_of(text), StartsWith("history.edn:43210: column 54: expected a value"));
}

TEST(TxnHistoryReader, AnyPieceOfAHistoryIsReadOrHasAnError) {
  for (std::size_t size = 0; size < two_ops.size(); ++size) {
    try {
      EXPECT_LE(read(two_ops.substr(0, size)).ops().size(), 2U);
    } catch (const HistoryError& error) {
      EXPECT_THAT(error.what(), HasSubstr("column")) << size;
    }
  }
}

class CompressedHistory : public testing::Test {
 protected:
  CompressedHistory()
      : path_(testing::TempDir() + "/compressed-history-" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".edn.gz") {
    const gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, two_ops.data(), static_cast<unsigned>(two_ops.size()));
    gzclose(file);
    std::ifstream in(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  ~CompressedHistory() override { std::filesystem::remove(path_); }

  std::string error_with(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      read_txn_history_file(path_, Values::lists);
      return "no error";
    } catch (const HistoryError& error) {
      return error.what();
    }
  }

  std::string path_;
  std::string bytes_;
};

TEST_F(CompressedHistory, IsReadLikeOneThatIsNot) {
  EXPECT_EQ(read_txn_history_file(path_, Values::lists).ops().size(), 2U);
}

TEST_F(CompressedHistory, ThatEndsTooEarlyIsAnError) {
  EXPECT_THAT(error_with(bytes_.substr(0, bytes_.size() / 2)), HasSubstr(path_));
  EXPECT_THAT(error_with(bytes_.substr(0, bytes_.size() - 3)), HasSubstr(path_));
}

TEST_F(CompressedHistory, WithAByteThatChangedIsAnError) {
  std::string damaged = bytes_;
  damaged[damaged.size() / 2] ^= 0x55;
  EXPECT_THAT(error_with(damaged), HasSubstr(path_));
}

TEST(TxnHistoryReader, AFileThatIsNotThereIsAnError) {
  try {
    read_txn_history_file("/nowhere/history.edn", Values::lists);
    FAIL();
  } catch (const HistoryError& error) {
    EXPECT_THAT(error.what(), StartsWith("/nowhere/history.edn: "));
  }
}

}  // namespace
}  // namespace bruit::workbench
