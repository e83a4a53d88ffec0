// Runner: carries out a script and compares what it prints with what was recorded.
#pragma once

#include <string>
#include <vector>

#include "core/transcript/script.h"

namespace bruit::core::transcript {

// What each step printed. Throws ScriptError if a step cannot be carried out or an expectation does
// not hold; that is an error while recording too.
using Outputs = std::vector<std::vector<std::string>>;
Outputs run_script(const Script& script);

// For people: each command whose output is not as recorded, with file and line, and below it the
// lines that are missing (-) and new (+). Empty if there is none.
std::string difference(const Script& script, const Outputs& outputs);

}  // namespace bruit::core::transcript
