#include "bruit/workbench/simulation/cut_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bruit::workbench {
namespace {

using Ways = std::vector<Way>;

class Builder {
 public:
  explicit Builder(std::uint32_t node_count) : count_(node_count) {}

  std::vector<CutShape> build() {
    for (std::uint32_t a = 0; a < count_; ++a) {
      for (std::uint32_t b = 0; b < count_; ++b) {
        if (a != b) one_way(a, b);
      }
    }
    for (std::uint32_t a = 0; a < count_; ++a) {
      for (std::uint32_t b = a + 1; b < count_; ++b) both_ways(a, b);
    }
    // Of two nodes, one is cut off when the link is.
    for (std::uint32_t node = 0; node < count_ && count_ > 2; ++node) of_node(node);
    return std::move(shapes_);
  }

 private:
  static std::string name(Way way) {
    return fmt::format("n{} -> n{}", way.source, way.destination);
  }

  void one_way(std::uint32_t a, std::uint32_t b) {
    shapes_.push_back({{{a, b}}, {}, "the link " + name({a, b}), {}});
  }

  void both_ways(std::uint32_t a, std::uint32_t b) {
    const std::string what = fmt::format("the link n{} <-> n{}", a, b);
    shapes_.push_back({{{a, b}, {b, a}}, {}, what, {}});
    shapes_.push_back({{{a, b}}, {{b, a}}, what, name({a, b})});
    shapes_.push_back({{{b, a}}, {{a, b}}, what, name({b, a})});
  }

  void of_node(std::uint32_t node) {
    Ways sent;
    Ways heard;
    for (std::uint32_t peer = 0; peer < count_; ++peer) {
      if (peer == node) continue;
      sent.push_back({node, peer});
      heard.push_back({peer, node});
    }
    one_direction(fmt::format("all that n{} sends", node), sent);
    one_direction(fmt::format("all that n{} hears", node), heard);

    const std::string what = fmt::format("n{} is cut off", node);
    Ways all = sent;
    all.insert(all.end(), heard.begin(), heard.end());
    shapes_.push_back({all, {}, what, {}});
    shapes_.push_back({sent, heard, what, "what it sends"});
    shapes_.push_back({heard, sent, what, "what it hears"});
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const Ways link{sent[i], heard[i]};
      shapes_.push_back(
          {link, without(all, link), what, fmt::format("its link with n{}", sent[i].destination)});
    }
  }

  void one_direction(const std::string& what, const Ways& ways) {
    shapes_.push_back({ways, {}, what, {}});
    for (const Way way : ways) {
      shapes_.push_back({{way}, without(ways, {way}), what, name(way)});
    }
  }

  static Ways without(Ways ways, const Ways& gone) {
    std::erase_if(ways,
                  [&](Way way) { return std::find(gone.begin(), gone.end(), way) != gone.end(); });
    return ways;
  }

  std::uint32_t count_;
  std::vector<CutShape> shapes_;
};

}  // namespace

bool CutShape::contains(Way way) const {
  return std::find(first.begin(), first.end(), way) != first.end() ||
         std::find(rest.begin(), rest.end(), way) != rest.end();
}

std::vector<CutShape> cut_shapes(std::uint32_t node_count) { return Builder(node_count).build(); }

}  // namespace bruit::workbench
