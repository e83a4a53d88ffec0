// StalledLinks: on which links nothing arrives for now. Stalls may overlap: a link flows again when
// the last of those that concern it is over.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/workbench/network/links.h"

namespace bruit::workbench {

class StalledLinks {
 public:
  explicit StalledLinks(std::uint32_t node_count) : count_(node_count) {}

  // `links` as in StallLinks. Each begin() has one end() with the same links.
  void begin(const std::optional<Links>& links) { add(links, 1); }
  void end(const std::optional<Links>& links) { add(links, -1); }
  void clear();

  bool any() const { return stalls_ > 0; }
  bool contains(std::uint32_t source, std::uint32_t destination) const {
    return on_all_ > 0 || (!by_link_.empty() && by_link_[source][destination] > 0);
  }

 private:
  void add(const std::optional<Links>& links, int change);

  std::uint32_t count_;
  int stalls_ = 0;
  int on_all_ = 0;
  std::vector<std::vector<int>> by_link_;  // [source][destination]; empty until the first
};

}  // namespace bruit::workbench
