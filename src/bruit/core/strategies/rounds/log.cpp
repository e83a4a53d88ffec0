#include "bruit/core/strategies/rounds/log.h"

#include <algorithm>
#include <utility>

#include "bruit/core/check.h"

namespace bruit::core {
namespace {

using Ranges = std::vector<SequenceRange>;

// The first range that does not end before `sequence`.
Ranges::const_iterator first_not_before(const Ranges& ranges, std::uint64_t sequence) {
  return std::lower_bound(
      ranges.begin(), ranges.end(), sequence,
      [](const SequenceRange& range, std::uint64_t wanted) { return range.end < wanted; });
}

bool contains(const Ranges& ranges, const SequenceRange& wanted) {
  const auto place = first_not_before(ranges, wanted.end);
  return place != ranges.end() && place->first <= wanted.first && wanted.end <= place->end;
}

bool contains(const Ranges& ranges, const Ranges& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const SequenceRange& range) { return contains(ranges, range); });
}

bool has_gap(const Ranges& ranges) { return ranges.size() > 1 || ranges.front().first > 0; }

}  // namespace

bool insert(Ranges& ranges, std::uint64_t sequence) {
  // Mostly it follows the last one.
  if (!ranges.empty() && ranges.back().end == sequence) {
    ++ranges.back().end;
    return true;
  }
  const auto place = ranges.begin() + (first_not_before(ranges, sequence) - ranges.cbegin());
  if (place == ranges.end() || sequence + 1 < place->first) {
    ranges.insert(place, {sequence, sequence + 1});
    return true;
  }
  if (place->first <= sequence && sequence < place->end) return false;
  if (sequence + 1 == place->first) {
    --place->first;
    return true;
  }
  ++place->end;
  const auto following = place + 1;
  if (following != ranges.end() && following->first == place->end) {
    place->end = following->end;
    ranges.erase(following);
  }
  return true;
}

std::vector<std::uint32_t>::const_iterator Log::place_of(const Origin& origin) const {
  return std::lower_bound(by_origin_.begin(), by_origin_.end(), origin,
                          [this](std::uint32_t index, const Origin& wanted) {
                            return origins_[index].origin < wanted;
                          });
}

std::uint32_t Log::find_or_add(const Origin& origin) {
  const auto place = place_of(origin);
  if (place != by_origin_.end() && origins_[*place].origin == origin) return *place;
  const auto index = static_cast<std::uint32_t>(origins_.size());
  by_origin_.insert(place, index);
  origins_.push_back({.origin = origin, .held = {}});
  return index;
}

bool Log::add(const Entry& entry, std::uint32_t learned_from, bool straight) {
  const std::uint32_t index = find_or_add(entry.origin);
  Ranges& held = origins_[index].held;
  const bool had_gap = !held.empty() && core::has_gap(held);
  if (!insert(held, entry.sequence)) return false;
  gaps_ += core::has_gap(held) ? 1 : 0;
  gaps_ -= had_gap ? 1 : 0;
  items_.push_back({index, straight, learned_from, entry.sequence, entry.value});
  return true;
}

EntryNames Log::digest() const {
  if (digest_size_ != items_.size()) {
    std::vector<OriginRanges> names;
    names.reserve(by_origin_.size());
    for (const auto index : by_origin_) {
      names.push_back({origins_[index].origin, origins_[index].held});
    }
    digest_ = EntryNames(std::move(names));
    digest_size_ = items_.size();
  }
  return digest_;
}

EntryNames Log::to_names(std::vector<Ranges> by_position) const {
  std::vector<OriginRanges> names;
  for (const auto index : by_origin_) {
    if (index >= by_position.size() || by_position[index].empty()) continue;
    names.push_back({origins_[index].origin, std::move(by_position[index])});
  }
  return EntryNames(std::move(names));
}

bool Log::holds(const EntryNames& names) const {
  if (!names) return true;
  return std::all_of(names->begin(), names->end(), [this](const OriginRanges& named) {
    const auto place = place_of(named.origin);
    if (place == by_origin_.end() || origins_[*place].origin != named.origin) return false;
    return contains(origins_[*place].held, named.ranges);
  });
}

Log::Holder::Holder(const Log& log, EntryNames digest)
    : digest_(std::move(digest)), ranges_(log.origins_.size()) {
  if (digest_) {
    for (const OriginRanges& named : *digest_) {
      const auto place = log.place_of(named.origin);
      if (place == log.by_origin_.end() || log.origins_[*place].origin != named.origin) continue;
      ranges_[*place] = &named.ranges;
    }
  }
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    holds_all_ = holds_all_ && ranges_[i] != nullptr && contains(*ranges_[i], log.origins_[i].held);
  }
}

bool Log::Holder::holds(const Item& item) const {
  if (item.origin >= ranges_.size() || ranges_[item.origin] == nullptr) return false;
  return contains(*ranges_[item.origin], {item.sequence, item.sequence + 1});
}

void Log::sanity_check() const {
  BRUIT_CHECK(by_origin_.size() == origins_.size());
  std::uint64_t held = 0;
  std::size_t gaps = 0;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    const OriginState& state = origins_[i];
    BRUIT_CHECK(*place_of(state.origin) == i);
    BRUIT_CHECK(!state.held.empty());
    gaps += core::has_gap(state.held) ? 1 : 0;
    for (std::size_t r = 0; r < state.held.size(); ++r) {
      const SequenceRange& range = state.held[r];
      BRUIT_CHECK(range.first < range.end);
      BRUIT_CHECK(r == 0 || state.held[r - 1].end < range.first);
      held += range.end - range.first;
    }
  }
  BRUIT_CHECK(held == items_.size());
  BRUIT_CHECK(gaps == gaps_);
  for (const Item& item : items_) {
    BRUIT_CHECK(contains(origins_[item.origin].held, {item.sequence, item.sequence + 1}));
  }
}

}  // namespace bruit::core
