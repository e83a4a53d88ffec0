// Random: the only source of chance, seeded, the same on every machine and compiler.
//
// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018),
// seeded through splitmix64. The standard library's distributions are not used, since each library
// may draw differently from the same generator. One stream per purpose (load, latency, nemesis,
// ...): a change in how one is used then leaves the others as they were.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

namespace bruit::maelstrom {

class Random {
 public:
  // Independent streams for one seed, one for each `stream` number.
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t state = seed ^ (stream * 0xd1342543de82ef95ULL + 0x2545f4914f6cdd1dULL);
    for (auto& word : state_) word = splitmix(state);
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound); `bound` above 0. Multiply-shift (Lemire 2019); the bias is below 2^-32
  // for the small bounds used here.
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }

  // Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  bool chance(double probability) { return unit() < probability; }

  // Exponential with this mean.
  double exponential(double mean) { return -mean * natural_log(1 - unit()); }

  // Fisher-Yates.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  static std::uint64_t splitmix(std::uint64_t& state) {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  // ln(x) for normal x > 0, to about 1e-15. Not std::log: mathematical libraries differ in the last
  // bit. Only operations that IEEE 754 defines exactly, in a fixed order.
  static double natural_log(double x) {
    int exponent = 0;
    double mantissa = std::frexp(x, &exponent);  // in [0.5, 1)
    if (mantissa < 0.7071067811865476) {
      mantissa *= 2;
      --exponent;
    }
    const double s = (mantissa - 1) / (mantissa + 1);  // ln(m) = 2 artanh(s), |s| < 0.172
    double sum = 0;
    for (int k = 23; k >= 1; k -= 2) sum = sum * (s * s) + 1.0 / k;
    return exponent * 0.6931471805599453 + 2 * s * sum;
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace bruit::maelstrom
