#include "bruit/workbench/history.h"

namespace bruit::workbench {

std::string_view to_string(OpType type) {
  switch (type) {
    case OpType::invoke: return "invoke";
    case OpType::ok: return "ok";
    case OpType::fail: return "fail";
    case OpType::info: return "info";
  }
  return "?";
}

ElementId ElementTable::intern(std::string_view edn) {
  const auto [it, inserted] =
      ids_.try_emplace(std::string(edn), static_cast<ElementId>(texts_.size()));
  if (inserted) texts_.emplace_back(edn);
  return it->second;
}

}  // namespace bruit::workbench
