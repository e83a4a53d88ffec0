// unique-ids: did no two `generate`s get the same id?
// Source: Jepsen 0.3.7, jepsen/checker.clj, unique-ids.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

struct UniqueIdsResult {
  // Most duplicates that are listed, those that came most often first.
  static constexpr std::size_t duplicated_max = 48;

  std::uint64_t attempted_count = 0;
  std::uint64_t acknowledged_count = 0;
  std::uint64_t duplicated_count = 0;  // distinct ids that came more than once
  // Id and how often it came; ids ascend.
  std::vector<std::pair<Edn, std::uint64_t>> duplicated;
  std::optional<std::pair<Edn, Edn>> range;  // least and greatest id; nothing without any

  Validity validity() const { return duplicated_count == 0 ? Validity::valid : Validity::invalid; }
};

// Looks at the operations :generate. Throws EdnError if an id is not EDN, which a history that was
// read or recorded here never has. Ids are ordered as edn.h says, also those of different kinds, at
// which the original gives up (:unknown).
UniqueIdsResult check_unique_ids(const History& history);

// {:valid? .. :attempted-count .. :acknowledged-count .. :duplicated-count .. :duplicated {..}
//  :range [..]}
Edn to_edn(const UniqueIdsResult& result);

}  // namespace bruit::workbench
