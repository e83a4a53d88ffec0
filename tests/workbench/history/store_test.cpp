#include "bruit/workbench/history/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <thread>

#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr system_clock::time_point start{milliseconds(1795236570123)};  // 2026-11-21 04:49:30.123

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string name = (fs::temp_directory_path() / "bruit-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    folder_ = name;
  }
  ~StoreTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  fs::path root() const { return folder_ / "store"; }

  template <typename Action>
  static std::string error_of(Action action) {
    try {
      action();
      return "no error";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

 private:
  fs::path folder_;
};

TEST(StoreTimestamp, IsUtcInMilliseconds) {
  EXPECT_EQ(store_timestamp(start), "20261121T044930.123Z");
  EXPECT_EQ(store_timestamp(system_clock::time_point()), "19700101T000000.000Z");
  EXPECT_EQ(store_timestamp(start + std::chrono::microseconds(999)), "20261121T044930.123Z");
}

TEST_F(StoreTest, MakesTheFolderOfARunWithAPlaceForNodeLogs) {
  const Store store = Store::create(root(), "broadcast", start);
  EXPECT_EQ(store.folder(), root() / "broadcast" / "20261121T044930.123Z");
  EXPECT_TRUE(fs::is_directory(store.folder() / "node-logs"));
  EXPECT_EQ(store.node_log("n0"), store.folder() / "node-logs" / "n0.log");
  EXPECT_EQ(store.node_log("../x"), store.folder() / "node-logs" / ".._x.log");
}

TEST_F(StoreTest, WritesTheFilesOfARunAndNothingElse) {
  const Store store = Store::create(root(), "broadcast", start);
  History history;
  history.ops.push_back({.index = 0,
                         .time = Duration(7),
                         .type = OpType::invoke,
                         .process = {2},
                         .f = "read",
                         .value = Nil{},
                         .error = {},
                         .final = true});
  store.write_history(history);
  store.write_results(Edn::map({{"valid?", true}}));
  store.write_file("seed.txt", "42");
  EXPECT_EQ(names_in(store.folder()),
            (std::set<std::string>{"history.edn", "history.txt", "node-logs", "results.edn",
                                   "results.json", "seed.txt"}));
  EXPECT_EQ(content(store.folder() / "history.edn"),
            "{:index 0, :time 7, :type :invoke, :process 2, :f :read, :value nil, :final? true}\n");
  EXPECT_EQ(content(store.folder() / "history.txt"), "2\t:invoke\t:read\tnil\n");
  EXPECT_EQ(content(store.folder() / "results.edn"), "{:valid? true}\n");
  EXPECT_EQ(content(store.folder() / "results.json"), "{\n  \"valid\": true\n}\n");
  EXPECT_EQ(content(store.folder() / "seed.txt"), "42");
}

TEST_F(StoreTest, CurrentIsTheRunThatBeganLastAndLatestTheOneThatFinishedLast) {
  const Store first = Store::create(root(), "broadcast", start);
  EXPECT_EQ(fs::read_symlink(root() / "current"), "broadcast/20261121T044930.123Z");
  EXPECT_FALSE(fs::exists(fs::symlink_status(root() / "latest")));
  first.mark_latest();
  EXPECT_EQ(fs::read_symlink(root() / "latest"), "broadcast/20261121T044930.123Z");
  EXPECT_EQ(fs::read_symlink(root() / "broadcast" / "latest"), "20261121T044930.123Z");

  const Store second = Store::create(root(), "echo", start + milliseconds(1));
  EXPECT_EQ(fs::read_symlink(root() / "current"), "echo/20261121T044930.124Z");
  EXPECT_EQ(fs::read_symlink(root() / "latest"), "broadcast/20261121T044930.123Z");
  second.mark_latest();
  EXPECT_EQ(fs::read_symlink(root() / "latest"), "echo/20261121T044930.124Z");
  EXPECT_TRUE(fs::equivalent(root() / "latest", second.folder()));
  EXPECT_TRUE(fs::equivalent(root() / "echo" / "latest", second.folder()));
  EXPECT_TRUE(fs::equivalent(root() / "broadcast" / "latest", first.folder()));
  EXPECT_EQ(names_in(root()), (std::set<std::string>{"broadcast", "current", "echo", "latest"}));
}

TEST_F(StoreTest, KeepsRunsOfTheSameMillisecondApart) {
  constexpr std::size_t runs_each = 20;
  std::array<std::vector<fs::path>, 4> folders;
  std::vector<std::thread> threads;
  for (auto& mine : folders) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < runs_each; ++i) {
        const Store store = Store::create(root(), "broadcast", start);
        store.mark_latest();
        mine.push_back(store.folder());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<fs::path> all;
  for (const auto& mine : folders) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), folders.size() * runs_each);
  EXPECT_TRUE(all.contains(root() / "broadcast" / "20261121T044930.202Z"));
  EXPECT_EQ(names_in(root()), (std::set<std::string>{"broadcast", "current", "latest"}));
}

