#include "bruit/workbench/basics/parallel.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace bruit::workbench {

void for_each_index(std::uint64_t count, unsigned jobs,
                    const std::function<void(std::uint64_t)>& work,
                    const std::function<void(std::uint64_t)>& on_done,
                    const std::atomic<bool>* stop) {
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;  // guards what follows
  std::uint64_t done = 0;
  std::exception_ptr failure;

  const auto take_turns = [&] {
    for (std::uint64_t index = next++; index < count; index = next++) {
      if (stop != nullptr && *stop) return;
      try {
        work(index);
        const std::scoped_lock lock(mutex);
        ++done;
        if (on_done) on_done(done);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::uint64_t wanted = std::min<std::uint64_t>(jobs, count);
    for (std::uint64_t i = 1; i < wanted; ++i) threads.emplace_back(take_turns);
    take_turns();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace bruit::workbench
