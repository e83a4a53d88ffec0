#include "bruit/workbench/checkers/txn/anomaly.h"

#include <algorithm>
#include <array>

namespace bruit::workbench::txn {
namespace {

constexpr std::array<std::string_view, anomaly_count> names = {
    "G0",
    "G0-process",
    "G0-realtime",
    "G1c",
    "G1c-process",
    "G1c-realtime",
    "G-single-item",
    "G-single-item-process",
    "G-single-item-realtime",
    "G-nonadjacent-item",
    "G-nonadjacent-item-process",
    "G-nonadjacent-item-realtime",
    "G2-item",
    "G2-item-process",
    "G2-item-realtime",
    "G-single",
    "G-single-process",
    "G-single-realtime",
    "G-nonadjacent",
    "G-nonadjacent-process",
    "G-nonadjacent-realtime",
    "G2",
    "G2-process",
    "G2-realtime",
    "G1",
    "G1-process",
    "G1-realtime",
    "G1a",
    "G1b",
    "cyclic-versions",
    "dirty-update",
    "duplicate-elements",
    "future-read",
    "incompatible-order",
    "internal",
    "lost-update",
    "write-skew",
    "PL-1-cycle-exists",
    "PL-2-cycle-exists",
    "PL-SI-cycle-exists",
    "PL-2.99-cycle-exists",
    "PL-3-cycle-exists",
    "strong-session-PL-1-cycle-exists",
    "strong-session-PL-2-cycle-exists",
    "strong-session-snapshot-isolation-cycle-exists",
    "strong-session-serializable-cycle-exists",
    "strong-PL-1-cycle-exists",
    "strong-PL-2-cycle-exists",
    "strong-snapshot-isolation-cycle-exists",
    "PL-SS-cycle-exists",
    "empty-transaction-graph",
    "cycle-search-timeout",
};

// That a kind implies its -process and that its -realtime variant is not
// listed here: a cycle of fewer sorts of edges is one of more, and a process does one thing at a
// time.
constexpr std::array implications = {
    // More than a write is seen.
    Implication{Anomaly::G0, Anomaly::G1c},
    Implication{Anomaly::G1a, Anomaly::G1},
    Implication{Anomaly::G1b, Anomaly::G1},
    Implication{Anomaly::G1c, Anomaly::G1},
    // One anti-dependency is none that is next to another, and items are special predicates.
    Implication{Anomaly::G_single_item, Anomaly::G_nonadjacent_item},
    Implication{Anomaly::G_single_item, Anomaly::G_single},
    Implication{Anomaly::G_nonadjacent_item, Anomaly::G2_item},
    Implication{Anomaly::G_nonadjacent_item, Anomaly::G_nonadjacent},
    Implication{Anomaly::G_single, Anomaly::G_nonadjacent},
    Implication{Anomaly::G_nonadjacent, Anomaly::G2},
    Implication{Anomaly::G2_item, Anomaly::G2},
    // Reads of two histories: at least one of them was never committed.
    Implication{Anomaly::incompatible_order, Anomaly::G1a},
    Implication{Anomaly::dirty_update, Anomaly::G1a},
    // A cycle of one transaction.
    Implication{Anomaly::future_read, Anomaly::G1c},
    Implication{Anomaly::lost_update, Anomaly::write_skew},
    Implication{Anomaly::lost_update, Anomaly::G2_item},
    Implication{Anomaly::write_skew, Anomaly::G2},
};

// Kinds with variants, by their first; the variants follow in the enumeration.
constexpr std::array with_variants = {
    Anomaly::G0,       Anomaly::G1c,           Anomaly::G_single_item, Anomaly::G_nonadjacent_item,
    Anomaly::G2_item,  Anomaly::G_single,      Anomaly::G_nonadjacent, Anomaly::G2,
    Anomaly::G1,
};

constexpr Anomaly variant(Anomaly base, int number) {
  return static_cast<Anomaly>(static_cast<int>(base) + number);
}

bool has_variants(Anomaly anomaly) {
  return std::find(with_variants.begin(), with_variants.end(), anomaly) != with_variants.end();
}

std::vector<Implication> all_implications() {
  std::vector<Implication> all;
  for (const auto& [from, to] : implications) {
    all.push_back({from, to});
    if (!has_variants(from) || !has_variants(to)) continue;
    for (const int number : {1, 2}) all.push_back({variant(from, number), variant(to, number)});
  }
  for (const Anomaly base : with_variants) {
    all.push_back({base, variant(base, 1)});
    all.push_back({variant(base, 1), variant(base, 2)});
  }
  return all;
}

AnomalySet closure(AnomalySet anomalies, bool forward) {
  bool grew = true;
  while (grew) {
    grew = false;
    for (const auto& [from, to] : direct_implications()) {
      if (anomalies.contains(forward ? from : to) && anomalies.add(forward ? to : from)) {
        grew = true;
      }
    }
  }
  return anomalies;
}

constexpr std::array searched = {
    Anomaly::G0,      Anomaly::G1c,           Anomaly::G_single_item, Anomaly::G_nonadjacent_item,
    Anomaly::G2_item, Anomaly::G_single,      Anomaly::G_nonadjacent, Anomaly::G2,
};

AnomalySet variants_of_searched(int number) {
  AnomalySet kinds;
  for (const Anomaly base : searched) kinds.add(variant(base, number));
  return kinds;
}

}  // namespace

std::string_view to_string(Anomaly anomaly) { return names[static_cast<std::size_t>(anomaly)]; }

const std::vector<Implication>& direct_implications() {
  static const std::vector<Implication> all = all_implications();
  return all;
}

std::optional<Anomaly> parse_anomaly(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Anomaly>(found - names.begin());
}

AnomalySet implied_by(const AnomalySet& anomalies) { return closure(anomalies, true); }
AnomalySet implying(const AnomalySet& anomalies) { return closure(anomalies, false); }

AnomalySet process_cycle_kinds() { return variants_of_searched(1); }
AnomalySet realtime_cycle_kinds() { return variants_of_searched(2); }
AnomalySet cycle_kinds() {
  return variants_of_searched(0) | process_cycle_kinds() | realtime_cycle_kinds();
}
AnomalySet unknown_kinds() {
  return {Anomaly::empty_transaction_graph, Anomaly::cycle_search_timeout};
}

bool is_cycle_existence(Anomaly anomaly) {
  return anomaly >= Anomaly::PL_1_cycle_exists && anomaly <= Anomaly::PL_SS_cycle_exists;
}

}  // namespace bruit::workbench::txn
