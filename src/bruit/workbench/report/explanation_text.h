// An explanation in words, and as JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "bruit/workbench/report/explanation.h"

namespace bruit::workbench::report {

// Some twenty lines and one for each node. Times are seconds since the first operation.
std::string to_text(const RunRecord& record, const Explanation& explanation);

// The same, times in milliseconds:
//   {"value": 17, "outcome": "stable", "stable_latency_ms": 812, "broadcast": {..}, "known_ms": ..,
//    "missed_by": 14, "last_missed": {..}, "arrivals": [..], "without": ["n3"], "way": [..],
//    "carried_by": 52, "lost": [..], "faults": [..]}
boost::json::object to_json(const RunRecord& record, const Explanation& explanation);

}  // namespace bruit::workbench::report
