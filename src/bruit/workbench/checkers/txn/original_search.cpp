#include "bruit/workbench/checkers/txn/original_search.h"

#include <algorithm>
#include <array>
#include <utility>

#include "bruit/workbench/checkers/txn/original_order.h"

namespace bruit::workbench::txn {
namespace {

constexpr RelationBits rw = bit(Relation::rw);
// The order of its bits.
constexpr std::array<Relation, 5> relations_in_order = {
    Relation::ww, Relation::wr, Relation::rw, Relation::process, Relation::realtime};

class Search {
 public:
  Search(const Component& component, std::span<const std::uint32_t> indices,
         const CycleShape& shape, std::uint64_t& effort)
      : indices_(indices), effort_(effort) {
    init_.legal = shape.free;
    init_.want = shape.required;
    switch (shape.rw) {
      case CycleShape::Rw::none:
        break;
      case CycleShape::Rw::one:
        init_.want_rw = 1;
        init_.mode = Mode::single;
        break;
      case CycleShape::Rw::nonadjacent:
        init_.want_rw = 2;
        init_.mode = Mode::nonadjacent_free;
        break;
      case CycleShape::Rw::many:
        init_.legal |= rw;
        init_.want_rw = 2;
        break;
    }
    project(component, init_.legal | init_.want | (shape.rw == CycleShape::Rw::none ? 0 : rw));
  }

