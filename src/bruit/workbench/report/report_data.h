// Report data: what the page is told of a run, as one JSON text.
//
// Large things are columns: an array for each field, with numbers that say how to go on from the
// one before. Times are integers, microseconds since the first operation. web/data.js takes it
// apart and says what each column is.
#pragma once

#include <string>

#include "bruit/workbench/report/run_record.h"

namespace bruit::workbench::report {

// Linear in the record. The text has no '<', so it cannot end the script element that it stands in.
std::string report_data(const RunRecord& record, const Bounds& bounds);

// `text`, which is JSON, with \u003c for each '<': they can only stand in strings.
void escape_for_script(std::string& text);

}  // namespace bruit::workbench::report
