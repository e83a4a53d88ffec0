// bruit sim as people start it: what it refuses before it begins, and Ctrl-C.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Finished sim(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "sim");
  return run_bruit(arguments);
}

TEST(SimCommand, RefusesWorkloadsThatStrategiesDoNotAnswer) {
  for (const auto* workload : {"echo", "lin-kv", "g-counter"}) {
    const Finished finished = sim({"-w", workload, "--seeds", "0"});
    EXPECT_EQ(finished.code, 254) << workload;
    EXPECT_THAT(finished.err, HasSubstr("only broadcast can be simulated"));
  }
}

TEST(SimCommand, SaysThatAFileCannotBeWrittenBeforeItBegins) {
  for (const auto* flag : {"--csv", "--json", "--trace", "--shrink"}) {
    const Finished finished = sim({"--seed", "0", flag, "/no-such-folder/file"});
    EXPECT_EQ(finished.code, 255) << flag;
    EXPECT_THAT(finished.err, HasSubstr(std::string(flag) + " /no-such-folder/file: cannot be "
                                                            "written: No such file or directory"));
    EXPECT_EQ(finished.out, "");
  }
}

TEST(SimCommand, SaysWhyAFileCannotBeRead) {
  for (const auto* flag : {"--schedule", "--latency-matrix"}) {
    const Finished missing = sim({"--seed", "0", flag, "/no-such-folder/file"});
    EXPECT_EQ(missing.code, 254) << flag;
    EXPECT_THAT(missing.err, HasSubstr(std::string(flag) + ": /no-such-folder/file: cannot be "
                                                           "read: No such file or directory"));
    EXPECT_THAT(sim({"--seed", "0", flag, "/"}).err,
                HasSubstr("/: cannot be read: Is a directory"));
  }
}

TEST(SimCommand, WritesOnlyOneOfItsFormsToStdout) {
  EXPECT_EQ(sim({"--seeds", "0", "--csv", "-", "--json", "-"}).code, 254);
}

TEST(SimCommand, ReportsWhatIsFinishedWhenItIsInterrupted) {
  TemporaryFolder folder;
  // It may be interrupted as soon as it catches SIGINT, the second bit of a mask.
  const std::string line =
      "cd '" + folder.path().string() + "' && { '" + program("bruit") +
      "' sim --challenge 3c --seeds 0..999999 --csv all.csv > out 2> err & pid=$!; "
      "until grep -q 'Name:.*bruit' /proc/$pid/status &&"
      " grep -q 'SigCgt:.*[2367abef]$' /proc/$pid/status; do :; done; "
      "kill -INT $pid; wait $pid; }";
  const int status = std::system(line.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_THAT(read_file(folder.path() / "err"), HasSubstr("interrupted: "));
  EXPECT_THAT(read_file(folder.path() / "err"), HasSubstr(" of 1000000 runs"));
  EXPECT_THAT(read_file(folder.path() / "out"), HasSubstr("runs passed"));
  EXPECT_THAT(read_file(folder.path() / "all.csv"), Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace bruit::cli
