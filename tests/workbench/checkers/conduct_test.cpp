// What nodes do that Maelstrom accepts: each kind, what is none, and a naive model.
#include "bruit/workbench/checkers/conduct.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "bruit/workbench/history/history_io.h"
#include "workbench/checkers/history_builder.h"
#include "workbench/golden_runs.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> names{"n0", "n1"};
// Processes 0, 2, 4, ... talk to n0, the others to n1.
constexpr Cluster cluster{.nodes = 2, .concurrency = 4};

std::vector<std::string> told(const HistoryBuilder& builder) {
  std::vector<std::string> texts;
  for (const Finding& finding : check_conduct(builder.history(), cluster).sorted()) {
    texts.push_back(describe(finding, names));
  }
  return texts;
}

// 0 and 1 are broadcast at 10 ms.
HistoryBuilder two_values() {
  HistoryBuilder builder;
  builder.at(milliseconds(10));
  for (const int value : {0, 1}) {
    builder.broadcast(OpType::invoke, 0, value).broadcast(OpType::ok, 0, value);
  }
  return builder;
}

// The same, with reads of a process that share their arrays.
History with_shared_arrays(History history) {
  std::map<std::int64_t, ElementList> last;
  for (Op& op : history.ops) {
    if (auto* list = std::get_if<ElementList>(&op.value)) {
      *list = ElementList::continuing(last[op.process.id], *list);
      last[op.process.id] = *list;
    }
  }
  return history;
}

TEST(Conduct, OfReadsThatGrowIsFine) {
  HistoryBuilder builder = two_values();
  builder.invoke_read(0).read(0, {}).invoke_read(0).read(0, {1}).invoke_read(0).read(0, {0, 1});
  EXPECT_THAT(told(builder), IsEmpty());
}

TEST(Conduct, ListingAValueTwiceIsTold) {
  HistoryBuilder builder = two_values();
  builder.at(milliseconds(20)).invoke_read(2).read(2, {0, 1, 1, 0});
  builder.at(milliseconds(30)).invoke_read(2).read(2, {0, 1, 0});
  EXPECT_THAT(told(builder), ElementsAre("n0 listed a value more than once in 2 reads; the first: "
                                         "1, in a read of process 2 at 0.020 s"));
}

TEST(Conduct, ListingWhatNobodyBroadcastIsTold) {
  HistoryBuilder builder = two_values();
  builder.at(milliseconds(20)).invoke_read(1).read(1, {0, 1, 7});
  EXPECT_THAT(told(builder), ElementsAre("n1 listed a value that nobody had broadcast in 1 read; "
                                         "the first: 7, in a read of process 1 at 0.020 s"));
}

TEST(Conduct, ListingAValueBeforeItsBroadcastBeganIsTold) {
  HistoryBuilder builder = two_values();
  builder.invoke_read(1).read(1, {2}).broadcast(OpType::invoke, 0, 2);
  ASSERT_EQ(told(builder).size(), 1U);
  EXPECT_THAT(told(builder)[0], testing::StartsWith("n1 listed a value that nobody had"));
}

TEST(Conduct, ListingAValueWhoseBroadcastFailedIsFine) {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0).broadcast(OpType::fail, 0, 0);
  builder.invoke_read(1).read(1, {0});
  EXPECT_THAT(told(builder), IsEmpty());
}

TEST(Conduct, AValueThatVanishesFromANodeIsToldOnceUntilItIsListedAgain) {
  HistoryBuilder builder = two_values();
  builder.at(milliseconds(20)).invoke_read(0).read(0, {0, 1});
  for (int i = 0; i < 3; ++i) builder.at(milliseconds(30)).invoke_read(2).read(2, {1});
  EXPECT_THAT(told(builder),
              ElementsAre("n0 no longer listed 1 value that it had listed before; the first: 0, "
                          "listed at 0.020 s and missing at 0.030 s"));
  builder.invoke_read(2).read(2, {0, 1}).invoke_read(2).read(2, {});
  EXPECT_THAT(told(builder), ElementsAre(testing::StartsWith("n0 no longer listed 3 values ")));
}

TEST(Conduct, ANodeThatWasKilledMayForget) {
  HistoryBuilder builder = two_values();
  builder.at(milliseconds(20));
  for (const int process : {0, 1}) builder.invoke_read(process).read(process, {0, 1});
  builder.at(milliseconds(40));
  for (const int process : {0, 1}) builder.invoke_read(process).read(process, {0});
  const std::vector<NodeKilled> kills{{milliseconds(30), 1}};
  const auto found = check_conduct(builder.history(), cluster, kills).sorted();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].node, 0U) << "n1 was killed in between";
}

