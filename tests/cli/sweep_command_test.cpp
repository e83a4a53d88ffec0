// bruit sweep as people start it: on one machine, in shards, under mpirun and GNU parallel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string sweep = program("bruit") + " sweep";
// Ten points and eleven seeds, in milliseconds; three does not divide them.
const std::string grid =
    " --challenge 3c --strategy tree,batched-tree,rounds --flush-interval 50ms,100ms,150ms"
    " --rate 5,10 --seeds 0..10 --time-limit 1";
const std::string files = " --csv all.csv --json all.json --fit flush-interval";

class SweepCommandTest : public testing::Test {
 protected:
  // Runs a line of shell in a folder of its own.
  Finished shell(const std::string& line) {
    // Whatever started this test must not look like what started a shard.
    const std::string clean =
        "unset OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE SLURM_PROCID SLURM_ARRAY_TASK_ID; ";
    const std::string folder = folder_.path().string();
    const int status = std::system(("cd '" + folder + "' && (" + clean + line + ") > '" + folder +
                                    "/out' 2> '" + folder + "/err'")
                                       .c_str());
    Finished finished;
    finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    finished.out = file("out");
    finished.err = file("err");
    return finished;
  }

  std::string file(const std::string& name) const { return read_file(folder_.path() / name); }
  bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }

  struct Whole {
    std::string out, csv, json;
  };
  Whole whole() {
    const Finished finished = shell(sweep + grid + files);
    EXPECT_EQ(finished.code, 0) << finished.err;
    return {finished.out, file("all.csv"), file("all.json")};
  }

  // What `sweep merge` makes of the files in the folder `parts` is, to the byte, what one process
  // made.
  void expect_merges_to(const Whole& expected) {
    const Finished merged = shell(sweep + " merge parts/*" + files);
    EXPECT_EQ(merged.code, 0) << merged.err;
    EXPECT_EQ(merged.out, expected.out);
    EXPECT_EQ(file("all.csv"), expected.csv);
    EXPECT_EQ(file("all.json"), expected.json);
  }

  bool installed(const std::string& name) { return shell("command -v " + name).code == 0; }

 private:
  TemporaryFolder folder_;
};

TEST_F(SweepCommandTest, PrintsATableAndWritesFiles) {
  const Whole all = whole();
  EXPECT_THAT(all.out, AllOf(HasSubstr("110 of 110 runs (10 points, seeds 0..10): 110 passed"),
                             HasSubstr("rounds"), HasSubstr("stable_1_ms")));
  EXPECT_THAT(all.csv, HasSubstr("batched-tree,50ms,5,11,11,0,0,"));
}

TEST_F(SweepCommandTest, WritesCsvToStandardOutputAlone) {
  const Finished finished = shell(sweep + grid + " --csv -");
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_EQ(finished.out.find("strategy,"), 0U);
}

TEST_F(SweepCommandTest, ShardsMergeToTheWhole) {
  const Whole all = whole();
  const Finished shards =
      shell("for i in 2 0 1; do " + sweep + grid + " --parts parts --shard $i/3 || exit; done");
  EXPECT_EQ(shards.code, 0) << shards.err;
  EXPECT_EQ(shards.out, "");
  expect_merges_to(all);
}

TEST_F(SweepCommandTest, SlurmJobArraysMergeToTheWhole) {
  const Whole all = whole();
  const Finished shards = shell(
      "export SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=1;"
      "for i in 1 2 3 4; do SLURM_ARRAY_TASK_ID=$i " +
      sweep + grid + " --parts parts || exit; done");
  EXPECT_EQ(shards.code, 0) << shards.err;
  expect_merges_to(all);
}

TEST_F(SweepCommandTest, MpirunMergesToTheWhole) {
  if (!installed("mpirun")) GTEST_SKIP() << "mpirun is not installed (Debian: openmpi-bin)";
  const Whole all = whole();
  const Finished shards =
      shell("mpirun --allow-run-as-root --oversubscribe -n 3 " + sweep + grid + " --parts parts");
  EXPECT_EQ(shards.code, 0) << shards.err;
  EXPECT_THAT(shards.err, HasSubstr("shard 2 of 3 (Open MPI)"));
  EXPECT_TRUE(exists("parts/sweep-2-of-3.json"));
  expect_merges_to(all);
}

TEST_F(SweepCommandTest, GnuParallelMergesToTheWhole) {
  if (!installed("parallel")) GTEST_SKIP() << "GNU parallel is not installed (Debian: parallel)";
  const Whole all = whole();
  const Finished shards =
      shell("seq 4 | HOME=$PWD parallel -N0 " + sweep + grid + " --parts parts --shard /4");
  EXPECT_EQ(shards.code, 0) << shards.err;
  EXPECT_TRUE(exists("parts/sweep-3-of-4.json"));
  expect_merges_to(all);
}

TEST_F(SweepCommandTest, PartsThatDoNotMakeTheWholeAreRefused) {
  shell("for i in 0 1 2; do " + sweep + grid + " --parts parts --shard $i/3; done");
  shell(sweep + " --challenge 3c --seeds 0..10 --time-limit 1 --parts other --shard 1/3");
  const auto told = [&](const std::string& names) {
    const Finished finished = shell(sweep + " merge " + names);
    EXPECT_EQ(finished.code, 254);
    EXPECT_EQ(finished.out, "");
    return finished.err;
  };
  EXPECT_THAT(told("parts/sweep-[02]*"), HasSubstr("shard 1/3 is missing; 2 of 3 are here"));
  EXPECT_THAT(told("parts/* parts/sweep-2*"), HasSubstr("are both shard 2/3"));
  EXPECT_THAT(told("parts/sweep-[02]* other/*"), HasSubstr("parts of different sweeps"));
  EXPECT_THAT(told("nothing.json"),
              HasSubstr("nothing.json: cannot be read: No such file or directory"));
  EXPECT_THAT(told("out"), HasSubstr("out: not JSON"));
}

