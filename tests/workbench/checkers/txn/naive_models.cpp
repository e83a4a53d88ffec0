#include "naive_models.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bruit::workbench::txn {
namespace {

// Carries out a transaction. False if one of its reads would have found something else.
bool happens(const SmallTxn& txn, Values values, SmallState& state) {
  for (const SmallMop& mop : txn.mops) {
    SmallValue& value = state[static_cast<std::size_t>(mop.key)];
    if (!mop.is_read) {
      apply_write(values, value, mop.written);
    } else if (txn.type == OpType::ok && mop.found != value) {
      return false;
    }
  }
  return true;
}

bool must_precede(const SmallTxn& a, const SmallTxn& b, NaiveOrder order) {
  switch (order) {
    case NaiveOrder::any:
      return false;
    case NaiveOrder::of_processes:
      return a.process == b.process && a.ended < b.began && a.type == OpType::ok;
    case NaiveOrder::of_real_time:
      return a.ended < b.began && a.type == OpType::ok;
  }
  return false;
}

bool can_follow(const SmallHistory& history, NaiveOrder order, unsigned happened,
                const SmallState& state) {
  const auto& txns = history.txns;
  const auto is_over = [&](std::size_t i) { return (happened >> i & 1U) != 0; };
  bool all = true;
  for (std::size_t i = 0; i < txns.size(); ++i) {
    if (is_over(i) || txns[i].type == OpType::fail) continue;
    if (txns[i].type == OpType::ok) all = false;
    bool is_early = false;
    for (std::size_t j = 0; j < txns.size(); ++j) {
      if (j != i && !is_over(j) && must_precede(txns[j], txns[i], order)) is_early = true;
    }
    if (is_early) continue;
    SmallState next = state;
    if (!happens(txns[i], history.values, next)) continue;
    if (can_follow(history, order, happened | 1U << i, next)) return true;
  }
  return all;
}

// Beginnings and commits, in every order.
class Snapshots {
 public:
  explicit Snapshots(const SmallHistory& history) : history_(history) {}

  bool can_go_on(const SmallState& committed, unsigned begun, unsigned over,
                 const std::vector<unsigned>& conflicts) const {
    const auto& txns = history_.txns;
    bool all = true;
    for (std::size_t i = 0; i < txns.size(); ++i) {
      const unsigned self = 1U << i;
      if ((over & self) != 0 || txns[i].type == OpType::fail) continue;
      if (txns[i].type == OpType::ok) all = false;
      if ((begun & self) == 0) {
        SmallState own = committed;
        if (!happens(txns[i], history_.values, own)) continue;
        if (can_go_on(committed, begun | self, over, conflicts)) return true;
        continue;
      }
      if ((conflicts[i] & keys_of(i)) != 0) continue;
      SmallState next = committed;
      for (const SmallMop& mop : txns[i].mops) {
        if (mop.is_read) continue;
        apply_write(history_.values, next[static_cast<std::size_t>(mop.key)], mop.written);
      }
      std::vector<unsigned> known = conflicts;
      for (std::size_t j = 0; j < txns.size(); ++j) {
        if ((begun >> j & 1U) != 0 && j != i) known[j] |= keys_of(i);
      }
      if (can_go_on(next, begun, over | self, known)) return true;
    }
    return all;
  }

 private:
  // The keys that a transaction writes.
  unsigned keys_of(std::size_t txn) const {
    unsigned keys = 0;
    for (const SmallMop& mop : history_.txns[txn].mops) {
      if (!mop.is_read) keys |= 1U << mop.key;
    }
    return keys;
  }

  const SmallHistory& history_;
};

// Adya's definition of PL-2, for one choice of what was committed.
class CommittedReads {
 public:
  CommittedReads(const SmallHistory& history, unsigned committed)
      : history_(history), committed_(committed) {
    for (std::size_t i = 0; i < history.txns.size(); ++i) {
      if ((committed >> i & 1U) == 0) continue;
      for (const SmallMop& mop : history.txns[i].mops) {
        if (mop.is_read) continue;
        auto& versions = versions_[static_cast<std::size_t>(mop.key)];
        // A register has one version of each transaction, a list one of each append.
        const bool replaces = history.values == Values::registers && !versions.empty() &&
                              versions.back().txn == i;
        if (replaces) versions.pop_back();
        versions.push_back({mop.written, i});
      }
    }
  }

  std::size_t orders() const {
    std::size_t count = 1;
    for (const auto& versions : versions_) {
      for (std::size_t i = 2; i <= versions.size(); ++i) count *= i;
    }
    return count;
  }

