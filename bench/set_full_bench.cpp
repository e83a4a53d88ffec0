// What the set-full checker takes for a large history: n broadcasts and n reads that list all
// values so far, checked as `bruit test` does at the end of a run.
//
//     set_full_bench [OPERATIONS]      100000 unless given
//
// The original keeps a map of all values for each read: values x reads.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/history/history.h"

namespace {

using namespace bruit::workbench;
using Seconds = std::chrono::duration<double>;

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void add(History& history, OpType type, std::int64_t process, const char* f, OpValue value) {
  history.ops.push_back({.index = history.ops.size(),
                         .time = std::chrono::milliseconds(history.ops.size()),
                         .type = type,
                         .process = {process},
                         .f = f,
                         .value = std::move(value),
                         .error = {},
                         .final = false});
}

// Every second operation a read, by the clients of 25 nodes in turn. What is broadcast is listed
// `lag` operations later.
History make_history(std::size_t operations, std::size_t lag) {
  constexpr std::size_t nodes = 25;
  History history;
  std::vector<ElementList> listed(nodes);
  std::size_t broadcasts = 0;
  for (std::size_t i = 0; i < operations; ++i) {
    const std::size_t node = i / 2 % nodes;
    const auto process = static_cast<std::int64_t>(node);
    if (i % 2 == 0) {
      const ElementId element = history.elements.intern(std::to_string(broadcasts++));
      add(history, OpType::invoke, process, "broadcast", element);
      add(history, OpType::ok, process, "broadcast", element);
      continue;
    }
    const std::size_t known =
        i + 1 == operations ? broadcasts : broadcasts - std::min(broadcasts, lag);
    while (listed[node].size() < known) {
      listed[node].push_back(static_cast<ElementId>(listed[node].size()));
    }
    add(history, OpType::invoke, process, "read", Nil{});
    add(history, OpType::ok, process, "read", listed[node]);
  }
  return history;
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t operations =
      count > 1 ? std::strtoull(arguments[1], nullptr, 10) : std::size_t{100'000};
  if (operations < 2) {
    fmt::print(stderr, "usage: set_full_bench [OPERATIONS]   at least 2\n");
    return 254;
  }
  const History history = make_history(operations, 10);
  const double before = peak_megabytes();
  const auto begun = std::chrono::steady_clock::now();
  const SetFullResult result = check_set_full(history);
  const Seconds took = std::chrono::steady_clock::now() - begun;
  fmt::print("{} operations, {} values: {} stable, {} lost, {} never read\n", operations,
             result.attempt_count, result.stable_count, result.lost.size(),
             result.never_read.size());
  fmt::print("checked in {:.2f} s; at most {:.0f} MB, {:.0f} MB of them for the history\n",
             took.count(), peak_megabytes(), before);
}
