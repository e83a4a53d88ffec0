#include "small_history.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace bruit::workbench::txn {
namespace {

enum class StoreKind : std::uint8_t {
  serial,               // all at once, at the commit
  snapshot,             // of the beginning; the first to commit wins
  snapshot_of_anyone,   // the same without a look for conflicts
  committed,            // reads what is committed at that moment
  uncommitted,          // writes at once, for all to see
  old_snapshot,         // of some moment before
  mixed_snapshot,       // of some moment before, another for each key
};
constexpr int store_kinds = 7;

class Simulation {
 public:
  Simulation(std::mt19937_64& random, Values values, SmallSize size)
      : random_(random),
        size_(size),
        kind_(static_cast<StoreKind>(draw(store_kinds))),
        keys_(1 + draw(small_keys)),
        failures_remain_(draw(8) == 0),
        overwrites_(draw(3) == 0) {
    history_.values = values;
    past_.push_back({});
  }

  SmallHistory run() {
    while (done_ < size_.txns) {
      const int process = draw(processes);
      auto& open = open_[static_cast<std::size_t>(process)];
      if (open) {
        go_on(process);
      } else if (static_cast<int>(history_.txns.size()) < size_.txns) {
        begin(process);
      }
    }
    if (draw(4) == 0) change_a_read();
    return std::move(history_);
  }

 private:
  static constexpr int processes = 4;

  struct Open {
    std::size_t txn;
    std::size_t next = 0;  // micro-operation
    SmallState snapshot;
    std::size_t version;  // commits before the snapshot
    std::array<SmallValue, small_keys> own{};  // writes, in their order
    bool conflicts = false;
  };

  int draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void begin(int process) {
    SmallTxn txn;
    txn.process = process;
    txn.began = position_++;
    const int fate = draw(20);
    txn.type = fate < 14 ? OpType::ok : fate < 17 ? OpType::info : OpType::fail;
    const int length = 1 + draw(size_.mops);
    for (int i = 0; i < length; ++i) {
      SmallMop mop;
      mop.key = draw(keys_);
      mop.is_read = draw(2) == 0;
      if (!mop.is_read) mop.written = ++written_[static_cast<std::size_t>(mop.key)];
      txn.mops.push_back(mop);
    }
    const std::size_t version =
        kind_ == StoreKind::old_snapshot ? random_() % past_.size() : past_.size() - 1;
    open_[static_cast<std::size_t>(process)] =
        Open{.txn = history_.txns.size(), .snapshot = past_[version], .version = version};
    if (kind_ == StoreKind::mixed_snapshot) {
      Open& open = *open_[static_cast<std::size_t>(process)];
      for (std::size_t key = 0; key < small_keys; ++key) {
        open.snapshot[key] = past_[random_() % past_.size()][key];
      }
    }
    history_.txns.push_back(std::move(txn));
  }

  // The next step of an open transaction: one micro-operation, the commit or the completion.
  void go_on(int process) {
    auto& slot = open_[static_cast<std::size_t>(process)];
    Open& open = *slot;
    SmallTxn& txn = history_.txns[open.txn];
    if (open.next < txn.mops.size()) {
      if (kind_ == StoreKind::serial) {
        open.snapshot = past_.back();
        for (SmallMop& mop : txn.mops) take(open, mop);
        open.next = txn.mops.size();
      } else {
        take(open, txn.mops[open.next++]);
      }
      if (open.next < txn.mops.size()) return;
      commit(open, txn);
      return;
    }
    txn.ended = position_++;
    slot.reset();
    ++done_;
  }

  void take(Open& open, SmallMop& mop) {
    const auto key = static_cast<std::size_t>(mop.key);
    if (!mop.is_read) {
      open.own[key].push_back(mop.written);
      if (kind_ == StoreKind::uncommitted) {
        past_.push_back(past_.back());
        apply_write(history_.values, past_.back()[key], mop.written);
      }
      return;
    }
    mop.found = kind_ == StoreKind::committed || kind_ == StoreKind::uncommitted
                    ? past_.back()[key]
                    : open.snapshot[key];
    if (kind_ == StoreKind::uncommitted) return;
    for (const int written : open.own[key]) apply_write(history_.values, mop.found, written);
  }

