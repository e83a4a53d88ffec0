// ConsistencyModel: the models that a history of transactions can be held against, which of them
// are stronger than which, and which anomalies each forbids.
//
// Sources: Adya ("Weak Consistency", 1999: the PL levels), Bailis et al. ("Highly Available
// Transactions", 2013), Cerone, Bernardi and Gotsman (2015), Daudjee and Salem (the strong session
// models), as Jepsen's Elle 0.2.2 puts them together, whose names the models have. Two names can
// mean one model: strict-serializable and strong-serializable do.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/checkers/txn/anomaly.h"

namespace bruit::workbench::txn {

enum class Model : std::uint8_t {
  read_uncommitted,
  read_committed,
  monotonic_view,
  monotonic_snapshot_read,
  monotonic_atomic_view,
  cursor_stability,
  consistent_view,
  forward_consistent_view,
  update_serializable,
  read_atomic,
  update_atomic,
  causal_cerone,
  prefix,
  parallel_snapshot_isolation,
  repeatable_read,
  snapshot_isolation,
  serializable,
  strong_session_read_uncommitted,
  strong_session_read_committed,
  strong_session_snapshot_isolation,
  strong_session_serializable,
  strong_read_uncommitted,
  strong_read_committed,
  strong_snapshot_isolation,
  strong_serializable,
  // Names that are known and forbid nothing that is looked for.
  view_serializable,
  session_serializable,
  one_copy_serializable,
  linearizable,
  sequential,
  causal,
  pram,
  writes_follow_reads,
  monotonic_reads,
  monotonic_writes,
  read_your_writes,
};
inline constexpr std::size_t model_count = static_cast<std::size_t>(Model::read_your_writes) + 1;

// The name that results use: "read-committed", "strong-serializable".
std::string_view to_string(Model model);
// By any of its names: "read-committed", "PL-2", "strict-serializable".
std::optional<Model> parse_model(std::string_view name);
// The names that a person would use, sorted.
std::vector<std::string> model_list();

// A set of models.
class ModelSet {
 public:
  ModelSet() = default;
  ModelSet(std::initializer_list<Model> models) {
    for (const Model model : models) add(model);
  }

  bool contains(Model model) const { return bits_[static_cast<std::size_t>(model)]; }
  // Whether it was not there before.
  bool add(Model model) {
    const bool is_new = !contains(model);
    bits_.set(static_cast<std::size_t>(model));
    return is_new;
  }
  void remove(Model model) { bits_.reset(static_cast<std::size_t>(model)); }
  bool empty() const { return bits_.none(); }
  friend ModelSet operator|(ModelSet a, const ModelSet& b) {
    a.bits_ |= b.bits_;
    return a;
  }
  friend bool operator==(const ModelSet&, const ModelSet&) = default;

  // Calls `visit` with each, in the order of the enumeration.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < model_count; ++i) {
      if (bits_[i]) visit(static_cast<Model>(i));
    }
  }
  // Their names, sorted.
  std::vector<std::string_view> names() const;

 private:
  std::bitset<model_count> bits_;
};

// Names with commas between them, spaces and the colons of EDN's keywords allowed. Throws
// std::invalid_argument for one that no model has.
ModelSet parse_models(std::string_view text);

// Models that a history cannot satisfy if it does not satisfy these: they, and all stronger ones.
ModelSet impossible_without(const ModelSet& models);

// What must not be in a history that satisfies all of these models.
AnomalySet prohibited_by(const ModelSet& models);

// The models that a history with these anomalies cannot satisfy.
ModelSet ruled_out_by(const AnomalySet& anomalies);

// ruled_out_by(), in two parts: the weakest models, and the others.
struct Boundary {
  ModelSet weakest;  // :not
  ModelSet others;   // :also-not
};
Boundary boundary(const AnomalySet& anomalies);

}  // namespace bruit::workbench::txn
