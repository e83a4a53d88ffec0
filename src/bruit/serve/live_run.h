// A simulation for the live page: from what the page asks for to all that it draws.
//
// A run is a function of its options and its schedule. So the page needs no session: to cut a link
// at 8.25 s it adds a line to the schedule and asks again, and what was before that moment comes
// out the same. Rewinding is drawing an earlier moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bruit/workbench/simulation/simulation.h"

namespace bruit::serve {

// What is wrong with what the page asked for.
class LiveRequestError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Bounds, so that an answer comes in a second or two and a browser can draw it.
inline constexpr std::uint32_t live_nodes_max = 100;
inline constexpr double live_seconds_max = 120;
inline constexpr double live_operations_max = 20'000;
inline constexpr std::size_t live_messages_max = 200'000;

// Reads {"nodes": 25, "rate": 100, "seconds": 20, "latency_ms": 100, "distribution": "constant",
// "network": "ideal", "strategy": "rounds", "max_latency_ms": 600, "median_latency_ms": 400,
// "flush_ms": 200, "seed": 1, "faults": "none", "schedule": "..."}. All are optional. "faults" is
// "none", "partition" or "chaos"; a schedule (scenario_text.h) takes its place. Throws
// LiveRequestError that names the member and says what was expected.
workbench::SimulationOptions parse_live_request(std::string_view json);

// Runs it. All times are whole microseconds since the first operation:
//
//     {"nodes": ["n0", ...], "load_us": N, "end_us": N, "schedule": "...",
//      "messages": {"sent": [...], "ended": [...], "from": [...], "to": [...], "type": [...],
//                   "values": [...], "lost": [...]},   ended: arrived or lost, -1 if neither
//      "types": ["gather", ...],                       which "type" counts
//      "values": [{"text": "0", "node": 3, "at": N}, ...],           as they were broadcast
//      "visible": {"at": [...], "node": [...], "value": [...]},      in order of time
//      "faults": [{"at": N, "text": "...", "cut": [[0, 1], ...], "stalled": [...],
//                  "dead": [...], "frozen": [...]}],
//      "figures": {...}}
//
// Throws LiveRequestError if there are more messages than a browser can draw.
std::string run_live(const workbench::SimulationOptions& options);

}  // namespace bruit::serve