TEST_F(StoreTest, LeavesTheOldFileAloneWhenWritingFails) {
  const Store store = Store::create(root(), "broadcast", start);
  store.write_file("notes", "old");
  const std::string error = error_of([&] {
    store.write_file("notes", [](std::ostream& out) {
      out << "new";
      out.setstate(std::ios::badbit);
    });
  });
  EXPECT_EQ(error, "cannot write " + (store.folder() / "notes").string() +
                       ": a write failed; is the disk full?");
  EXPECT_EQ(content(store.folder() / "notes"), "old");
  EXPECT_EQ(names_in(store.folder()), (std::set<std::string>{"node-logs", "notes"}));
}

TEST_F(StoreTest, LeavesNothingBehindWhenTheWriterThrows) {
  const Store store = Store::create(root(), "broadcast", start);
  EXPECT_THROW(store.write_file("notes", [](std::ostream&) { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(names_in(store.folder()), (std::set<std::string>{"node-logs"}));
}

TEST_F(StoreTest, SaysWhatCannotBeWrittenAndWhy) {
  std::ofstream(root().string()) << "a file";
  EXPECT_EQ(error_of([&] { Store::create(root(), "broadcast", start); }),
            "cannot make the folder " + (root() / "broadcast").string() + ": Not a directory");
  EXPECT_EQ(error_of([&] { Store::create("/proc/nowhere", "broadcast", start); }),
            "cannot make the folder /proc/nowhere/broadcast: No such file or directory");
}

TEST_F(StoreTest, SaysThatAFolderStandsWhereTheLinkShouldBe) {
  fs::create_directories(root() / "current");
  EXPECT_EQ(error_of([&] { Store::create(root(), "broadcast", start); }),
            "cannot make the link " + (root() / "current").string() + ": Is a directory");
  EXPECT_EQ(names_in(root()), (std::set<std::string>{"broadcast", "current"}));
}

TEST_F(StoreTest, TakesTheNextMillisecondWhereAFileHasTheName) {
  fs::create_directories(root() / "broadcast");
  std::ofstream(root() / "broadcast" / "20261121T044930.123Z") << "a file";
  const Store store = Store::create(root(), "broadcast", start);
  EXPECT_EQ(store.folder().filename(), "20261121T044930.124Z");
}

TEST_F(StoreTest, RefusesNamesThatLeadOutOfItsFolders) {
  for (const std::string_view name : {"", ".", "..", "a/b", "../x"}) {
    EXPECT_NE(error_of([&] { Store::create(root(), name, start); }), "no error") << name;
  }
  const Store store = Store::create(root(), "broadcast", start);
  for (const std::string_view name : {"", "..", "a/b"}) {
    EXPECT_NE(error_of([&] { store.write_file(name, "x"); }), "no error") << name;
  }
}

TEST_F(StoreTest, AFileThatGrowsDuringTheRunAppearsWhenItIsCommitted) {
  const Store store = Store::create(root(), "broadcast", start);
  const auto file = store.open_file("trace.jsonl");
  file->stream() << "one\n" << std::flush;
  EXPECT_FALSE(fs::exists(store.folder() / "trace.jsonl"));
  file->stream() << "two\n";
  file->commit();
  EXPECT_EQ(content(store.folder() / "trace.jsonl"), "one\ntwo\n");
}

TEST_F(StoreTest, NothingRemainsOfAFileThatWasNotCommitted) {
  const Store store = Store::create(root(), "broadcast", start);
  store.open_file("trace.jsonl")->stream() << "half a line" << std::flush;
  EXPECT_EQ(names_in(store.folder()), std::set<std::string>{"node-logs"});
}

TEST_F(StoreTest, AWriteThatFailedDuringTheRunIsToldAtTheEnd) {
  const Store store = Store::create(root(), "broadcast", start);
  const auto file = store.open_file("trace.jsonl");
  file->stream().setstate(std::ios::badbit);
  file->stream() << "one\n";
  EXPECT_THAT(error_of([&] { file->commit(); }),
              testing::EndsWith("trace.jsonl: a write failed; is the disk full?"));
  EXPECT_FALSE(fs::exists(store.folder() / "trace.jsonl"));
}

}  // namespace
}  // namespace bruit::workbench