  bool hold() {
    for (auto& versions : versions_) std::sort(versions.begin(), versions.end());
    return hold_from(0);
  }

 private:
  struct Version {
    int value;
    std::size_t txn;
    auto operator<=>(const Version&) const = default;
  };

  bool hold_from(std::size_t key) {
    if (key == small_keys) return fits();
    do {
      if (hold_from(key + 1)) return true;
    } while (std::next_permutation(versions_[key].begin(), versions_[key].end()));
    return false;
  }

  // Whether this order of versions is one that explains every read, without a circle.
  bool fits() const {
    const std::size_t size = history_.txns.size();
    std::vector<std::vector<bool>> before(size, std::vector<bool>(size, false));
    for (const auto& versions : versions_) {
      for (std::size_t i = 1; i < versions.size(); ++i) {
        before[versions[i - 1].txn][versions[i].txn] = true;
      }
    }
    for (std::size_t reader = 0; reader < size; ++reader) {
      const SmallTxn& txn = history_.txns[reader];
      if (txn.type != OpType::ok) continue;
      for (std::size_t i = 0; i < txn.mops.size(); ++i) {
        const SmallMop& mop = txn.mops[i];
        if (!mop.is_read || mop.found.empty()) continue;
        const auto writer = writer_of(mop, reader, i);
        if (!writer) return false;
        before[*writer][reader] = true;
      }
    }
    for (std::size_t i = 0; i < size; ++i) before[i][i] = false;
    for (std::size_t via = 0; via < size; ++via) {
      for (std::size_t from = 0; from < size; ++from) {
        for (std::size_t to = 0; to < size; ++to) {
          if (before[from][via] && before[via][to]) before[from][to] = true;
        }
      }
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (before[i][i]) return false;
    }
    return true;
  }

  // Who wrote what a read found; nothing if it should not have been found.
  std::optional<std::size_t> writer_of(const SmallMop& read, std::size_t reader,
                                       std::size_t position) const {
    const auto& versions = versions_[static_cast<std::size_t>(read.key)];
    // Its own write, as long as it has been made.
    const auto& own = history_.txns[reader].mops;
    const auto is_own = [&](const SmallMop& mop) {
      return !mop.is_read && mop.key == read.key && mop.written == read.found.back();
    };
    const auto made = own.begin() + static_cast<std::ptrdiff_t>(position);
    if (std::any_of(made, own.end(), is_own)) return std::nullopt;
    if (history_.values == Values::registers) {
      if (std::any_of(own.begin(), made, is_own)) return reader;
      for (const Version& version : versions) {
        if (version.value == read.found.back()) return version.txn;
      }
      return std::nullopt;
    }
    if (read.found.size() > versions.size()) return std::nullopt;
    for (std::size_t i = 0; i < read.found.size(); ++i) {
      if (versions[i].value != read.found[i]) return std::nullopt;
    }
    const std::size_t writer = versions[read.found.size() - 1].txn;
    if (writer != reader && !is_last(writer, read)) return std::nullopt;
    return writer;
  }

  bool is_last(std::size_t writer, const SmallMop& read) const {
    int last = 0;
    for (const SmallMop& mop : history_.txns[writer].mops) {
      if (!mop.is_read && mop.key == read.key) last = mop.written;
    }
    return last == read.found.back();
  }

  const SmallHistory& history_;
  unsigned committed_;
  std::array<std::vector<Version>, small_keys> versions_;
};

}  // namespace

bool is_serializable(const SmallHistory& history, NaiveOrder order) {
  return can_follow(history, order, 0, {});
}

bool has_snapshot_isolation(const SmallHistory& history) {
  return Snapshots(history).can_go_on({}, 0, 0, std::vector<unsigned>(history.txns.size(), 0));
}

std::optional<bool> is_read_committed(const SmallHistory& history) {
  constexpr std::size_t orders_max = 50'000;
  unsigned certain = 0;
  unsigned possible = 0;
  for (std::size_t i = 0; i < history.txns.size(); ++i) {
    if (history.txns[i].type == OpType::ok) certain |= 1U << i;
    if (history.txns[i].type == OpType::info) possible |= 1U << i;
  }
  // Each part of the indeterminate ones, the largest first.
  for (unsigned chosen = possible;; chosen = (chosen - 1) & possible) {
    CommittedReads reads(history, certain | chosen);
    if (reads.orders() > orders_max) return std::nullopt;
    if (reads.hold()) return true;
    if (chosen == 0) return false;
  }
}

}  // namespace bruit::workbench::txn
