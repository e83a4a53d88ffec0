#include "bruit/cli/output/progress_line.h"

#include <gtest/gtest.h>

namespace bruit::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using workbench::Phase;

// What a progress line writes where stderr is no terminal, as in a test.
std::string shown(const workbench::Progress& progress, int times = 1) {
  testing::internal::CaptureStderr();
  {
    ProgressLine line("3c");
    for (int i = 0; i < times; ++i) line.show(progress);
  }
  return testing::internal::GetCapturedStderr();
}

workbench::Progress half_way() {
  workbench::Progress progress;
  progress.phase = Phase::load;
  progress.elapsed = milliseconds(10'260);
  progress.total = seconds(30);
  progress.operations = 100;
  progress.net.servers.msg_count = 1234;
  return progress;
}

TEST(ProgressLine, ShowsTimeOperationsAndMessages) {
  EXPECT_EQ(shown(half_way()),
            "3c  10.3 of 30 s  load  100 operations, 12.34 messages each (servers)\n");
}

TEST(ProgressLine, ShowsThePartitionInForce) {
  workbench::Progress progress = half_way();
  progress.partition = "majorities-ring";
  EXPECT_EQ(shown(progress),
            "3c  10.3 of 30 s  load  100 operations, 12.34 messages each (servers)  "
            "partition: majorities-ring\n");
}

TEST(ProgressLine, SaysNothingOfMessagesBeforeTheFirstOperation) {
  workbench::Progress progress;
  progress.phase = Phase::init;
  progress.total = seconds(30);
  EXPECT_EQ(shown(progress), "3c   0.0 of 30 s  starting nodes\n");
}

TEST(ProgressLine, IsRareWhereItCannotBeRewritten) {
  EXPECT_EQ(shown(half_way(), 1000), shown(half_way(), 1));
}

}  // namespace
}  // namespace bruit::cli