TEST(Conduct, AnotherNodeNeedNotListWhatOneHasListed) {
  HistoryBuilder builder = two_values();
  builder.invoke_read(0).read(0, {0, 1}).invoke_read(1).read(1, {});
  EXPECT_THAT(told(builder), IsEmpty());
}

TEST(Conduct, AReadThatBeganBeforeAnotherEndedNeedNotListWhatThatDid) {
  HistoryBuilder builder = two_values();
  builder.invoke_read(0).invoke_read(2).read(0, {0, 1}).read(2, {0});
  EXPECT_THAT(told(builder), IsEmpty());
}

TEST(Conduct, AProcessThatWasRetiredStillTalksToItsNode) {
  HistoryBuilder builder = two_values();
  builder.invoke_read(1).read(1, {0}).invoke_read(5).read(5, {});
  EXPECT_THAT(told(builder), ElementsAre(testing::StartsWith("n1 no longer listed 1 value")));
}

TEST(Conduct, OfReadsThatShareTheirArraysIsTheSame) {
  HistoryBuilder builder = two_values();
  for (const std::vector<int>& values :
       {std::vector{0}, {0, 1}, {0, 1, 1}, {0, 1, 1, 7}, {0}, {0, 1}, {0, 1}, {0, 1, 0}}) {
    builder.invoke_read(0).read(0, values);
  }
  const auto plain = check_conduct(builder.history(), cluster).sorted();
  ASSERT_EQ(plain.size(), 3U);  // a duplicate, a phantom, and values that vanish
  EXPECT_EQ(plain[0].count, 3U);
  EXPECT_EQ(plain[1].count, 1U);
  EXPECT_EQ(plain[2].count, 2U);
  EXPECT_EQ(check_conduct(with_shared_arrays(builder.history()), cluster).sorted(), plain);
}

TEST(Conduct, ATimeoutAndAnErrorAreRemarksOnly) {
  HistoryBuilder builder = two_values();
  builder.at(milliseconds(1000)).invoke_read(1);
  builder.at(milliseconds(6000)).append(OpType::fail, {1}, "read", Nil{});
  History history = builder.history();
  history.ops.back().error = Edn::keyword("net-timeout");
  const auto timeout = check_conduct(history, cluster).sorted();
  ASSERT_EQ(timeout.size(), 1U);
  EXPECT_FALSE(is_breach(timeout[0].conduct));
  EXPECT_EQ(describe(timeout[0], names),
            "n1 left 1 request without an answer; the first: `read` at 1.000 s; 5 s later its "
            "client gave up");
  history.ops.back().error = parse_edn("[:not-supported \"what?\"]");
  const auto error = check_conduct(history, cluster).sorted();
  ASSERT_EQ(error.size(), 1U);
  EXPECT_FALSE(is_breach(error[0].conduct));
  EXPECT_EQ(describe(error[0], names),
            "n1 answered 1 request with an error; the first: `read`: [:not-supported \"what?\"]");
  // What a node may well say.
  history.ops.back().error = parse_edn("[:temporarily-unavailable \"later\"]");
  EXPECT_THAT(check_conduct(history, cluster).sorted(), IsEmpty());
}

TEST(Conduct, OnlyBreachesFailAndOnlyWithStrict) {
  const Finding breach{.conduct = Conduct::phantom, .node = 1, .count = 2, .example = "7"};
  const Finding remark{.conduct = Conduct::no_answer, .node = 0, .count = 1, .example = "late"};
  EXPECT_EQ(to_string(to_edn(std::vector{breach}, names, false)),
            R"({:count 1, :list ({:kind :phantom, :node "n1", :count 2, :breach? true, )"
            R"(:what "n1 listed a value that nobody had broadcast in 2 reads; the first: 7"})})");
  EXPECT_EQ(*to_edn(std::vector{breach, remark}, names, true).at("valid?"), Edn(false));
  EXPECT_EQ(*to_edn(std::vector{remark}, names, true).at("valid?"), Edn(true));
}

