#include "bruit/workbench/checkers/register_linearizability.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_map>

namespace bruit::workbench {
namespace {

using Kind = RegisterOperation::Kind;

// Which of the open operations: by slot. An operation has a slot from its invocation to its
// completion.
class Slots {
 public:
  bool has(std::size_t slot) const { return (words_[slot / 64] >> (slot % 64) & 1) != 0; }
  void set(std::size_t slot) { words_[slot / 64] |= bit(slot); }
  void clear(std::size_t slot) { words_[slot / 64] &= ~bit(slot); }

  bool subset_of(const Slots& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & ~other.words_[i]) != 0) return false;
    }
    return true;
  }
  bool empty() const { return words_ == Words{}; }
  Slots operator&(const Slots& other) const { return combined(other, std::bit_and()); }
  Slots operator|(const Slots& other) const { return combined(other, std::bit_or()); }
  Slots operator^(const Slots& other) const { return combined(other, std::bit_xor()); }
  Slots without(const Slots& other) const {
    return combined(other, [](std::uint64_t a, std::uint64_t b) { return a & ~b; });
  }
  std::uint64_t hash() const {
    std::uint64_t hash = 0;
    for (const auto word : words_) hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL + (hash >> 29);
    return hash;
  }
  friend bool operator==(const Slots&, const Slots&) = default;

 private:
  using Words = std::array<std::uint64_t, LinearizabilityLimits::open_operations / 64>;

  static std::uint64_t bit(std::size_t slot) { return std::uint64_t{1} << (slot % 64); }
  template <typename Combine>
  Slots combined(const Slots& other, Combine combine) const {
    Slots result;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      result.words_[i] = combine(words_[i], other.words_[i]);
    }
    return result;
  }

  Words words_{};
};

struct Configuration {
  std::uint32_t value = 0;
  std::uint32_t last_count = 0;
  // The operation before was a write, and nothing has found its value.
  bool nobody_saw_it = false;
  Slots done;
  Slots hidden;  // open writes that may count as overwritten at once; none of them is done
  // The operations that were linearized last, for people: a ring.
  std::array<std::uint32_t, Counterexample::last_max> last{};

  void linearize(std::uint32_t operation, std::size_t slot) {
    done.set(slot);
    hidden.clear(slot);
    last[last_count++ % last.size()] = operation;
  }
};

// What the open operations are. An operation is in one of these; other swaps complete.
struct OpenSlots {
  Slots reads;
  Slots writes;    // that complete
  Slots for_ever;  // that do not: writes and swaps
};

// Configurations of which none is worth less than another.
class ConfigurationSet {
 public:
  // `open` outlives the set and must not change.
  explicit ConfigurationSet(const OpenSlots& open)
      : open_(open), all_but_swaps_(open.reads | open.writes | open.for_ever) {}

  // Not if what is there already is worth as much.
  void insert(const Configuration& next) {
    auto& alike = index_[{next.value, next.done.without(all_but_swaps_)}];
    comparisons_ += 2 * alike.size();
    for (const auto place : alike) {
      if (is_worth(items_[place], next)) return;
    }
    std::erase_if(alike, [&](std::uint32_t place) {
      if (!is_worth(next, items_[place])) return false;
      dropped_[place] = true;
      return true;
    });
    alike.push_back(static_cast<std::uint32_t>(items_.size()));
    items_.push_back(next);
    dropped_.push_back(false);
  }

  // Dropped ones included.
  std::size_t size() const { return items_.size(); }
  const Configuration& operator[](std::size_t place) const { return items_[place]; }
  bool is_dropped(std::size_t place) const { return dropped_[place]; }
  std::uint64_t comparisons() const { return comparisons_; }
  std::vector<Configuration> take() {
    std::vector<Configuration> kept;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!dropped_[i]) kept.push_back(items_[i]);
    }
    return kept;
  }

 private:
  struct Key {
    std::uint32_t value;
    Slots swaps_done;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return key.swaps_done.hash() ^ (key.value * 0xd1342543de82ef95ULL);
    }
  };

  // Whether whatever can follow `b` can follow `a`, for two with the same key.
  bool is_worth(const Configuration& a, const Configuration& b) const {
    const Slots worse_writes = (b.hidden | (a.done ^ b.done)).without(a.hidden) & open_.writes;
    return worse_writes.empty() && (a.done & open_.for_ever).subset_of(b.done) &&
           (b.done & open_.reads).subset_of(a.done);
  }

  const OpenSlots& open_;
  Slots all_but_swaps_;
  std::vector<Configuration> items_;
  std::vector<bool> dropped_;
  std::uint64_t comparisons_ = 0;
  std::unordered_map<Key, std::vector<std::uint32_t>, KeyHash> index_;
};

