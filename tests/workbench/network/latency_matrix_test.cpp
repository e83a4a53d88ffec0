// Latency matrices: the file, what is wrong with one, and what the network makes of it.
#include "bruit/workbench/network/latency_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workbench/network/simulated_network.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view three_regions =
    "# One way.\n"
    "regions   frankfurt oregon           tokyo\n"
    "frankfurt 1ms       75ms             uniform:120ms\n"
    "\n"
    "oregon    80ms      1ms              50ms   # another way\r\n"
    "tokyo     constant:120ms exponential:50ms 1ms";

std::string error_of(std::string_view text) {
  try {
    parse_latency_matrix(text);
  } catch (const LatencyMatrixError& error) {
    return error.what();
  }
  return "no error";
}

TEST(LatencyMatrix, IsReadRowByRow) {
  const LatencyMatrix matrix = parse_latency_matrix(three_regions);
  EXPECT_THAT(matrix.regions, ElementsAre("frankfurt", "oregon", "tokyo"));
  using enum LatencyDistribution;
  EXPECT_EQ(matrix.between(0, 1), (LatencyModel{constant, milliseconds(75)}));
  EXPECT_EQ(matrix.between(1, 0), (LatencyModel{constant, milliseconds(80)}));
  EXPECT_EQ(matrix.between(0, 2), (LatencyModel{uniform, milliseconds(120)}));
  EXPECT_EQ(matrix.between(2, 0), (LatencyModel{constant, milliseconds(120)}));
  EXPECT_EQ(matrix.between(2, 1), (LatencyModel{exponential, milliseconds(50)}));
}

TEST(LatencyMatrix, SurvivesBeingWrittenAndReadAgain) {
  const LatencyMatrix matrix = parse_latency_matrix(three_regions);
  EXPECT_EQ(parse_latency_matrix(to_text(matrix)), matrix);
}

TEST(LatencyMatrix, ErrorsNameTheLineAndWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"", "the file is empty; expected `regions NAME NAME ...`"},
      {"# nothing\n", "the file is empty"},
      {"eu us\n", "line 1: expected `regions NAME NAME ...`"},
      {"regions\n", "line 1: expected `regions NAME NAME ...`"},
      {"regions eu us eu\n", "line 1: the region eu stands there twice"},
      {"regions eu us\neu 1ms 2ms\n", "the file ends; expected the latencies from us"},
      {"regions eu us\nus 1ms 2ms\n", "line 2: \"us\" begins the row; expected eu"},
      {"regions eu us\neu 1ms\n", "line 2: 1 latencies from eu; expected 2"},
      {"regions eu\neu 1ms 2ms\n", "line 2: 2 latencies from eu; expected 1"},
      {"regions eu\neu 1ms\neu 1ms\n", "line 3: \"eu\" is after the last row; expected 1 rows"},
      {"regions eu\neu fast\n", "line 2: "},
      {"regions eu\neu -1ms\n", "line 2: "},
      {"regions eu\neu normal:1ms\n", "expected constant, uniform or exponential before the colon"},
      {"regions eu\neu 2h\n", "line 2: 2h is too long; expected at most 1h"},
  };
  for (const auto& [text, expected] : files) {
    EXPECT_THAT(error_of(text), testing::AllOf(StartsWith("line "), HasSubstr(expected))) << text;
  }
  std::string many = "regions";
  for (int i = 0; i < 1001; ++i) many += " r" + std::to_string(i);
  EXPECT_THAT(error_of(many), HasSubstr("1001 regions; expected at most 1000"));
}

TEST(LatencyMatrix, DividesNodesEvenly) {
  std::vector<int> counts(3);
  for (std::uint32_t node = 0; node < 25; ++node) {
    ++counts[LatencyMatrix::region_of(node, 3, 25)];
  }
  EXPECT_THAT(counts, ElementsAre(9, 8, 8));
}

struct MatrixNetwork : testing::Test, Simulated {
  static TestOptions options() {
    TestOptions options = three_nodes(NetworkModel::ideal, 100);
    options.latency_matrix = std::make_shared<const LatencyMatrix>(
        parse_latency_matrix("regions a b c\na 1ms 2ms 3ms\nb 4ms 5ms 6ms\nc 7ms 8ms 9ms\n"));
    return options;
  }
  MatrixNetwork() : Simulated(options()) {}
};

TEST_F(MatrixNetwork, EachLinkHasItsLatencyInEachDirection) {
  send(0, n0, n1, "0 to 1");
  send(0, n0, n2, "0 to 2");
  send(0, n1, n0, "1 to 0");
  send(0, n2, n1, "2 to 1");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"0 to 1", 2}, Seen{"0 to 2", 3}, Seen{"1 to 0", 4},
                                     Seen{"2 to 1", 8}));
}

TEST_F(MatrixNetwork, ALatencyForAllLinksGoesBeforeItUntilTheUsualOneComesBack) {
  network.set_latency({LatencyDistribution::constant, milliseconds(50)});
  send(0, n0, n1, "jump");
  run_until(100);
  network.set_latency({LatencyDistribution::constant, milliseconds(100)});
  send(100, n0, n1, "as usual");
  run_until(200);
  network.set_latency({LatencyDistribution::constant, milliseconds(50)});
  network.end_faults(at(0));
  send(200, n0, n1, "after");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"jump", 50}, Seen{"as usual", 102}, Seen{"after", 202}));
}

TEST_F(MatrixNetwork, ALatencyOfOneLinkLeavesTheOthers) {
  network.set_link_latency({0}, {1}, {LatencyDistribution::constant, milliseconds(20)});
  send(0, n0, n1, "changed");
  send(0, n1, n0, "as before");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"as before", 4}, Seen{"changed", 20}));
}

}  // namespace
}  // namespace bruit::workbench
