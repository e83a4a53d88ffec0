// Search: a node that has lost its parent asks around, and chooses (Membership's rules M2 and M3).
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "bruit/core/strategies/rounds/messages.h"
#include "bruit/core/strategies/rounds/root_words.h"

namespace bruit::core {

struct Search {
  std::vector<NodeId> candidates;  // senior to the one that searches, in the order of asking
  std::size_t asked = 0;           // of them
  Time ends{};                     // when those that were asked should have answered
  std::map<NodeId, Standing> answers;

  // Of those with current news the one in the tree with the most senior root, and there the one
  // that is closest to it. Otherwise the most senior node. Nobody whose tree hangs below `self`.
  std::optional<NodeId> best(NodeId self, const RootWords& words) const {
    const auto rank = [&](NodeId id) {
      const Standing& standing = answers.at(id);
      const bool old = !words.is_current(standing);
      return std::tuple(old, old ? id : standing.root(), standing.path.size(), id);
    };
    std::optional<NodeId> best;
    for (const auto& [id, standing] : answers) {
      const Path& path = standing.path;
      const bool below_self = std::find(path.begin(), path.end(), self) != path.end();
      if (below_self || !(standing.root() < self)) continue;
      if (self < id && !words.is_current(standing)) continue;
      if (!best || rank(id) < rank(*best)) best = id;
    }
    return best;
  }

  // Those that were asked and said nothing.
  std::vector<NodeId> silent() const {
    std::vector<NodeId> result;
    for (std::size_t i = 0; i < asked; ++i) {
      if (!answers.contains(candidates[i])) result.push_back(candidates[i]);
    }
    return result;
  }
};

}  // namespace bruit::core
