#include "bruit/core/strategies/rounds/log.h"

#include <algorithm>
#include <utility>

namespace bruit::core {

const Log::OriginState* Log::find(const Origin& origin) const {
  const auto place = std::lower_bound(by_origin_.begin(), by_origin_.end(), origin,
                                      [this](std::uint32_t index, const Origin& wanted) {
                                        return origins_[index].origin < wanted;
                                      });
  if (place == by_origin_.end() || origins_[*place].origin != origin) return nullptr;
  return &origins_[*place];
}

bool Log::lacks(const Digest& digest) const {
  if (!digest) return false;
  return std::any_of(digest->begin(), digest->end(), [this](const Head& head) {
    const auto* state = find(head.origin);
    return head.next > (state == nullptr ? 0 : state->next);
  });
}

bool Log::has_gap() const {
  return std::any_of(origins_.begin(), origins_.end(),
                     [](const OriginState& state) { return !state.beyond.empty(); });
}

std::uint32_t Log::find_or_add(const Origin& origin) {
  const auto place = std::lower_bound(by_origin_.begin(), by_origin_.end(), origin,
                                      [this](std::uint32_t index, const Origin& wanted) {
                                        return origins_[index].origin < wanted;
                                      });
  if (place != by_origin_.end() && origins_[*place].origin == origin) return *place;
  const auto index = static_cast<std::uint32_t>(origins_.size());
  by_origin_.insert(place, index);
  origins_.push_back({.origin = origin, .next = 0, .beyond = {}});
  return index;
}

bool Log::add(const Entry& entry, NodeId learned_from) {
  const std::uint32_t index = find_or_add(entry.origin);
  OriginState& state = origins_[index];
  if (entry.sequence < state.next) return false;
  if (entry.sequence == state.next) {
    ++state.next;
    auto filled = state.beyond.begin();
    while (filled != state.beyond.end() && *filled == state.next) {
      ++state.next;
      ++filled;
    }
    state.beyond.erase(state.beyond.begin(), filled);
  } else {
    const auto place = std::lower_bound(state.beyond.begin(), state.beyond.end(), entry.sequence);
    if (place != state.beyond.end() && *place == entry.sequence) return false;
    state.beyond.insert(place, entry.sequence);
  }
  items_.push_back({.origin = index,
                    .learned_from = learned_from.index,
                    .sequence = entry.sequence,
                    .value = entry.value});
  return true;
}

bool Log::has_news_for(NodeId peer, std::uint64_t from) const {
  for (std::uint64_t i = from; i < items_.size(); ++i) {
    if (is_news(items_[i], peer)) return true;
  }
  return false;
}

EntryList Log::news_for(NodeId peer, std::uint64_t from) const {
  auto entries = std::make_shared<std::vector<Entry>>();
  for (std::uint64_t i = from; i < items_.size(); ++i) {
    if (is_news(items_[i], peer)) entries->push_back(entry(items_[i]));
  }
  if (entries->empty()) return nullptr;
  return entries;
}

Digest Log::digest() const {
  auto heads = std::make_shared<std::vector<Head>>();
  heads->reserve(by_origin_.size());
  for (const auto index : by_origin_) {
    heads->push_back({origins_[index].origin, origins_[index].next});
  }
  return heads;
}

EntryList Log::missing_in(const Digest& digest) const {
  // What the other side holds of each of our origins.
  std::vector<std::uint64_t> held(origins_.size(), 0);
  if (digest) {
    for (const auto& head : *digest) {
      if (const auto* state = find(head.origin)) held[state - origins_.data()] = head.next;
    }
  }
  auto entries = std::make_shared<std::vector<Entry>>();
  for (const auto& item : items_) {
    if (item.sequence >= held[item.origin]) entries->push_back(entry(item));
  }
  if (entries->empty()) return nullptr;
  return entries;
}

}  // namespace bruit::core
