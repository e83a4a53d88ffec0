// Long exponents: Boost's parser gives up at an exponent above 2^31, as in 1e99999999999, before
// anybody is told of the number. So such a text is read with shorter exponents, that are as far
// beyond all doubles, and what is told of a number is its own text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::maelstrom {

class LongExponents {
 public:
  // `text`, which outlives the object, may be anything. Linear.
  explicit LongExponents(std::string_view text);

  // The text with exponents of at most nine digits.
  const std::string& shortened() const { return shortened_; }
  // What stands in the original where `part`, a part of shortened(), stands there.
  std::string_view original(std::string_view part) const;
  // The place in the original of a place in shortened().
  std::size_t original(std::size_t offset) const;

 private:
  struct Cut {
    std::size_t end;      // in shortened(), behind the exponent
    std::size_t removed;  // bytes up to there
  };

  std::string_view text_;
  std::string shortened_;
  std::vector<Cut> cuts_;  // in their order
};

}  // namespace bruit::maelstrom
