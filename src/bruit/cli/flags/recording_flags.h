// The flags that say what of a run is kept, and where.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "bruit/workbench/runs/test_run.h"

namespace bruit::cli {

// --no-trace and --no-report. Both arguments outlive the parse.
void add_recording_flags(CLI::App& app, workbench::Recording& recording);

// --store: a folder, which is not "". Both arguments outlive the parse.
void add_store_option(CLI::App& app, std::string& store);

}  // namespace bruit::cli
