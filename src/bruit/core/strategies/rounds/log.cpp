#include "bruit/core/strategies/rounds/log.h"

#include <algorithm>
#include <utility>

namespace bruit::core {
namespace {

bool contains(const std::vector<SequenceRange>& ranges, std::uint64_t sequence) {
  return std::any_of(ranges.begin(), ranges.end(), [sequence](const SequenceRange& range) {
    return range.first <= sequence && sequence < range.end;
  });
}

EntryList to_list(std::vector<Entry> entries) {
  if (entries.empty()) return nullptr;
  return EntryList(std::move(entries));
}

}  // namespace

bool Log::OriginState::holds(const SequenceRange& range) const {
  if (range.first >= range.end || range.end <= next) return true;
  return std::any_of(beyond.begin(), beyond.end(), [&](const SequenceRange& held) {
    return held.first <= range.first && range.end <= held.end;
  });
}

bool Log::OriginState::add(std::uint64_t sequence) {
  if (sequence < next) return false;
  if (sequence == next) {
    ++next;
    if (!beyond.empty() && beyond.front().first == next) {
      next = beyond.front().end;
      beyond.erase(beyond.begin());
    }
    return true;
  }
  // The first range that does not end before it.
  const auto place = std::find_if(beyond.begin(), beyond.end(), [=](const SequenceRange& range) {
    return sequence <= range.end;
  });
  if (place == beyond.end() || sequence + 1 < place->first) {
    beyond.insert(place, {sequence, sequence + 1});
    return true;
  }
  if (place->first <= sequence && sequence < place->end) return false;
  if (sequence + 1 == place->first) {
    --place->first;
    return true;
  }
  ++place->end;
  const auto following = place + 1;
  if (following != beyond.end() && following->first == place->end) {
    place->end = following->end;
    beyond.erase(following);
  }
  return true;
}

std::vector<std::uint32_t>::const_iterator Log::place_of(const Origin& origin) const {
  return std::lower_bound(by_origin_.begin(), by_origin_.end(), origin,
                          [this](std::uint32_t index, const Origin& wanted) {
                            return origins_[index].origin < wanted;
                          });
}

const Log::OriginState* Log::find(const Origin& origin) const {
  const auto place = place_of(origin);
  if (place == by_origin_.end() || origins_[*place].origin != origin) return nullptr;
  return &origins_[*place];
}

bool Log::lacks(const Digest& digest) const {
  if (!digest) return false;
  return std::any_of(digest->begin(), digest->end(), [this](const Head& head) {
    const auto* state = find(head.origin);
    if (state == nullptr) return head.next > 0 || !head.beyond.empty();
    return !state->holds({0, head.next}) ||
           std::any_of(head.beyond.begin(), head.beyond.end(),
                       [state](const SequenceRange& range) { return !state->holds(range); });
  });
}

std::uint64_t Log::followed(NodeId node) const {
  std::uint64_t count = 0;
  for (auto it = place_of({node, 0}); it != by_origin_.end(); ++it) {
    const OriginState& state = origins_[*it];
    if (state.origin.node != node) break;
    count += state.next;
  }
  return count;
}

bool Log::has_gap() const {
  return std::any_of(origins_.begin(), origins_.end(),
                     [](const OriginState& state) { return !state.beyond.empty(); });
}

std::uint32_t Log::find_or_add(const Origin& origin) {
  const auto place = place_of(origin);
  if (place != by_origin_.end() && origins_[*place].origin == origin) return *place;
  const auto index = static_cast<std::uint32_t>(origins_.size());
  by_origin_.insert(place, index);
  origins_.push_back({.origin = origin, .next = 0, .beyond = {}});
  return index;
}

bool Log::add(const Entry& entry, NodeId learned_from) {
  const std::uint32_t index = find_or_add(entry.origin);
  if (!origins_[index].add(entry.sequence)) return false;
  items_.push_back({.origin = index,
                    .learned_from = learned_from.index,
                    .only_for = nobody,
                    .sequence = entry.sequence,
                    .value = entry.value});
  return true;
}

bool Log::has_news_for(NodeId peer, std::uint64_t from, std::uint64_t doubtful) const {
  for (std::uint64_t i = from; i < items_.size(); ++i) {
    if (is_news(i, peer, doubtful)) return true;
  }
  return false;
}

Log::Stretch Log::news_for(NodeId peer, std::uint64_t from, std::uint64_t doubtful) const {
  std::vector<Entry> entries;
  std::uint64_t end = std::min<std::uint64_t>(from, items_.size());
  for (; end < items_.size() && entries.size() < most_entries; ++end) {
    if (is_news(end, peer, doubtful)) entries.push_back(entry(items_[end]));
  }
  return {to_list(std::move(entries)), end};
}

Digest Log::digest() const {
  std::vector<Head> heads;
  heads.reserve(by_origin_.size());
  for (const auto index : by_origin_) {
    const OriginState& state = origins_[index];
    heads.push_back({state.origin, state.next, state.beyond});
  }
  return Digest(std::move(heads));
}

std::vector<const Head*> Log::heads_of(const Digest& digest) const {
  std::vector<const Head*> heads(origins_.size(), nullptr);
  if (!digest) return heads;
  for (const auto& head : *digest) {
    if (const auto* state = find(head.origin)) heads[state - origins_.data()] = &head;
  }
  return heads;
}

bool Log::lacks(const Item& item, const std::vector<const Head*>& heads) {
  const Head* head = heads[item.origin];
  return head == nullptr || (item.sequence >= head->next && !contains(head->beyond, item.sequence));
}

Log::Stretch Log::missing_in(const Digest& digest, NodeId peer, std::uint64_t from) const {
  const auto heads = heads_of(digest);
  std::vector<Entry> entries;
  std::uint64_t end = std::min<std::uint64_t>(from, items_.size());
  for (; end < items_.size() && entries.size() < most_entries; ++end) {
    const Item& item = items_[end];
    const bool is_for_peer = item.only_for == nobody || item.only_for == peer.index;
    if (is_for_peer && lacks(item, heads)) entries.push_back(entry(item));
  }
  return {to_list(std::move(entries)), end};
}

bool Log::has_missing_in(const Digest& digest) const {
  const auto heads = heads_of(digest);
  return std::any_of(items_.begin(), items_.end(),
                     [&](const Item& item) { return lacks(item, heads); });
}

void Log::repeat_for(NodeId peer, const Digest& digest, std::uint64_t until) {
  const auto heads = heads_of(digest);
  const std::uint64_t size = items_.size();
  const auto is_under_way = [&](const Item& wanted) {
    return std::any_of(items_.begin() + static_cast<std::ptrdiff_t>(until), items_.end(),
                       [&](const Item& item) {
                         return item.only_for == peer.index && item.origin == wanted.origin &&
                                item.sequence == wanted.sequence;
                       });
  };
  for (std::uint64_t i = 0; i < std::min(until, size); ++i) {
    if (items_[i].only_for != nobody || !lacks(items_[i], heads) || is_under_way(items_[i])) {
      continue;
    }
    Item repetition = items_[i];
    repetition.only_for = peer.index;
    items_.push_back(std::move(repetition));
  }
}

}  // namespace bruit::core