TEST(Conduct, OfMaelstromsRecordedRunsIsWithoutBreach) {
  for (const auto run : golden::runs) {
    SCOPED_TRACE(run);
    std::istringstream in(golden::read(run, "history.edn"));
    const History history = read_history_edn(in, "history.edn");
    const bool large = run.starts_with("3d") || run.starts_with("3e");
    const std::uint32_t nodes = run == "3a" ? 1 : large ? 25 : 5;
    for (const Finding& finding :
         check_conduct(history, {.nodes = nodes, .concurrency = nodes}).sorted()) {
      const bool loses = run == "3b-partition-lost" && finding.conduct == Conduct::last_read_lacks;
      EXPECT_EQ(is_breach(finding.conduct), loses) << finding.example;
    }
  }
}

TEST(Conduct, LastReadsThatDifferAreTold) {
  History history;
  const auto read = [&](std::int64_t process, std::vector<std::string> values, bool final) {
    Op op;
    op.index = history.ops.size();
    op.type = OpType::invoke;
    op.process = {process};
    op.f = "read";
    op.final = final;
    history.ops.push_back(op);
    ElementList list;
    for (const auto& value : values) list.push_back(history.elements.intern(value));
    op.index = history.ops.size();
    op.type = OpType::ok;
    op.value = list;
    history.ops.push_back(op);
  };
  read(0, {}, false);
  read(0, {"1", "2", "3"}, true);
  read(1, {"1"}, true);
  read(2, {"3", "2", "1"}, true);
  std::vector<Finding> lacks;
  for (const Finding& finding : check_conduct(history, {.nodes = 3, .concurrency = 3}).sorted()) {
    if (finding.conduct == Conduct::last_read_lacks) lacks.push_back(finding);
  }
  ASSERT_EQ(lacks.size(), 1U);
  EXPECT_EQ(describe(lacks.front(), std::vector<std::string>{"n0", "n1", "n2"}),
            "n1 did not list in its last read 2 values that another node listed in its own; the "
            "first: 2");
}

// What one of four clients does next; a read lists the values whose bits are set.
struct Step {
  std::uint8_t process = 0;
  std::uint8_t values = 0;
};

// How many times values vanished, by node: every pair of reads is looked at.
std::map<std::uint32_t, std::uint64_t> vanished_by_definition(const History& history) {
  struct Read {
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::set<ElementId> listed;
  };
  std::map<std::uint32_t, std::vector<Read>> reads;
  std::map<std::int64_t, std::size_t> begun;
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (op.type == OpType::invoke) begun[op.process.id] = i;
    if (op.type != OpType::ok || op.f != "read") continue;
    const auto& list = std::get<ElementList>(op.value);
    reads[cluster.node_of(op.process)].push_back(
        {begun[op.process.id], i, {list.begin(), list.end()}});
  }
  std::map<std::uint32_t, std::uint64_t> vanished;
  for (const auto& [node, all] : reads) {
    for (ElementId element = 0; element < history.elements.size(); ++element) {
      // The first read since the value last vanished that listed it.
      std::optional<std::size_t> listed;
      for (const Read& read : all) {
        if (read.listed.contains(element)) {
          if (!listed) listed = read.ended;
        } else if (listed && *listed < read.begun) {
          ++vanished[node];
          listed.reset();
        }
      }
    }
  }
  return vanished;
}

RC_GTEST_PROP(ConductModel, VanishedValuesAreThoseOfTheDefinition, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::process, rc::gen::inRange<std::uint8_t>(0, 4)),
                           rc::gen::set(&Step::values)));
  HistoryBuilder builder;
  for (int value = 0; value < 8; ++value) {
    builder.broadcast(OpType::invoke, 0, value).broadcast(OpType::ok, 0, value);
  }
  std::set<std::uint8_t> reading;
  for (const Step& step : steps) {
    if (reading.insert(step.process).second) {
      builder.invoke_read(step.process);
      continue;
    }
    reading.erase(step.process);
    std::vector<int> values;
    for (unsigned value = 0; value < 8; ++value) {
      if (((step.values >> value) & 1U) != 0) values.push_back(static_cast<int>(value));
    }
    builder.read(step.process, values);
  }
  RC_ASSERT(check_conduct(with_shared_arrays(builder.history()), cluster).sorted() ==
            check_conduct(builder.history(), cluster).sorted());
  std::map<std::uint32_t, std::uint64_t> found;
  for (const Finding& finding : check_conduct(builder.history(), cluster).sorted()) {
    RC_ASSERT(finding.conduct == Conduct::vanished);
    found[finding.node] = finding.count;
  }
  RC_ASSERT(found == vanished_by_definition(builder.history()));
}

}  // namespace
}  // namespace bruit::workbench
