// Fault generators: from options and a seed to a scenario.
//
// `partition` follows Maelstrom 0.2.4 (nemesis.clj; Jepsen's `flip-flop` of start and stop,
// staggered): operations follow each other after U[0, 2 * interval), the first at once; start draws
// one of the four shapes uniformly. --nemesis kill and pause follow Jepsen 0.3.7's combined nemesis
// (nemesis/combined.clj, which Maelstrom has but does not offer): operations follow each other in
// the same way; each is drawn from the kinds that are asked for; a kill (or pause) strikes a random
// set of nodes (one, any number, less than a third, less than half, more than half, or all), and
// the next one of that kind restarts (or resumes) all of them. The others are ours:
//
//   one-way       a link, or all that one node sends, or all that it hears, is cut
//   pause, kill   a node is frozen, or dead and then restarted
//   latency-jump  the mean latency is ten times as high, and at least 200 ms
//                 these four come after U[0, 2 * interval) and last U[0, interval)
//   reorder       one message in ten takes longer, by up to the mean latency and at least 10 ms
//   drift         every clock runs fast or slow by up to 1 %
//   loss, duplicate, reorder and drift last as long as the load
//
// and noise, which is no fault but what machines do:
//
//   jitter        every message takes up to 2 ms longer
//   start-noise   for two seconds one message in 50 takes up to 300 ms longer; then jitter
//   stall         once, after 7/20 of the load, nothing arrives anywhere for a while, and then all
//   stall-node    then, too, one node is frozen for a while
//
// Each kind draws from a stream of its own: adding one leaves the others as they were. All faults
// end with the load (nemesis.h).
#pragma once

#include "bruit/workbench/faults/scenario.h"

namespace bruit::workbench {

// What `--faults loss` and `duplicate` mean without a probability.
inline constexpr double usual_loss = 0.05;
inline constexpr double usual_duplication = 0.02;
// What `stall` and `stall-node` mean without a duration.
inline constexpr Duration usual_stall = std::chrono::seconds(1);
// Every fault; partitions are asked for beside it.
FaultOptions chaos();

// A function of the options, their seed included. No faults if none is asked for.
Scenario generate_faults(const TestOptions& options);

}  // namespace bruit::workbench
