// Explorer: small clusters, searched exhaustively. Random seeds find what is common; this finds
// what is possible.
//
// A run without faults is a sequence of events. A *pattern* is up to k deviations from it
// (deviation.h), each hung on an event of the run with the former ones, in order of time; so every
// set of deviations is tried once. After the last one is over nothing goes wrong any more, and the
// run goes on until the cluster must have settled. Then every invariant must hold, all nodes agree,
// no message be sent, and there must not have been too many. (Emmi, Qadeer, Rakamaric,
// "Delay-bounded scheduling", POPL 2011, search by the number of deviations; Jackson, "Software
// Abstractions", 2006, argues that small scopes suffice.)
//
// Every run is one of simulate() with a scenario, so what is found replays in `bruit sim
// --schedule`, and holds for any strategy that a factory makes.
//
// Rules:
//  * Patterns of fewer deviations come first, and among those of equally many, placements in the
//    order given, then the earlier deviation. So the first that fails is the smallest.
//  * A pattern that fails is not extended: what follows from it would be told again and again.
//  * The order of search and all results are a function of the options but for `jobs`.
//  * A value that died with the only live node that had it is no failure, but is counted.
//  * What a client got no answer to is no failure either.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bruit/workbench/simulation/deviation.h"
#include "bruit/workbench/simulation/distinct_count.h"
#include "bruit/workbench/simulation/placement.h"
#include "bruit/workbench/simulation/shrink.h"
#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {

// Of a pattern's deviations at most this many are of these kinds.
struct KindLimit {
  KindSet kinds = 0;
  unsigned most = 0;
  friend bool operator==(const KindLimit&, const KindLimit&) = default;
};

struct ExploreOptions {
  // The cluster: nodes, latency (constant and above zero), seed, strategy, factory, expectations.
  // Network, load, clients and scenario are the explorer's; so is Expectations::messages.
  SimulationOptions simulation;
  std::vector<Placement> placements{all_placements.begin(), all_placements.end()};
  unsigned deviations = 1;  // k; with `moments` at most one is made, whatever this says
  // Events farther than this from a change (a value, the beginning or the end of a fault) are not
  // deviated from.
  Duration reach = usual_reach;
  // Kinds in none of these are left out. All of them must hold.
  std::vector<KindLimit> kinds;
  // Most messages between nodes in a run. Without it default_message_limit().
  std::optional<std::uint64_t> messages_most;
  unsigned jobs = 1;
  std::uint64_t runs_most = UINT64_MAX;
  bool keep_going = false;       // else the search ends with the first pattern that fails
  std::size_t failing_kept = 0;  // of each placement, so many patterns that fail are remembered
};

// Every kind, without another limit than that of all deviations.
std::vector<KindLimit> any_kind(unsigned deviations);

// On each link in each direction 40, and for each deviation 40 more, five a second for the first
// ten seconds that it lasts, and one a second from there. A guess: nodes may repeat themselves
// often for a while, but must back off.
std::uint64_t default_message_limit(std::uint32_t node_count, std::span<const Deviation> pattern);

// What makes a run fail here: an invariant, or that it ends early. Not that no operation of some
// kind succeeded, which Maelstrom calls invalid, and a node that is dead at the wrong time
// explains.
std::optional<FailureKind> failure_in(const SimulationResult& result);

// How long a run goes on after the last fault and value. Above every limit of an invariant, plus
// the quiet period of every test.
inline constexpr Duration settling_time = std::chrono::seconds(30);

// A pattern with what it takes to run it again.
struct FoundPattern {
  Placement placement{};
  Pattern deviations;
  SimulationOptions options;       // with the scenario
  std::vector<std::string> words;  // a sentence for each deviation
  std::string what;                // the first thing that went wrong; empty if nothing did
};

struct FailureCount {
  FailureKind kind;
  std::uint64_t runs = 0;
  Pattern first;
};

struct PlacementSummary {
  Placement placement{};
  std::vector<std::uint64_t> runs_by_deviations;  // [0 .. k]
  DistinctCount ends;                             // trace hashes
  std::uint64_t failing = 0;
  std::vector<FailureCount> failures;     // by kind, in the order in which they were found
  std::vector<Pattern> failing_patterns;  // the first ones, as many as are to be kept
  std::uint64_t died_runs = 0;            // in which values died
  std::uint64_t died = 0;                 // values
  // From the end of the last fault until everything from before was everywhere.
  std::optional<Duration> worst_recovery;
  Pattern worst_recovery_of;
  std::uint64_t most_messages = 0;  // between nodes
  Pattern most_messages_of;

  std::uint64_t runs() const;
};

struct Exploration {
  enum class End : std::uint8_t { complete, first_failure, limit, interrupt };
  End end{};
  std::vector<PlacementSummary> placements;  // as in the options
  // The smallest that fails.
  std::optional<FoundPattern> smallest;
  std::uint64_t auxiliary_runs = 0;  // made to find out what can be changed

  std::uint64_t runs() const;
  std::uint64_t failing() const;
};

struct ExploreProgress {
  Placement placement{};
  unsigned deviations = 0;  // of the patterns that are being tried
  std::uint64_t runs = 0;   // in all
  std::uint64_t failing = 0;
  // Of this stage, that is of this placement and number: those whose first deviation was dealt
  // with. Weighted, as the earlier ones have more to follow.
  double share = 0;
};

// Throws std::invalid_argument if the options make no sense (message for people). `on_progress`,
// which may be empty, is called from one thread at a time, often. Once `stop` (may be null) is true
// no run is begun, and what was found so far is returned.
Exploration explore(const ExploreOptions& options,
                    const std::function<void(const ExploreProgress&)>& on_progress = {},
                    const std::atomic<bool>* stop = nullptr);

// The run that explore() is making in this thread; null if it makes none. For who must say where
// the program broke off: a strategy whose assertion fails takes the search with it.
const SimulationOptions* run_in_progress();

// How many runs explore() makes if none fails, by placement and number of deviations. Those of k
// deviations are not made for it.
struct PatternCount {
  Placement placement{};
  std::vector<std::uint64_t> by_deviations;  // [0 .. k]
};
std::vector<PatternCount> count_patterns(
    const ExploreOptions& options,
    const std::function<void(const ExploreProgress&)>& on_progress = {},
    const std::atomic<bool>* stop = nullptr);

// Every pattern that count_patterns() counts, in the order of search. In one thread. `on_pattern`
// ends it by returning false.
void list_patterns(const ExploreOptions& options,
                   const std::function<bool(Placement, const Pattern&)>& on_pattern);

// With words, and run once more to say what went wrong.
FoundPattern describe(const ExploreOptions& options, Placement placement, const Pattern& pattern);

}  // namespace bruit::workbench
