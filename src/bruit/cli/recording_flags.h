// The flags that say what of a run is kept.
#pragma once

#include <CLI/App.hpp>

#include "bruit/workbench/test_run.h"

namespace bruit::cli {

// --no-trace and --no-report. Both arguments outlive the parse.
void add_recording_flags(CLI::App& app, workbench::Recording& recording);

}  // namespace bruit::cli
