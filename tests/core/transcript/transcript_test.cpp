// Every scenario in ../transcripts, carried out and compared with what it recorded.
// BRUIT_RECORD=1 in the environment writes the files anew instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "core/transcript/runner.h"
#include "core/transcript/script.h"

namespace bruit::core::transcript {
namespace {

const std::filesystem::path folder = std::filesystem::path(BRUIT_TEST_DATA) / "core/transcripts";

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!(file << text) || !file.flush()) {
    throw std::runtime_error(path.string() + ": cannot be written");
  }
}

class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, reads_as_recorded) {
  const auto path = folder / (GetParam() + ".txt");
  const Script script = parse_script(read(path), "tests/core/transcripts/" + GetParam() + ".txt");
  const Outputs outputs = run_script(script);
  const char* record = std::getenv("BRUIT_RECORD");
  if (record != nullptr && std::string_view(record) == "1") {
    write(path, with_outputs(script, outputs));
    return;
  }
  const std::string changes = difference(script, outputs);
  EXPECT_TRUE(changes.empty()) << changes
                               << "If the new behaviour is right: BRUIT_RECORD=1 ctest --preset "
                                  "release -R Transcript, and review the difference in git.";
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Transcript, testing::ValuesIn(scenarios()),
                         [](const auto& scenario) {
                           std::string name = scenario.param;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

TEST(Transcripts, tell_of_every_strategy_in_three_scenarios_or_more) {
  const std::vector<std::string> names = scenarios();
  for (const StrategyKind kind : all_strategies) {
    std::size_t count = 0;
    for (const std::string& name : names) {
      const Script script = parse_script(read(folder / (name + ".txt")), name);
      if (std::get<StartCluster>(script.steps.at(0).command).options.kind == kind) ++count;
    }
    EXPECT_GE(count, 3u) << to_string(kind);
  }
}

}  // namespace
}  // namespace bruit::core::transcript
