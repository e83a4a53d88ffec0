// Aggregate: one figure over many runs.
#pragma once

#include <optional>
#include <vector>

namespace bruit::workbench {

// Of samples of which less is better: messages, latencies.
struct Aggregate {
  double mean = 0;
  double median = 0;  // of an even number of samples, the mean of the middle two
  double best = 0;    // the least
  double worst = 0;   // the greatest
  // The 95 % confidence interval of the mean, by Student's t; just the mean for a single sample.
  double ci95_low = 0;
  double ci95_high = 0;
};

// Nothing for no samples. Adds in the order given, so equal samples give equal bits.
std::optional<Aggregate> aggregate(std::vector<double> samples);

}  // namespace bruit::workbench
