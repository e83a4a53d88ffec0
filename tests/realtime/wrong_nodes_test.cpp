// Nodes that break one promise each (tests/wrong_nodes): each is found, and said so in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

struct Case {
  std::string program;
  std::string workload;
  std::string nodes;
  std::string flags;
  std::string said;  // on stderr, or in the results
  int code = 1;
};

const Case cases[] = {
    {"wrong-echo", "echo", "1", "", ":errors"},
    {"same-ids", "unique-ids", "3", "", ":duplicated-count"},
    {"lost-add", "g-counter", "1", "", ":errors"},
    {"lost-write", "kafka", "1", "",
     "a message was acknowledged, and nobody ever saw it, though somebody saw what came after it"},
    {"lost-tail", "kafka", "1", "",
     "a message was acknowledged, and nobody had seen it when all clients had polled to the end"},
    {"skipped-poll", "kafka", "1", "",
     "from one poll to the next a client was not shown what came between"},
    {"rewound-poll", "kafka", "1", "", "a client was shown again what it had already polled"},
    {"reordered-offsets", "kafka", "1", "",
     "what a client sent first came to stand behind what it sent later"},
    {"doubled-send", "kafka", "1", "", "a message stands in the log more than once"},
    {"separate-logs", "kafka", "2", "",
     "two messages were seen at the same offset of the same key"},
    {"lost-update", "txn-list-append", "1", "", "one of the two has lost something"},
    {"lost-update", "txn-rw-register", "1", "--key-count 2 --max-txn-length 8", "lost-update, found"},
    {"write-skew", "txn-list-append", "1", "--consistency-models serializable", "G2-item, found"},
    {"write-skew", "txn-list-append", "1", "--consistency-models snapshot-isolation", "", 0},
    {"stale-read", "txn-list-append", "1", "", "G-single-item-realtime, found"},
    {"stale-read", "txn-list-append", "1", "--consistency-models serializable", "", 0},
    {"aborted-read", "txn-rw-register", "1", "--consistency-models read-committed", "G1a, found"},
    {"aborted-read", "txn-rw-register", "1", "--consistency-models read-uncommitted", "", 0},
    {"lost-append", "txn-list-append", "1", "", "-realtime, found"},
    {"unavailable", "txn-rw-register", "1",
     "--consistency-models read-uncommitted --availability total", ":availability"},
    // What Maelstrom does not see: warnings, and failures with --strict.
    {"huge-commits", "kafka", "1", "", "that nobody had committed; the first: ", 0},
    {"huge-commits", "kafka", "1", "--strict", "that nobody had committed; the first: "},
    {"forgotten-commits", "kafka", "1", "--strict", "n0 forgot "},
    {"rewound-poll", "kafka", "1", "--strict", "below the offset that was asked for; the first: "},
    {"short-answer", "txn-rw-register", "1", "--strict", "with other operations than asked"},
    {"invented-value", "txn-rw-register", "1", "", "that nobody had written; the first: 1000000", 0},
    {"invented-value", "txn-rw-register", "1", "--strict", "that nobody had written; the first: "},
};

// All at once: most of a test is its recovery period of ten seconds.
TEST(WrongNodes, AreFoundAndTheReasonIsSaid) {
  std::vector<std::unique_ptr<BruitCommand>> commands;
  for (const Case& wrong : cases) {
    const std::string bin = std::string(BRUIT_TEST_DATA) + "/wrong_nodes/" + wrong.program;
    std::vector<std::string> words{"-w",           wrong.workload, "--bin",  bin,
                                   "--node-count", wrong.nodes,    "--rate", "100",
                                   "--time-limit", "4",            "--concurrency",
                                   "4n",           "-v",           "--no-report"};
    std::istringstream flags(wrong.flags);
    for (std::string flag; flags >> flag;) words.push_back(flag);
    commands.push_back(std::make_unique<BruitCommand>("test", words));
  }
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const Case& wrong = cases[i];
    const Finished finished = commands[i]->finish();
    const std::string what = wrong.program + " " + wrong.workload + " " + wrong.flags;
    EXPECT_EQ(finished.code, wrong.code) << what << "\n" << finished.err;
    EXPECT_THAT(finished.err + finished.out, HasSubstr(wrong.said)) << what;
  }
}

}  // namespace
}  // namespace bruit::cli
