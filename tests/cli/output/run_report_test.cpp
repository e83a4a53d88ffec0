#include "bruit/cli/output/run_report.h"

#include <gtest/gtest.h>

namespace bruit::cli {
namespace {

using workbench::EarlyEnd;
using workbench::Validity;

int code(Validity validity, std::optional<EarlyEnd> early_end = {}) {
  workbench::TestRun run;
  run.headline.validity = validity;
  run.early_end = std::move(early_end);
  return exit_code_of(run);
}

TEST(RunReport, ExitsAsMaelstromDoes) {
  EXPECT_EQ(code(Validity::valid), 0);
  EXPECT_EQ(code(Validity::invalid), 1);
  EXPECT_EQ(code(Validity::unknown), 2);
}

TEST(RunReport, ARunWithoutItsEndHasNoVerdict) {
  EXPECT_EQ(code(Validity::valid, EarlyEnd{EarlyEnd::Kind::interrupt, "SIGINT"}), 2);
  EXPECT_EQ(code(Validity::valid, EarlyEnd{EarlyEnd::Kind::failure, "a node died"}), 255);
}

}  // namespace
}  // namespace bruit::cli
