// Numbers that no double has, from a node to the files of the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

TEST(LargeNumbers, InIdsAreToldApartAndWrittenToTheDigit) {
  BruitCommand command("test", {"-w", "unique-ids", "--bin", bad_node("gives-large-ids"),
                                "--node-count", "2", "--rate", "50", "--time-limit", "1"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_GT(command.results().at_pointer("/workload/acknowledged-count").as_int64(), 20);
  EXPECT_EQ(command.results().at_pointer("/workload/duplicated-count").as_int64(), 0);
  const std::string id = "1000000000000000000000001000003";
  EXPECT_THAT(command.file("history.edn"), HasSubstr(":f :generate, :value " + id + "}"));
  EXPECT_THAT(command.file("trace.jsonl"), HasSubstr("\"id\":" + id));
  EXPECT_THAT(command.file("trace.jsonl"), HasSubstr("\"value\":" + id));
  EXPECT_THAT(command.file("report.html"), HasSubstr("\"id\":" + id));
}

}  // namespace
}  // namespace bruit::cli
