// Which part of a sweep a process does, as Slurm, Open MPI, GNU parallel or a flag say.
#include "bruit/cli/flags/shard_flag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

namespace bruit::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using workbench::Shard;
using Variables = std::map<std::string, std::string>;

ChosenShard choose(const std::string& flag, const Variables& variables) {
  return choose_shard(flag, [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

Shard shard(const std::string& flag, const Variables& variables) {
  return choose(flag, variables).shard;
}

std::string refusal(const std::string& flag, const Variables& variables) {
  try {
    choose(flag, variables);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ShardFlag, WithoutAnythingIsTheWhole) {
  EXPECT_EQ(shard("", {}), (Shard{0, 1}));
  EXPECT_EQ(choose("", {}).source, "");
}

TEST(ShardFlag, CountsFromZero) {
  EXPECT_EQ(shard("0/8", {}), (Shard{0, 8}));
  EXPECT_EQ(shard("7/8", {}), (Shard{7, 8}));
  EXPECT_THAT(refusal("8/8", {}), HasSubstr("count from 0"));
}

TEST(ShardFlag, OtherTextsAreRefused) {
  for (const char* text : {"1", "1/", "a/b", "-1/8", "1/8/9", "1 / 8", "/", "0/0", "0/2000000"}) {
    EXPECT_NE(refusal(text, {}), "accepted") << text;
  }
}

TEST(ShardFlag, WinsOverTheEnvironment) {
  EXPECT_EQ(shard("1/2", {{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}}),
            (Shard{1, 2}));
}

TEST(ShardFlag, OpenMpiSaysItsRankAndSize) {
  const auto chosen = choose("", {{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}});
  EXPECT_EQ(chosen.shard, (Shard{3, 4}));
  EXPECT_EQ(chosen.source, "Open MPI");
}

TEST(ShardFlag, SrunSaysItsProcessAndHowMany) {
  EXPECT_EQ(shard("", {{"SLURM_PROCID", "2"}, {"SLURM_NTASKS", "5"}}), (Shard{2, 5}));
  EXPECT_EQ(
      shard("", {{"SLURM_PROCID", "2"}, {"SLURM_STEP_NUM_TASKS", "3"}, {"SLURM_NTASKS", "5"}}),
      (Shard{2, 3}));
}

TEST(ShardFlag, UnderMpirunInASlurmJobOpenMpiKnowsBetter) {
  EXPECT_EQ(shard("", {{"OMPI_COMM_WORLD_RANK", "3"},
                       {"OMPI_COMM_WORLD_SIZE", "4"},
                       {"SLURM_PROCID", "0"},
                       {"SLURM_NTASKS", "4"}}),
            (Shard{3, 4}));
}

Variables array_task(const std::string& id, const std::string& first, const std::string& step) {
  return {{"SLURM_ARRAY_TASK_ID", id},
          {"SLURM_ARRAY_TASK_COUNT", "4"},
          {"SLURM_ARRAY_TASK_MIN", first},
          {"SLURM_ARRAY_TASK_STEP", step}};
}

TEST(ShardFlag, AJobArrayMayBeginAnywhereAndHaveSteps) {
  EXPECT_EQ(shard("", array_task("0", "0", "1")), (Shard{0, 4}));
  EXPECT_EQ(shard("", array_task("4", "1", "1")), (Shard{3, 4}));
  EXPECT_EQ(shard("", array_task("30", "10", "10")), (Shard{2, 4}));
}

TEST(ShardFlag, AJobArrayWithGapsIsRefused) {
  EXPECT_THAT(refusal("", array_task("9", "0", "1")), HasSubstr("array without gaps"));
  EXPECT_THAT(refusal("", array_task("15", "10", "10")), HasSubstr("array without gaps"));
}

TEST(ShardFlag, AJobArrayOfManyTasksIsSplitByBoth) {
  Variables variables = array_task("2", "0", "1");
  variables["SLURM_PROCID"] = "1";
  variables["SLURM_STEP_NUM_TASKS"] = "3";
  EXPECT_EQ(shard("", variables), (Shard{2 * 3 + 1, 4 * 3}));
}

TEST(ShardFlag, GnuParallelCountsItsJobsFromOne) {
  EXPECT_EQ(shard("/8", {{"PARALLEL_SEQ", "1"}}), (Shard{0, 8}));
  EXPECT_EQ(shard("/8", {{"PARALLEL_SEQ", "8"}}), (Shard{7, 8}));
  EXPECT_THAT(refusal("/8", {{"PARALLEL_SEQ", "9"}}), HasSubstr("count from 0"));
  EXPECT_THAT(refusal("/8", {}), HasSubstr("PARALLEL_SEQ, which is not set"));
}

// Jobs of GNU parallel that do whole sweeps, with other flags each, are none of our business.
TEST(ShardFlag, WithoutAFlagGnuParallelIsNotAsked) {
  EXPECT_EQ(shard("", {{"PARALLEL_SEQ", "3"}, {"PARALLEL_JOBSLOT", "2"}}), (Shard{0, 1}));
}

TEST(ShardFlag, VariablesThatAreNoNumbersAreNamed) {
  EXPECT_THAT(refusal("", {{"OMPI_COMM_WORLD_RANK", "x"}, {"OMPI_COMM_WORLD_SIZE", "4"}}),
              AllOf(HasSubstr("OMPI_COMM_WORLD_RANK"), HasSubstr("--shard 0/1")));
  EXPECT_THAT(refusal("", {{"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "5"}}), HasSubstr("Slurm"));
}

}  // namespace
}  // namespace bruit::cli
