#include "bruit/workbench/checkers/unique_ids.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bruit::workbench {

UniqueIdsResult check_unique_ids(const History& history) {
  UniqueIdsResult result;
  // By EDN text, which is equal for equal ids: parsing each of a million ids would take a second.
  std::unordered_map<std::string_view, std::uint64_t> counts;
  for (const Op& op : history.ops) {
    if (op.f != "generate" || op.process.is_nemesis()) continue;
    if (op.type == OpType::invoke) ++result.attempted_count;
    if (op.type != OpType::ok) continue;
    ++result.acknowledged_count;
    const auto* id = std::get_if<EdnText>(&op.value);
    ++counts[id == nullptr ? std::string_view("nil") : std::string_view(id->text)];
  }
  for (const auto& [text, count] : counts) {
    Edn id = parse_edn(text);
    if (!result.range) {
      result.range.emplace(id, id);
    } else if (id < result.range->first) {
      result.range->first = id;
    } else if (result.range->second < id) {
      result.range->second = id;
    }
    if (count > 1) result.duplicated.emplace_back(std::move(id), count);
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