class Search {
 public:
  Search(std::span<const RegisterOperation> operations, std::uint32_t initial,
         const LinearizabilityLimits& limits)
      : operations_(operations), limits_(limits), slot_of_(operations.size()) {
    Configuration first;
    first.value = initial;
    configurations_.push_back(first);
    for (std::size_t slot = LinearizabilityLimits::open_operations; slot > 0; --slot) {
      free_slots_.push_back(slot - 1);
    }
  }

  LinearizabilityResult run() {
    struct Event {
      std::size_t position;
      std::uint32_t operation;
      bool completes;
    };
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      events.push_back({operations_[i].invoked, i, false});
      if (operations_[i].completed != RegisterOperation::never) {
        events.push_back({operations_[i].completed, i, true});
      }
    }
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.position < b.position; });
    result_.configurations_most = 1;
    for (const auto& [position, operation, completes] : events) {
      if (!(completes ? complete(operation) : invoke(operation))) break;
    }
    return std::move(result_);
  }

 private:
  bool stop(LinearizabilityResult::Limit limit, std::uint32_t operation) {
    result_.validity = Validity::unknown;
    result_.limit = limit;
    result_.limit_at = operation;
    return false;
  }

  bool invoke(std::uint32_t number) {
    if (free_slots_.empty()) {
      return stop(LinearizabilityResult::Limit::open_operations, number);
    }
    const std::size_t slot = free_slots_.back();
    free_slots_.pop_back();
    slot_of_[number] = slot;
    const RegisterOperation& operation = operations_[number];
    if (operation.kind == Kind::read) {
      open_reads_.push_back(number);
      open_.reads.set(slot);
      for (auto& configuration : configurations_) {
        if (configuration.value == operation.expected) configuration.linearize(number, slot);
      }
    } else if (operation.completed == RegisterOperation::never) {
      open_.for_ever.set(slot);
      add_for_ever(number);
    } else {
      open_changes_.push_back(number);
      if (operation.kind == Kind::write) open_.writes.set(slot);
    }
    return true;
  }

  // Operations that never complete, equal ones together in the order of their invocations.
  void add_for_ever(std::uint32_t number) {
    const RegisterOperation& operation = operations_[number];
    for (auto& equal : open_for_ever_) {
      const RegisterOperation& other = operations_[equal.front()];
      if (other.kind == operation.kind && other.expected == operation.expected &&
          other.written == operation.written) {
        equal.push_back(number);
        return;
      }
    }
    open_for_ever_.push_back({number});
  }

  // Keeps the configurations in which the operation can be linearized by now.
  bool complete(std::uint32_t number) {
    const std::size_t slot = slot_of_[number];
    OpenSlots then_open = open_;
    then_open.reads.clear(slot);
    then_open.writes.clear(slot);
    ConfigurationSet kept(then_open);
    ConfigurationSet explored(open_);
    // A hidden write is explored as well: others may depend on its having been seen until now.
    const auto keep_or_explore = [&](Configuration next) {
      if (!next.done.has(slot)) explored.insert(next);
      if (!next.done.has(slot) && !next.hidden.has(slot)) return;
      next.done.clear(slot);
      next.hidden.clear(slot);
      next.nobody_saw_it = false;  // what is invoked from now on could not have come before it
      kept.insert(next);
    };
    for (const auto& configuration : configurations_) keep_or_explore(configuration);
    for (std::size_t i = 0; i < explored.size(); ++i) {
      if (explored.is_dropped(i)) continue;
      const Configuration from = explored[i];
      for (const auto change : open_changes_) try_change(from, change, keep_or_explore);
      for (const auto& equal : open_for_ever_) {
        const auto unused = std::find_if(equal.begin(), equal.end(), [&](std::uint32_t other) {
          return !from.done.has(slot_of_[other]);
        });
        if (unused != equal.end()) try_change(from, *unused, keep_or_explore);
      }
      if (explored.size() + kept.size() > limits_.configurations) {
        return stop(LinearizabilityResult::Limit::configurations, number);
      }
      if (comparisons_ + explored.comparisons() + kept.comparisons() > limits_.comparisons) {
        return stop(LinearizabilityResult::Limit::comparisons, number);
      }
    }
    result_.configurations_most =
        std::max(result_.configurations_most, explored.size() + kept.size());
    if (kept.size() == 0) {
      fail(number, explored);
      return false;
    }
    comparisons_ += explored.comparisons() + kept.comparisons();
    configurations_ = kept.take();
    open_ = then_open;
    std::erase(open_reads_, number);
    std::erase(open_changes_, number);
    free_slots_.push_back(slot);
    return true;
  }

  template <typename Then>
  void try_change(const Configuration& from, std::uint32_t number, Then then) {
    const RegisterOperation& operation = operations_[number];
    const std::size_t slot = slot_of_[number];
    const bool is_write = operation.kind == Kind::write;
    if (from.done.has(slot)) return;
    // To overwrite what nobody saw is to have written this at once, and that was tried.
    if (is_write ? from.nobody_saw_it : operation.expected != from.value) return;
    Configuration next = from;
    next.value = operation.written;
    next.nobody_saw_it = is_write;
    if (is_write) next.hidden = open_.writes.without(next.done);
    next.linearize(number, slot);
    for (const auto read : open_reads_) {
      if (operations_[read].expected == next.value && !next.done.has(slot_of_[read])) {
        next.linearize(read, slot_of_[read]);
        next.nobody_saw_it = false;
      }
    }
    then(next);
  }

  void fail(std::uint32_t number, const ConfigurationSet& explored) {
    result_.validity = Validity::invalid;
    Counterexample found{.operation = number, .possible = {}, .prefixes = {}};
    std::set<std::uint32_t> possible;
    for (std::size_t i = 0; i < explored.size(); ++i) possible.insert(explored[i].value);
    found.possible.assign(possible.begin(), possible.end());
    for (const auto& configuration : configurations_) {
      if (found.prefixes.size() == Counterexample::prefixes_max) break;
      LinearizedPrefix prefix{.value = configuration.value, .last = {}, .open = {}};
      const std::uint32_t count = configuration.last_count;
      const auto size = static_cast<std::uint32_t>(configuration.last.size());
      for (std::uint32_t i = count > size ? count - size : 0; i < count; ++i) {
        prefix.last.push_back(configuration.last[i % size]);
      }
      add_open(configuration, open_reads_, prefix.open);
      add_open(configuration, open_changes_, prefix.open);
      for (const auto& equal : open_for_ever_) add_open(configuration, equal, prefix.open);
      std::sort(prefix.open.begin(), prefix.open.end());
      found.prefixes.push_back(std::move(prefix));
    }
    result_.counterexample = std::move(found);
  }

  void add_open(const Configuration& configuration, const std::vector<std::uint32_t>& numbers,
                std::vector<std::size_t>& open) const {
    for (const auto number : numbers) {
      if (!configuration.done.has(slot_of_[number])) open.push_back(number);
    }
  }

  std::span<const RegisterOperation> operations_;
  LinearizabilityLimits limits_;
  std::vector<Configuration> configurations_;
  std::vector<std::size_t> slot_of_;
  std::vector<std::size_t> free_slots_;
  std::uint64_t comparisons_ = 0;
  OpenSlots open_;
  std::vector<std::uint32_t> open_reads_;
  std::vector<std::uint32_t> open_changes_;  // that complete
  std::vector<std::vector<std::uint32_t>> open_for_ever_;
  LinearizabilityResult result_;
};

}  // namespace

LinearizabilityResult check_register(std::span<const RegisterOperation> operations,
                                     std::uint32_t initial, const LinearizabilityLimits& limits) {
  return Search(operations, initial, limits).run();
}

}  // namespace bruit::workbench
