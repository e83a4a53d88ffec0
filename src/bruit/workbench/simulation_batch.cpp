#include "bruit/workbench/simulation_batch.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "bruit/workbench/trace_hash.h"

namespace bruit::workbench {
namespace {

double milliseconds_of(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::optional<double> milliseconds_of(const std::optional<Duration>& duration) {
  if (!duration) return std::nullopt;
  return milliseconds_of(*duration);
}

// The aggregate of one figure, which a run may lack.
template <typename Figure>
std::optional<Aggregate> over(const std::vector<SimulationResult>& results, Figure figure) {
  std::vector<double> samples;
  samples.reserve(results.size());
  for (const auto& result : results) {
    const std::optional<double> sample = figure(result);
    if (sample) samples.push_back(*sample);
  }
  return aggregate(std::move(samples));
}

AggregateQuantiles over_quantiles(const std::vector<SimulationResult>& results,
                                  std::optional<SimulationQuantiles> SimulationResult::*quantiles) {
  AggregateQuantiles aggregates;
  for (std::size_t point = 0; point < aggregates.size(); ++point) {
    aggregates[point] = over(results, [&](const SimulationResult& result) -> std::optional<double> {
      if (!(result.*quantiles)) return std::nullopt;
      return milliseconds_of((*(result.*quantiles))[point]);
    });
  }
  return aggregates;
}

std::optional<double> ratio(std::uint64_t messages, std::uint64_t things) {
  if (things == 0) return std::nullopt;
  return static_cast<double>(messages) / static_cast<double>(things);
}

}  // namespace

std::vector<SimulationResult> simulate_seeds(const SimulationOptions& options, SeedRange seeds,
                                             unsigned jobs,
                                             const std::function<void(std::uint64_t)>& on_done) {
  std::vector<SimulationResult> results(seeds.count());
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;  // guards what follows
  std::uint64_t done = 0;
  std::exception_ptr failure;

  const auto work = [&] {
    SimulationOptions own = options;
    for (std::uint64_t index = next++; index < results.size(); index = next++) {
      try {
        own.test.seed = seeds.first + index;
        results[index] = simulate(own);
        const std::scoped_lock lock(mutex);
        ++done;
        if (on_done) on_done(done);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
        next = results.size();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::uint64_t count = std::min<std::uint64_t>(jobs, results.size());
    for (std::uint64_t i = 1; i < count; ++i) threads.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  return results;
}

SimulationSummary summarise(const std::vector<SimulationResult>& results) {
  SimulationSummary summary;
  summary.runs = results.size();
  WordHash hash;
  for (const auto& result : results) {
    if (result.passed()) {
      ++summary.valid;
    } else {
      summary.failing_seeds.push_back(result.seed);
    }
    summary.lost += result.lost;
    summary.violations += result.invariants.total();
    summary.excused += result.invariants.excused;
    for (std::size_t i = 0; i < invariant_count; ++i) {
      summary.violations_of[i] += result.invariants.counts[i];
    }
    hash.add(result.trace_hash);
  }
  summary.trace_hash = hash.value();
  summary.server_messages_per_operation = over(results, [](const SimulationResult& result) {
    return ratio(result.net.servers.msg_count, result.operations);
  });
  summary.all_messages_per_operation = over(results, [](const SimulationResult& result) {
    return ratio(result.net.all().msg_count, result.operations);
  });
  summary.server_messages_per_broadcast = over(results, [](const SimulationResult& result) {
    return ratio(result.net.servers.msg_count, result.broadcasts);
  });
  summary.stable = over_quantiles(results, &SimulationResult::stable);
  summary.propagation = over_quantiles(results, &SimulationResult::propagation);
  summary.converged_after_last_heal = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.converged_after_last_heal);
  });
  summary.backlog_after_last_heal = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.backlog_after_last_heal);
  });
  summary.component_progress = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.component_progress);
  });
  summary.silent_after = over(results, [](const SimulationResult& result) {
    return milliseconds_of(std::optional(result.invariants.silent_after));
  });
  return summary;
}

}  // namespace bruit::workbench
