// Which models forbid what, and which rule out which, against the lists that the original computes.
#include "bruit/workbench/checkers/txn/consistency_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::workbench::txn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Without those that say only that there is a cycle somewhere.
std::vector<std::string> prohibited(Model model) {
  std::vector<std::string> names;
  prohibited_by({model}).for_each([&](Anomaly kind) {
    const std::string_view name = to_string(kind);
    if (name.find("-cycle-exists") == std::string_view::npos) names.emplace_back(name);
  });
  std::sort(names.begin(), names.end());
  return names;
}

TEST(ConsistencyModel, WeakOnesForbidLittle) {
  EXPECT_THAT(prohibited(Model::read_uncommitted),
              ElementsAre("G0", "cyclic-versions", "duplicate-elements"));
  EXPECT_THAT(prohibited(Model::read_committed),
              ElementsAre("G0", "G1", "G1a", "G1b", "G1c", "cyclic-versions", "dirty-update",
                          "duplicate-elements", "future-read", "incompatible-order"));
}

TEST(ConsistencyModel, WhatTheOthersForbidBeyondThat) {
  for (const Model model : {Model::read_atomic, Model::causal_cerone, Model::prefix}) {
    EXPECT_THAT(prohibited(model), Contains("internal"));
    EXPECT_THAT(prohibited(model), Not(Contains("lost-update")));
  }
  EXPECT_THAT(prohibited(Model::cursor_stability), Contains("lost-update"));
  EXPECT_THAT(prohibited(Model::cursor_stability), Not(Contains("internal")));
  EXPECT_THAT(prohibited(Model::repeatable_read), Contains("G2-item"));
  EXPECT_THAT(prohibited(Model::repeatable_read), Not(Contains("internal")));
  EXPECT_THAT(prohibited(Model::snapshot_isolation), Contains("G-nonadjacent-item"));
  EXPECT_THAT(prohibited(Model::snapshot_isolation), Not(Contains("G2-item")));
  EXPECT_THAT(prohibited(Model::serializable), Contains("G2-item"));
  for (const std::string& kind : prohibited(Model::serializable)) {
    EXPECT_THAT(kind, Not(HasSubstr("-process")));
    EXPECT_THAT(kind, Not(HasSubstr("-realtime")));
  }
  EXPECT_THAT(prohibited(Model::strong_session_serializable), Contains("G2-item-process"));
  EXPECT_THAT(prohibited(Model::strong_session_serializable), Not(Contains("G2-item-realtime")));
  EXPECT_THAT(prohibited(Model::strong_serializable), Contains("G2-item-realtime"));
}

TEST(ConsistencyModel, SomeNamesForbidNothing) {
  for (const char* name : {"linearizable", "sequential", "causal", "PRAM", "1SR", "view-serializable",
                           "monotonic-reads", "read-your-writes", "writes-follow-reads"}) {
    const auto model = parse_model(name);
    ASSERT_TRUE(model) << name;
    EXPECT_TRUE(prohibited_by({*model}).empty()) << name;
  }
}

TEST(ConsistencyModel, AStrongerModelForbidsAtLeastWhatAWeakerOneDoes) {
  for (std::size_t i = 0; i < model_count; ++i) {
    const auto weaker = static_cast<Model>(i);
    impossible_without({weaker}).for_each([&](Model stronger) {
      const AnomalySet less = prohibited_by({weaker});
      EXPECT_TRUE((less & prohibited_by({stronger})) == less)
          << to_string(stronger) << " allows what " << to_string(weaker) << " forbids";
    });
  }
}

// Fact: the weakest models that one anomaly rules out.
TEST(ConsistencyModel, TheWeakestModelsThatAnAnomalyRulesOut) {
  const auto weakest = [](Anomaly kind) { return boundary({kind}).weakest.names(); };
  EXPECT_THAT(weakest(Anomaly::G0), ElementsAre("read-uncommitted"));
  for (const Anomaly kind : {Anomaly::G1a, Anomaly::G1b, Anomaly::G1c, Anomaly::dirty_update,
                             Anomaly::incompatible_order, Anomaly::future_read}) {
    EXPECT_THAT(weakest(kind), ElementsAre("read-committed")) << to_string(kind);
  }
  EXPECT_THAT(weakest(Anomaly::G_single_item), ElementsAre("consistent-view", "repeatable-read"));
  EXPECT_THAT(weakest(Anomaly::G_nonadjacent_item),
              ElementsAre("repeatable-read", "snapshot-isolation"));
  EXPECT_THAT(weakest(Anomaly::G2_item), ElementsAre("repeatable-read"));
  EXPECT_THAT(weakest(Anomaly::G0_realtime), ElementsAre("strong-read-uncommitted"));
  EXPECT_THAT(weakest(Anomaly::G_single_item_realtime), ElementsAre("strong-snapshot-isolation"));
  EXPECT_THAT(weakest(Anomaly::internal), ElementsAre("read-atomic"));
}

TEST(ConsistencyModel, WhatIsRuledOutIsInOneOfTwoParts) {
  for (std::size_t i = 0; i < anomaly_count; ++i) {
    const AnomalySet kinds{static_cast<Anomaly>(i)};
    const Boundary parts = boundary(kinds);
    EXPECT_TRUE((parts.weakest | parts.others) == ruled_out_by(kinds));
    parts.weakest.for_each([&](Model model) { EXPECT_FALSE(parts.others.contains(model)); });
  }
}

TEST(ConsistencyModel, HasSeveralNames) {
  EXPECT_EQ(parse_model("PL-2"), Model::read_committed);
  EXPECT_EQ(parse_model("PL-SS"), Model::strong_serializable);
  EXPECT_EQ(parse_model("strict-serializable"), Model::strong_serializable);
  EXPECT_EQ(parse_model("strong-serializable"), Model::strong_serializable);
  EXPECT_EQ(parse_model("Serializable"), std::nullopt);
  EXPECT_EQ(parse_model(""), std::nullopt);
  for (const std::string& name : model_list()) EXPECT_TRUE(parse_model(name)) << name;
}

TEST(ConsistencyModel, ListsOfThemAreRead) {
  const ModelSet both = parse_models(" :read-committed, PL-SI");
  EXPECT_THAT(both.names(), ElementsAre("read-committed", "snapshot-isolation"));
  for (const char* text : {"", "read-committed,", "read committed", "serialisable"}) {
    try {
      parse_models(text);
      ADD_FAILURE() << text << " was read";
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr("is not a consistency model; expected "));
    }
  }
}

}  // namespace
}  // namespace bruit::workbench::txn
