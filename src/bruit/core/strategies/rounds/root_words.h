// RootWords: the last words of roots that this node was cut off from.
//
// Nodes that were cut off together all think that they are still in the old tree. So whoever leaves
// the tree of a root for another one, or for none, remembers its last word, and believes only newer
// ones: an old word cannot go round for ever.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "bruit/core/strategies/rounds/messages.h"

namespace bruit::core {

class RootWords {
 public:
  // This node leaves the tree of `root`, of which `word` was the newest word.
  void lose(NodeId root, const RootWord& word) {
    auto& words = lost_[root];
    const auto known = find(words, word.incarnation);
    if (known != words.end()) {
      known->spoken = std::max(known->spoken, word.spoken);
      return;
    }
    if (words.size() == most_words) words.erase(words.begin());
    words.push_back(word);
  }

  // Whether who stands there has news of its root, not only what was known before this node was
  // cut off. A life of the root that was never heard of is news.
  bool is_current(const Standing& standing) const {
    const auto lost = lost_.find(standing.root());
    if (lost == lost_.end()) return true;
    if (standing.word.incarnation == unknown_incarnation) return false;
    const auto known = find(lost->second, standing.word.incarnation);
    return known == lost->second.end() || standing.word.spoken > known->spoken;
  }

 private:
  // Lives of one root. Guess: older ones have nobody left who tells of them.
  static constexpr std::size_t most_words = 16;

  template <typename Words>
  static auto find(Words& words, Incarnation incarnation) -> decltype(words.begin()) {
    return std::find_if(words.begin(), words.end(),
                        [=](const RootWord& word) { return word.incarnation == incarnation; });
  }

  std::map<NodeId, std::vector<RootWord>> lost_;
};

}  // namespace bruit::core
