// Anomaly: the kinds of what can be wrong with a history of transactions, and which of them imply
// which.
//
// The kinds are those of Adya ("Weak Consistency", 1999), of Cerone, Bernardi and Gotsman ("A
// Framework for Transactional Consistency Models with Atomic Visibility", 2015) and of Jepsen's
// checker Elle 0.2.2, whose names they have. A cycle of dependencies has a kind by its edges, with
// the suffix -process or -realtime if it takes such an edge too.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace bruit::workbench::txn {

enum class Anomaly : std::uint8_t {
  // Cycles, each kind in three variants that follow each other: data alone, -process, -realtime.
  G0,
  G0_process,
  G0_realtime,
  G1c,
  G1c_process,
  G1c_realtime,
  G_single_item,
  G_single_item_process,
  G_single_item_realtime,
  G_nonadjacent_item,
  G_nonadjacent_item_process,
  G_nonadjacent_item_realtime,
  G2_item,
  G2_item_process,
  G2_item_realtime,
  // The same with reads of predicates. No workload has them; models speak of them.
  G_single,
  G_single_process,
  G_single_realtime,
  G_nonadjacent,
  G_nonadjacent_process,
  G_nonadjacent_realtime,
  G2,
  G2_process,
  G2_realtime,
  // Families that models forbid as a whole.
  G1,
  G1_process,
  G1_realtime,
  // What is seen without a cycle.
  G1a,
  G1b,
  cyclic_versions,
  dirty_update,
  duplicate_elements,
  future_read,
  incompatible_order,
  internal,
  lost_update,
  write_skew,
  // "There is a cycle somewhere in this component": in the order in which they are looked for.
  PL_1_cycle_exists,
  PL_2_cycle_exists,
  PL_SI_cycle_exists,
  PL_2_99_cycle_exists,
  PL_3_cycle_exists,
  strong_session_PL_1_cycle_exists,
  strong_session_PL_2_cycle_exists,
  strong_session_snapshot_isolation_cycle_exists,
  strong_session_serializable_cycle_exists,
  strong_PL_1_cycle_exists,
  strong_PL_2_cycle_exists,
  strong_snapshot_isolation_cycle_exists,
  PL_SS_cycle_exists,
  // No verdict: there was nothing to order, or the search for cycles reached its limit.
  empty_transaction_graph,
  cycle_search_timeout,
};
inline constexpr std::size_t anomaly_count =
    static_cast<std::size_t>(Anomaly::cycle_search_timeout) + 1;

// "G-single-item-realtime", without a colon.
std::string_view to_string(Anomaly anomaly);
// The anomaly of that name.
std::optional<Anomaly> parse_anomaly(std::string_view name);

// A set of anomalies; iterates in the order of the enumeration.
class AnomalySet {
 public:
  AnomalySet() = default;
  AnomalySet(std::initializer_list<Anomaly> anomalies) {
    for (const Anomaly anomaly : anomalies) add(anomaly);
  }

  bool contains(Anomaly anomaly) const { return bits_[static_cast<std::size_t>(anomaly)]; }
  // Whether it was not there before.
  bool add(Anomaly anomaly) {
    const bool is_new = !contains(anomaly);
    bits_.set(static_cast<std::size_t>(anomaly));
    return is_new;
  }
  bool empty() const { return bits_.none(); }
  std::size_t size() const { return bits_.count(); }

  friend AnomalySet operator|(AnomalySet a, const AnomalySet& b) {
    a.bits_ |= b.bits_;
    return a;
  }
  friend AnomalySet operator&(AnomalySet a, const AnomalySet& b) {
    a.bits_ &= b.bits_;
    return a;
  }
  friend bool operator==(const AnomalySet&, const AnomalySet&) = default;

  // Calls `visit` with each.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < anomaly_count; ++i) {
      if (bits_[i]) visit(static_cast<Anomaly>(i));
    }
  }

 private:
  std::bitset<anomaly_count> bits_;
};

// One anomaly that implies another.
struct Implication {
  Anomaly from;
  Anomaly to;
};
// The direct ones: what all others follow from.
const std::vector<Implication>& direct_implications();

// All that these imply, themselves included.
AnomalySet implied_by(const AnomalySet& anomalies);
// All that imply one of these, themselves included.
AnomalySet implying(const AnomalySet& anomalies);

// The kinds of cycles that are looked for, in all variants.
AnomalySet cycle_kinds();
// Those whose name ends with -process, and with -realtime.
AnomalySet process_cycle_kinds();
AnomalySet realtime_cycle_kinds();
// Those that make a verdict unknown and not invalid.
AnomalySet unknown_kinds();
// The "-cycle-exists" ones.
bool is_cycle_existence(Anomaly anomaly);

}  // namespace bruit::workbench::txn
