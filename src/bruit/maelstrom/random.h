// Random: numbers that follow from a seed, the same with every compiler and on every machine (which
// the distributions of the standard library do not promise).
#pragma once

#include <cstdint>

namespace bruit::maelstrom {

// splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  // Below `bound` (above 0). Favours small numbers by less than bound / 2^64.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  // True with this probability.
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }

 private:
  std::uint64_t state_;
};

}  // namespace bruit::maelstrom
