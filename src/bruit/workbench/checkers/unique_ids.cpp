#include "bruit/workbench/checkers/unique_ids.h"

#include <algorithm>
#include <vector>

namespace bruit::workbench {

UniqueIdsResult check_unique_ids(const History& history) {
  UniqueIdsResult result;
  const Edn nil;
  std::vector<const Edn*> ids;
  for (const Op& op : history.ops) {
    if (op.f != "generate" || op.process.is_nemesis()) continue;
    if (op.type == OpType::invoke) ++result.attempted_count;
    if (op.type != OpType::ok) continue;
    ++result.acknowledged_count;
    const auto* id = std::get_if<Edn>(&op.value);
    ids.push_back(id == nullptr ? &nil : id);
  }
  std::sort(ids.begin(), ids.end(), [](const Edn* a, const Edn* b) { return *a < *b; });
  if (!ids.empty()) result.range.emplace(*ids.front(), *ids.back());
  for (auto first = ids.begin(); first != ids.end();) {
    const auto next = std::find_if(first, ids.end(), [&](const Edn* id) { return *id != **first; });
    const auto count = static_cast<std::uint64_t>(next - first);
    if (count > 1) result.duplicated.emplace_back(**first, count);
    first = next;
  }
  result.duplicated_count = result.duplicated.size();
  auto& listed = result.duplicated;
  // Of equally frequent ones the greater ids, as the original's stable sort and reversal have it.
  std::sort(listed.begin(), listed.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : b.first < a.first;
  });
  listed.resize(std::min(listed.size(), UniqueIdsResult::duplicated_max));
  std::sort(listed.begin(), listed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return result;
}

Edn to_edn(const UniqueIdsResult& result) {
  EdnMap duplicated;
  for (const auto& [id, count] : result.duplicated) duplicated.entries.push_back({id, count});
  EdnVector range{{Edn(), Edn()}};
  if (result.range) range.items = {result.range->first, result.range->second};
  return Edn::map({{"valid?", to_edn(result.validity())},
                   {"attempted-count", result.attempted_count},
                   {"acknowledged-count", result.acknowledged_count},
                   {"duplicated-count", result.duplicated_count},
                   {"duplicated", std::move(duplicated)},
                   {"range", std::move(range)}});
}

}  // namespace bruit::workbench
