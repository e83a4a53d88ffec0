// The hash codes of Clojure and Java, against those that the originals print.
#include "bruit/workbench/checkers/txn/original_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace bruit::workbench::txn {
namespace {

std::int32_t hash_of(const char* edn) {
  return static_cast<std::int32_t>(clojure_hash(parse_edn(edn)));
}

TEST(OriginalOrder, HashesAsClojureDoes) {
  EXPECT_EQ(hash_of("nil"), 0);
  EXPECT_EQ(hash_of("0"), 0);
  EXPECT_EQ(hash_of("1"), 1392991556);
  EXPECT_EQ(hash_of("true"), 1231);
  EXPECT_EQ(hash_of("false"), 1237);
  EXPECT_EQ(hash_of("\"a\""), 1455541201);
  EXPECT_EQ(hash_of(":a"), -2123407586);
  EXPECT_EQ(hash_of("[]"), -2017569654);
  EXPECT_EQ(hash_of("[1 2 3]"), 736442005);
  EXPECT_EQ(hash_of("(1 2 3)"), 736442005);
  EXPECT_EQ(hash_of("{}"), -15128758);
  EXPECT_EQ(hash_of("#{}"), -15128758);
}

TEST(OriginalOrder, HashesListsAsJavaDoes) {
  AtomTable atoms;
  const std::vector<Atom> list = {Atom::integer(1), Atom::integer(2), Atom::integer(3)};
  EXPECT_EQ(java_hash(atoms, list), 30817U);
  EXPECT_EQ(java_hash(atoms, {}), 1U);
}

TEST(OriginalOrder, ABifurcanSetIsWalkedOnceFromEndToEnd) {
  std::vector<std::uint32_t> hashes(1000);
  for (std::uint32_t i = 0; i < hashes.size(); ++i) hashes[i] = op_hash(i);
  std::vector<std::size_t> order = bifurcan_order(hashes);
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> all(hashes.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  EXPECT_EQ(order, all);
}

TEST(OriginalOrder, EqualHashesKeepTheOrderInWhichTheyCame) {
  const std::vector<std::uint32_t> hashes = {7, 7, 7};
  EXPECT_THAT(bifurcan_order(hashes), testing::ElementsAre(0U, 1U, 2U));
}

}  // namespace
}  // namespace bruit::workbench::txn
