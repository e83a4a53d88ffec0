// What a person is told of a finished test, and which exit code it means.
#pragma once

#include <string>

#include "bruit/workbench/runs/test_run.h"

namespace bruit::cli {

// Prints why a test ended early, if it did, to stderr.
void print_early_end(const workbench::TestRun& run);

// Prints what nodes did that they should not, to stderr: of transactions and logs in words, else a
// line each.
void print_findings(const workbench::TestRun& run);

// Prints where the report lies, if there is one, to stderr.
void print_report(const workbench::TestRun& run);

// One of exit_codes.h.
int exit_code_of(const workbench::TestRun& run);

// "12.3", "393 ms"; "-" for nothing.
std::string format_ratio(std::optional<float> ratio);
std::string format_latency(std::optional<std::chrono::milliseconds> latency);

}  // namespace bruit::cli
