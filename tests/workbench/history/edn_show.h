// Shows EDN values as text in the messages of GoogleTest and RapidCheck.
#pragma once

#include <ostream>

#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {

inline std::ostream& operator<<(std::ostream& out, const Edn& value) {
  return out << to_string(value);
}

}  // namespace bruit::workbench
