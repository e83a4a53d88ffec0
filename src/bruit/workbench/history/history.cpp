#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

std::string_view to_string(OpType type) {
  switch (type) {
    case OpType::invoke:
      return "invoke";
    case OpType::ok:
      return "ok";
    case OpType::fail:
      return "fail";
    case OpType::info:
      return "info";
  }
  return "?";
}

ElementId ElementTable::intern(std::string_view edn) {
  if (const auto found = ids_.find(edn); found != ids_.end()) return found->second;
  const auto id = static_cast<ElementId>(texts_.size());
  ids_.emplace(edn, id);
  texts_.emplace_back(edn);
  return id;
}

}  // namespace bruit::workbench
