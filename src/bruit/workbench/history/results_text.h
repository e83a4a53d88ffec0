// The texts of results.edn and results.json, which hold the same map: edn_json.h says how one
// becomes the other (:valid? is "valid", {0.5 34} is {"0.5": 34}).
#pragma once

#include <string>

#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {

// Laid out as Maelstrom's results.edn.
std::string results_edn(const Edn& results);

std::string results_json(const Edn& results);

}  // namespace bruit::workbench
