#include "bruit/workbench/history/results_text.h"

#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {

std::string results_edn(const Edn& results) { return to_pretty_string(results) + "\n"; }

std::string results_json(const Edn& results) { return to_json(results) + "\n"; }

}  // namespace bruit::workbench
