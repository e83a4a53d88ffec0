// Report: a run as one page that needs nothing but a browser.
//
// report.html has its data, style and scripts in itself, so it opens from disk, can be mailed, and
// shows the same in ten years. It never loads anything.
#pragma once

#include <filesystem>
#include <string>

#include "bruit/workbench/report/run_record.h"

namespace bruit::workbench::report {

// The page. Linear in the record.
std::string make_report(const RunRecord& record, const Bounds& bounds = {});

// Reads the run in `folder` and writes its report.html; returns where that is. Throws what
// read_run() throws, and StoreError if the file cannot be written.
std::filesystem::path write_report(const std::filesystem::path& folder);

// "file:///..." of an existing or future file, to be clicked on in a terminal.
std::string file_url(const std::filesystem::path& path);

}  // namespace bruit::workbench::report
