// Scenarios as files: one line a fault or operation, to be read and edited by people.
//
//     scenario 1
//     # Comments and empty lines are passed over.
//     0s      partition majority n0,n1 drop n2,n3,n4; n2,n3,n4 drop n0,n1
//     8.25s   heal
//     9s      cut n0 -> n1,n2          # what n0 sends to n1 and n2 is lost
//     9s      cut n3 <-> n4
//     10s     mend n0 -> n1,n2
//     10s     latency uniform 100ms    # on all links; constant, uniform or exponential
//     10s     latency n0 <-> n1 constant 300ms
//     10s     loss 0.05                # probabilities
//     10s     duplicate 0.02
//     10s     reorder 0.1 by 50ms
//     11s     pause n2
//     12s     resume n2
//     12s     kill n2
//     13s     restart n2
//     13s     clock n2 -200ppm
//     14s     stall 300ms              # what would arrive on any link arrives at 14.3s
//     14s     stall n0 <-> n1,n2 1s    # the same for these links
//     0s      lose n0 -> n1 message 3  # the third that n0 sends to n1, from the start of the run
//     0s      double n0 -> n1 message 4           # a copy arrives right after it
//     0s      double n0 -> n1 message 5 after 2s  # or later
//     0s      hold n1 -> n0 message 1  # it does not arrive before it is released
//     5s      release n1 -> n0 message 1
//     0s      client 3 broadcast       # if there is any operation, there is no random load
//     1.5s    client 0 read
//
// Times are durations as in duration.h and do not descend, apart for faults and for operations.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bruit/workbench/faults/scenario.h"

namespace bruit::workbench {

// What is wrong with a scenario file: "line 3: ...; expected ...".
class ScenarioError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a scenario may refer to.
struct ScenarioBounds {
  std::span<const std::string> nodes;  // their names
  std::uint32_t clients = 0;
  Duration time_limit{};  // times are below
};

// Throws ScenarioError. Takes time linear in the text and in the links that it names.
Scenario parse_scenario(std::string_view text, const ScenarioBounds& bounds);

// The text that parse_scenario() reads back. Nodes are called by `names`.
std::string to_text(const Scenario& scenario, std::span<const std::string> names);

// One line of it, without its time.
std::string to_text(const Fault& fault, std::span<const std::string> names);

}  // namespace bruit::workbench
