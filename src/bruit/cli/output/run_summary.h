// The figures that people look at first, as text for a terminal, with the limits of a challenge.
#pragma once

#include <string>

#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/runs/test_run.h"

namespace bruit::cli {

// Limits are exclusive, and what was not measured does not pass.
bool within(const workbench::Headline& headline, const workbench::Limits& limits);

// "393 ms < 400"; without a limit the value alone.
std::string with_limit(const std::string& value, const std::string& limit);
// A limit in milliseconds, empty if there is none.
std::string limit_text(const std::optional<workbench::Duration>& limit);

// A few lines, one figure each, and what each operation came to. Ends with a line break.
std::string summary(const workbench::TestRun& run);

}  // namespace bruit::cli
