#include "bruit/workbench/network/stalled_links.h"

namespace bruit::workbench {

void StalledLinks::clear() {
  stalls_ = 0;
  on_all_ = 0;
  by_link_.clear();
}

void StalledLinks::add(const std::optional<Links>& links, int change) {
  stalls_ += change;
  if (!links) {
    on_all_ += change;
    return;
  }
  if (by_link_.empty()) by_link_.assign(count_, std::vector<int>(count_));
  for_each_link(*links, [&](std::uint32_t source, std::uint32_t destination) {
    by_link_[source][destination] += change;
  });
}

}  // namespace bruit::workbench
