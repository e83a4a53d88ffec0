// Many equal pieces of work on several threads: the seeds of a batch, the runs of a sweep.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

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

}  // namespace bruit::workbench