TEST_F(SweepCommandTest, FilesNameTheBuild) {
  const std::string version = shell(program("bruit") + " --version").out;
  ASSERT_EQ(version.find("bruit "), 0U);
  const std::string build = version.substr(6, version.size() - 7);
  EXPECT_THAT(build, testing::MatchesRegex(R"([0-9.]+\+([0-9a-f]{7,}(\.modified)?|unknown))"));
  const Whole all = whole();
  EXPECT_THAT(all.csv, AllOf(HasSubstr(",build\n"), HasSubstr("," + build + "\n")));
  EXPECT_THAT(all.json, HasSubstr("\"build\":\"" + build + "\""));
  const Finished sim =
      shell(program("bruit") + " sim --challenge 3a --seeds 0..1 --json sim.json --csv sim.csv");
  EXPECT_EQ(sim.code, 0) << sim.err;
  EXPECT_THAT(file("sim.csv"), AllOf(HasSubstr(",build\n"), HasSubstr("," + build + "\n")));
  EXPECT_THAT(file("sim.json"), HasSubstr("\"build\":\"" + build + "\""));
}

TEST_F(SweepCommandTest, PartsOfAnotherBuildAreRefusedWithBothBuilds) {
  shell(sweep + grid + " --parts parts --shard 0/2; " + sweep + grid +
        " --parts parts --shard 1/2");
  shell(R"(sed -i 's/"build":"[^"]*"/"build":"0.0.1+abcdef123456"/' parts/*)");
  const Finished merged = shell(sweep + " merge parts/*");
  EXPECT_EQ(merged.code, 254);
  const std::string version = shell(program("bruit") + " --version").out;
  EXPECT_THAT(merged.err, AllOf(HasSubstr("written by bruit 0.0.1+abcdef123456;"),
                                HasSubstr("this is " + version.substr(0, version.size() - 1))));
}

TEST_F(SweepCommandTest, AShardMakesNoReport) {
  const Finished finished = shell(sweep + grid + " --shard 0/2 --csv all.csv");
  EXPECT_EQ(finished.code, 254);
  EXPECT_THAT(finished.err, HasSubstr("bruit sweep merge"));
}

TEST_F(SweepCommandTest, AnAxisWithoutAPlotIsRefused) {
  const Finished finished = shell(sweep + grid + " --x seeds");
  EXPECT_EQ(finished.code, 254);
  EXPECT_THAT(finished.err, HasSubstr("--x requires --plot"));
}

TEST_F(SweepCommandTest, FinishesWhatWasBegunWhenItIsInterrupted) {
  const Finished finished =
      shell(sweep +
            " --challenge 3c --seeds 0..99999 --json all.json --parts parts 2> said & pid=$!;"
            "until grep -q runs said; do :; done; kill -TERM $pid; wait $pid");
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(file("said"), HasSubstr("interrupted: "));
  EXPECT_THAT(finished.out, HasSubstr("of 100000 runs (1 points, seeds 0..99999)"));
  const Finished merged = shell(sweep + " merge parts/*");
  EXPECT_EQ(merged.code, 254);
  EXPECT_THAT(merged.err, HasSubstr("was interrupted"));
}

TEST_F(SweepCommandTest, FailingRunsAreToldByTheExitCode) {
  const Finished finished =
      shell(sweep + " --challenge 3c --strategy flood --seeds 0..9 --json all.json");
  EXPECT_EQ(finished.code, 1) << finished.err;
  EXPECT_THAT(file("all.json"), testing::Not(HasSubstr("\"failing_seeds\":[]")));
}

TEST_F(SweepCommandTest, DrawsWithGnuplot) {
  if (!installed("gnuplot")) GTEST_SKIP() << "gnuplot is not installed (Debian: gnuplot-nox)";
  const Finished finished = shell(sweep + grid + " --plot all.svg --lower-bound");
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(file("all.svg"), AllOf(HasSubstr("<svg"), HasSubstr("batched-tree"),
                                     HasSubstr("lower bound"), HasSubstr("</svg>")));
  EXPECT_EQ(shell(sweep + grid + " --plot all.png").code, 0);
  EXPECT_EQ(file("all.png").substr(1, 3), "PNG");
}

TEST_F(SweepCommandTest, WithoutGnuplotSaysSoBeforeTheRuns) {
  const Finished finished = shell("PATH=/nowhere; " + sweep + grid + " --plot all.svg");
  EXPECT_EQ(finished.code, 254);
  EXPECT_THAT(finished.err, HasSubstr("apt-get install gnuplot-nox"));
  EXPECT_EQ(finished.err.find("runs"), std::string::npos);
}

TEST_F(SweepCommandTest, AFileThatCannotBeWrittenIsNamed) {
  const Finished finished = shell(sweep + " --seeds 0 --time-limit 1 --csv nowhere/all.csv");
  EXPECT_EQ(finished.code, 255);
  EXPECT_THAT(finished.err, HasSubstr("--csv nowhere/all.csv: cannot be written"));
}

}  // namespace
}  // namespace bruit::cli
