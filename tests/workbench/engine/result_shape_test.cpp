// The results of our own runs have the shape of Maelstrom's, key by key: what reads the one reads
// the other. Values differ, of course; results_test.cpp compares those, given the same history.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/challenge.h"
#include "workbench/golden_runs.h"

namespace bruit::workbench {
namespace {

// One line for every place in `value` that is of interest: the path of keys to it and the kind of
// what stands there, in order. What depends on how many values were late or lost is left out:
// of a list only the first item, of {0 0, 0.5 34, ...} and {:lost {7 2}} the keys are values.
void append_shape(const std::string& path, const Edn& value, std::vector<std::string>& shape) {
  if (const auto* map = value.get_if<EdnMap>()) {
    shape.push_back(path + " map");
    for (const EdnEntry& entry : map->entries) {
      append_shape(path + " " + to_string(entry.key), entry.value, shape);
    }
  } else if (const auto* list = value.get_if<EdnList>()) {
    shape.push_back(path + " list");
    if (!list->items.empty()) append_shape(path + " first", list->items.front(), shape);
  } else if (const auto* tagged = value.get_if<EdnTagged>()) {
    shape.push_back(path + " #" + tagged->tag);
    append_shape(path, tagged->form.front(), shape);
  } else if (value.get_if<double>() != nullptr) {
    shape.push_back(path + " float");
  } else if (value.get_if<std::int64_t>() != nullptr) {
    shape.push_back(path + " integer");
  } else {
    shape.push_back(path + " " + to_string(value));
  }
}

std::vector<std::string> shape_of(const Edn& results) {
  std::vector<std::string> shape;
  append_shape("", results, shape);
  return shape;
}

Edn results_of(std::string_view challenge, core::StrategyKind kind, std::uint64_t seed) {
  TestOptions options = find_challenge(challenge)->options;
  options.seed = seed;
  Engine engine(options);
  core::StrategyOptions strategy;
  strategy.kind = kind;
  run_virtual(engine, strategy);
  return compose_results(check_broadcast(engine.history(), engine.net(), options.availability));
}

TEST(ResultShape, OfAValidRunIsMaelstroms) {
  const Edn golden = parse_edn(golden::read("3d", "results.edn"));
  EXPECT_EQ(shape_of(results_of("3d", core::StrategyKind::tree, 1)), shape_of(golden));
}

TEST(ResultShape, OfARunThatLostValuesIsMaelstroms) {
  const Edn golden = parse_edn(golden::read("3b-partition-lost", "results.edn"));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Edn ours = results_of("3c", core::StrategyKind::flood, seed);
    const Edn* lost = ours.at("workload", "lost-count");
    const Edn* stale = ours.at("workload", "stale-count");
    // Lists that are empty have no first item to compare.
    if (*lost == Edn(0) || *stale == Edn(0)) continue;
    EXPECT_EQ(shape_of(ours), shape_of(golden));
    return;
  }
  FAIL() << "no seed lost a value";
}

TEST(ResultShape, OfASingleNodeIsMaelstroms) {
  const Edn golden = parse_edn(golden::read("3a", "results.edn"));
  EXPECT_EQ(shape_of(results_of("3a", core::StrategyKind::flood, 1)), shape_of(golden));
}

}  // namespace
}  // namespace bruit::workbench
