// TxnScan: for each micro-operation of one transaction, the one before it on the same key.
//
// Most transactions are short and touch no key twice; then that is all there is to know.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/txn/key_numbers.h"
#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

class TxnScan {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  // Whether a key is there more than once; only then is previous() to be called.
  bool repeats_a_key(std::span<const MicroOp> mops) {
    bool repeats = false;
    previous_.assign(mops.size(), none);
    constexpr std::size_t short_max = 16;
    if (mops.size() > short_max) last_.clear();
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      if (mops.size() > short_max) {
        std::uint32_t& last = last_.at(mops[i].key);
        previous_[i] = last;
        last = i;
      } else {
        for (std::uint32_t j = i; j-- > 0 && previous_[i] == none;) {
          if (mops[j].key == mops[i].key) previous_[i] = j;
        }
      }
      if (previous_[i] != none) repeats = true;
    }
    return repeats;
  }

  // The last position before `position` with the same key, or none.
  std::uint32_t previous(std::uint32_t position) const { return previous_[position]; }

 private:
  std::vector<std::uint32_t> previous_;
  ElementIndex last_;
};

}  // namespace bruit::workbench::txn