  std::optional<std::vector<std::uint32_t>> run() {
    std::vector<std::uint32_t> vertices;
    std::vector<bool> has_edge(rows_.size(), false);
    for (std::uint32_t from = 0; from < rows_.size(); ++from) {
      for (const Edge& edge : rows_[from]) has_edge[from] = has_edge[edge.to] = true;
    }
    for (std::uint32_t vertex = 0; vertex < rows_.size(); ++vertex) {
      if (has_edge[vertex]) vertices.push_back(vertex);
    }
    sort(vertices, [](std::uint32_t vertex) { return vertex; });
    std::vector<Way> ways;
    for (const std::uint32_t start : vertices) {
      if (auto found = search_from(rows_, start, ways)) return found;
      if (effort_ == 0) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  enum class Mode : std::uint8_t { none, single, nonadjacent_free, nonadjacent_taken };
  struct Edge {
    std::uint32_t to;
    RelationBits relations;
  };
  using Rows = std::vector<std::vector<Edge>>;

  static constexpr std::uint32_t no_parent = UINT32_MAX;

  // A way, as its last transaction and the way before that.
  struct Way {
    std::uint32_t vertex = 0;
    std::uint32_t parent = no_parent;
    std::uint32_t length = 1;  // transactions
    RelationBits legal = 0;
    RelationBits want = 0;
    std::uint8_t want_rw = 0;
    Mode mode = Mode::none;
    std::uint64_t visited = 0;  // a bit for each transaction; several may share one

    static std::uint64_t visit(std::uint32_t vertex) { return std::uint64_t{1} << vertex % 64; }
  };

  // Puts what has vertices into the order in which the original has it.
  template <typename T, typename Vertex>
  void sort(std::vector<T>& all, Vertex vertex_of) const {
    if (all.size() < 2) return;
    std::vector<std::uint32_t> hashes;
    hashes.reserve(all.size());
    for (const T& one : all) hashes.push_back(op_hash(indices_[vertex_of(one)]));
    std::vector<T> sorted;
    sorted.reserve(all.size());
    for (const std::size_t place : bifurcan_order(hashes)) sorted.push_back(all[place]);
    all = std::move(sorted);
  }

  void project(const Component& component, RelationBits relations) {
    rows_.resize(component.size());
    for (std::uint32_t from = 0; from < component.size(); ++from) {
      for (const Component::Edge& edge : component.out(from)) {
        const auto kept = static_cast<RelationBits>(edge.relations & relations);
        if (kept != 0) rows_[from].push_back({edge.to, kept});
      }
      sort(rows_[from], [](const Edge& edge) { return edge.to; });
    }
  }

  static bool is_complete(const Way& way) {
    return way.want == 0 && way.want_rw == 0 && way.mode != Mode::nonadjacent_taken;
  }

  // Where on a way its last transaction was before; from the beginning, or nothing.
  static std::optional<std::uint32_t> earlier_visit(const std::vector<Way>& ways,
                                                    std::uint32_t at) {
    const std::uint32_t vertex = ways[at].vertex;
    if ((ways[at].visited & Way::visit(vertex)) == 0) return std::nullopt;
    std::optional<std::uint32_t> first;
    for (std::uint32_t way = ways[at].parent; way != no_parent; way = ways[way].parent) {
      if (ways[way].vertex == vertex) first = ways[way].length - 1;
    }
    return first;
  }

  static std::vector<std::uint32_t> vertices_of(const std::vector<Way>& ways, std::uint32_t at) {
    std::vector<std::uint32_t> vertices;
    for (std::uint32_t way = at; way != no_parent; way = ways[way].parent) {
      vertices.push_back(ways[way].vertex);
    }
    std::reverse(vertices.begin(), vertices.end());
    return vertices;
  }

  // Shells of ways around a transaction, each one step longer than the one before. What `ways` held
  // is lost.
  std::optional<std::vector<std::uint32_t>> search_from(const Rows& rows, std::uint32_t start,
                                                        std::vector<Way>& ways) {
    ways.assign(1, init_);
    ways.front().vertex = start;
    std::vector<std::uint32_t> shell{0};
    std::vector<std::uint32_t> open;
    while (!shell.empty()) {
      open.clear();
      for (const std::uint32_t at : shell) {
        const auto earlier = earlier_visit(ways, at);
        if (!earlier) {
          open.push_back(at);
          continue;
        }
        if (!is_complete(ways[at])) continue;
        std::vector<std::uint32_t> vertices = vertices_of(ways, at);
        if (*earlier == 0) {
          vertices.pop_back();
          return vertices;
        }
        vertices.erase(vertices.begin(), vertices.begin() + *earlier);
        if (auto found = search_within(rows, vertices)) return found;
        if (effort_ == 0) return std::nullopt;
      }
      shell.clear();
      for (const std::uint32_t at : open) {
        for (const Edge& edge : rows[ways[at].vertex]) {
          if (!extend(ways, shell, at, edge)) return std::nullopt;
        }
      }
    }
    return std::nullopt;
  }

  // A loop that the way came to only after a while: it is sought again among its own transactions.
  std::optional<std::vector<std::uint32_t>> search_within(
      const Rows& rows, const std::vector<std::uint32_t>& loop) {
    Rows within(rows.size());
    for (const std::uint32_t from : loop) {
      if (!within[from].empty()) continue;
      for (const Edge& edge : rows[from]) {
        if (std::find(loop.begin(), loop.end(), edge.to) != loop.end()) {
          within[from].push_back(edge);
        }
      }
      sort(within[from], [](const Edge& edge) { return edge.to; });
    }
    std::vector<Way> ways;
    for (const std::uint32_t start : loop) {
      if (auto found = search_from(within, start, ways)) return found;
      if (effort_ == 0) return std::nullopt;
    }
    return std::nullopt;
  }

  // Adds the ways that go on along an edge. False if the effort is used up.
  bool extend(std::vector<Way>& ways, std::vector<std::uint32_t>& shell, std::uint32_t at,
              const Edge& edge) {
    const Way from = ways[at];
    const bool looks_for_rw = from.want_rw > 0 || from.mode == Mode::single ||
                              from.mode == Mode::nonadjacent_free;
    const RelationBits rw_mask = looks_for_rw ? rw : RelationBits{0};
    const auto want_mask = static_cast<RelationBits>(from.want & ~rw_mask);
    const auto legal_mask = static_cast<RelationBits>(from.legal & ~rw_mask & ~want_mask);
    bool has_effort = true;
    const auto take = [&](RelationBits mask, bool one_is_enough) {
      for (const Relation relation : relations_in_order) {
        if ((edge.relations & mask & bit(relation)) == 0) continue;
        const auto next = step(from, relation);
        if (!next) continue;
        if (--effort_ == 0) {
          has_effort = false;
          return;
        }
        ways.push_back(*next);
        ways.back().vertex = edge.to;
        ways.back().parent = at;
        ways.back().length = from.length + 1;
        ways.back().visited = from.visited | Way::visit(from.vertex);
        shell.push_back(static_cast<std::uint32_t>(ways.size()) - 1);
        if (one_is_enough) return;
      }
    };
    take(rw_mask, false);
    if (!has_effort) return false;
    if (from.want_rw > 0 && from.length == 1) return true;
    take(want_mask, false);
    if (!has_effort) return false;
    if (from.want != 0 && from.length == 1) return true;
    take(legal_mask, true);
    return has_effort;
  }

  static std::optional<Way> step(Way way, Relation relation) {
    const bool is_rw = relation == Relation::rw;
    const auto fewer_rw = static_cast<std::uint8_t>(way.want_rw == 0 ? 0 : way.want_rw - 1);
    const bool is_legal = (way.legal & bit(relation)) != 0;
    way.want &= static_cast<RelationBits>(~bit(relation));
    if (is_legal) {
      if (is_rw) way.want_rw = fewer_rw;
      if (way.mode == Mode::nonadjacent_taken) way.mode = Mode::nonadjacent_free;
      return way;
    }
    if (!is_rw) return std::nullopt;
    switch (way.mode) {
      case Mode::none:
      case Mode::nonadjacent_taken:
        return std::nullopt;
      case Mode::single:
        way.want_rw = 0;
        way.mode = Mode::none;
        return way;
      case Mode::nonadjacent_free:
        way.want_rw = fewer_rw;
        way.mode = Mode::nonadjacent_taken;
        return way;
    }
    return std::nullopt;
  }

  std::span<const std::uint32_t> indices_;
  std::uint64_t& effort_;
  Way init_;
  Rows rows_;
};

}  // namespace

std::optional<std::vector<std::uint32_t>> original_search(const Component& component,
                                                          std::span<const std::uint32_t> indices,
                                                          const CycleShape& shape,
                                                          std::uint64_t& effort) {
  if (effort == 0) return std::nullopt;
  return Search(component, indices, shape, effort).run();
}

std::vector<std::uint32_t> original_fallback(const Component& component,
                                             std::span<const std::uint32_t> indices,
                                             std::span<const std::uint32_t> hashes) {
  std::vector<std::uint32_t> index_hashes;
  for (const std::uint32_t index : indices) index_hashes.push_back(op_hash(index));
  std::vector<std::uint32_t> way{
      static_cast<std::uint32_t>(bifurcan_order(index_hashes).front())};
  constexpr std::size_t unseen = SIZE_MAX;
  std::vector<std::size_t> place(component.size(), unseen);
  place[way.front()] = 0;
  while (true) {
    std::vector<std::uint32_t> next;
    for (const Component::Edge& edge : component.out(way.back())) next.push_back(edge.to);
    std::sort(next.begin(), next.end(), [&](std::uint32_t a, std::uint32_t b) {
      return clojure_position(hashes[a]) < clojure_position(hashes[b]);
    });
    const auto is_seen = [&](std::uint32_t vertex) { return place[vertex] != unseen; };
    const auto back = std::find_if(next.begin(), next.end(), is_seen);
    if (back != next.end()) {
      way.erase(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(place[*back]));
      return way;
    }
    place[next.front()] = way.size();
    way.push_back(next.front());
  }
}

}  // namespace bruit::workbench::txn