  void commit(Open& open, SmallTxn& txn) {
    if (kind_ == StoreKind::uncommitted) return;
    if (txn.type == OpType::fail && !failures_remain_) return;
    if (txn.type == OpType::info && draw(2) == 0) return;
    if (kind_ == StoreKind::snapshot) {
      for (std::size_t key = 0; key < small_keys; ++key) {
        if (!open.own[key].empty() && past_.back()[key] != past_[open.version][key]) {
          if (txn.type == OpType::ok) txn.type = OpType::fail;
          return;
        }
      }
    }
    SmallState next = past_.back();
    for (std::size_t key = 0; key < small_keys; ++key) {
      if (open.own[key].empty()) continue;
      const bool from_snapshot = overwrites_ && kind_ != StoreKind::serial;
      if (from_snapshot) next[key] = open.snapshot[key];
      for (const int written : open.own[key]) apply_write(history_.values, next[key], written);
    }
    past_.push_back(std::move(next));
  }

  void change_a_read() {
    std::vector<SmallMop*> reads;
    for (SmallTxn& txn : history_.txns) {
      for (SmallMop& mop : txn.mops) {
        if (mop.is_read && txn.type == OpType::ok) reads.push_back(&mop);
      }
    }
    if (reads.empty()) return;
    SmallMop& read = *reads[random_() % reads.size()];
    const int written = written_[static_cast<std::size_t>(read.key)];
    if (history_.values == Values::registers) {
      read.found.clear();
      const int value = draw(written + 2);  // one more than there is, rarely
      if (value > 0) read.found.push_back(value);
      return;
    }
    switch (draw(4)) {
      case 0:
        if (!read.found.empty()) read.found.pop_back();
        return;
      case 1:
        if (!read.found.empty()) read.found.erase(read.found.begin());
        return;
      case 2:
        std::shuffle(read.found.begin(), read.found.end(), random_);
        return;
      default:
        if (written > 0) read.found.push_back(1 + draw(written));
        return;
    }
  }

  std::mt19937_64& random_;
  SmallSize size_;
  StoreKind kind_;
  int keys_;
  bool failures_remain_;  // writes of failed transactions are there nevertheless
  bool overwrites_;       // what others wrote since the snapshot is lost
  SmallHistory history_;
  std::vector<SmallState> past_;  // after each commit
  std::array<std::optional<Open>, processes> open_;
  std::array<int, small_keys> written_{};
  int position_ = 0;
  int done_ = 0;
};

// Both ends of transactions, in their order.
struct End {
  int position;
  const SmallTxn* txn;
  bool is_beginning;
};

std::vector<End> ends_of(const SmallHistory& history) {
  std::vector<End> ends;
  for (const SmallTxn& txn : history.txns) {
    ends.push_back({txn.began, &txn, true});
    ends.push_back({txn.ended, &txn, false});
  }
  std::sort(ends.begin(), ends.end(),
            [](const End& a, const End& b) { return a.position < b.position; });
  return ends;
}

}  // namespace

SmallHistory draw_history(std::mt19937_64& random, Values values, SmallSize size) {
  return Simulation(random, values, size).run();
}

TxnHistory as_txn_history(const SmallHistory& history, bool others_know_reads) {
  TxnHistory result(history.values);
  std::vector<std::pair<const SmallTxn*, OpPlace>> begun;
  for (const End& end : ends_of(history)) {
    const SmallTxn& txn = *end.txn;
    const std::size_t first = result.mops().size();
    const bool has_reads = !end.is_beginning && (txn.type == OpType::ok || others_know_reads);
    for (const SmallMop& mop : txn.mops) {
      const Atom key = Atom::integer(static_cast<std::uint32_t>(mop.key));
      const auto value = [](int number) { return Atom::integer(static_cast<std::uint32_t>(number)); };
      if (!mop.is_read) {
        result.add_write(key, value(mop.written));
      } else if (history.values == Values::registers) {
        result.add_read(key, has_reads && !mop.found.empty() ? value(mop.found.front())
                                                             : Atom::nil());
      } else if (!has_reads || mop.found.empty()) {
        result.add_nil_read(key);
      } else {
        for (const int element : mop.found) result.add_element(value(element));
        result.add_list_read(key);
      }
    }
    const auto index = static_cast<std::uint32_t>(end.position);
    result.add_op(end.is_beginning ? OpType::invoke : txn.type, txn.process,
                  std::int64_t{end.position} * 1'000'000, index, first);
    if (end.is_beginning) {
      begun.emplace_back(&txn, index);
    } else {
      const auto own = std::find_if(begun.begin(), begun.end(),
                                    [&](const auto& one) { return one.first == &txn; });
      result.pair(own->second, index);
    }
  }
  return result;
}

std::string to_text(const SmallHistory& history) {
  const TxnHistory as_checked = as_txn_history(history);
  std::string text;
  for (OpPlace place = 0; place < as_checked.ops().size(); ++place) {
    text += as_checked.text(place) + "\n";
  }
  return text;
}

}  // namespace bruit::workbench::txn
