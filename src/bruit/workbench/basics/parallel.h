// Many equal pieces of work on several threads: the seeds of a batch, the runs of a sweep.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace bruit::workbench {

// Calls work(index) once for each index below `count`, from up to `jobs` (at least 1) threads, the
// caller's among them; returns when all have returned. `on_done`, which may be empty, is called
// with how many are finished, from one thread at a time. Once `stop` (may be null) is true, or a
// piece has thrown, none is begun; those that were begun are finished, and the first exception is
// rethrown here. Indices are begun in rising order.
void for_each_index(std::uint64_t count, unsigned jobs,
                    const std::function<void(std::uint64_t index)>& work,
                    const std::function<void(std::uint64_t done)>& on_done,
                    const std::atomic<bool>* stop = nullptr);

// The same for work that has results: those of the pieces that were finished, in the order of their
// indices.
template <typename Work>
auto collect(std::uint64_t count, unsigned jobs, const Work& work,
             const std::function<void(std::uint64_t done)>& on_done,
             const std::atomic<bool>* stop = nullptr) {
  using Result = std::invoke_result_t<const Work&, std::uint64_t>;
  std::vector<std::optional<Result>> places(count);  // each is written by one thread only
  for_each_index(
      count, jobs, [&](std::uint64_t index) { places[index] = work(index); }, on_done, stop);
  std::vector<Result> results;
  results.reserve(count);
  for (auto& place : places) {
    if (place) results.push_back(*std::move(place));
  }
  return results;
}

}  // namespace bruit::workbench
