#include "bruit/workbench/checkers/txn/consistency_model.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bruit::workbench::txn {
namespace {

struct Names {
  std::string_view friendly;
  std::string_view canonical;  // Adya's, where he has one
};

constexpr std::array<Names, model_count> names = {{
    {"read-uncommitted", "PL-1"},
    {"read-committed", "PL-2"},
    {"monotonic-view", "PL-2L"},
    {"monotonic-snapshot-read", "PL-MSR"},
    {"monotonic-atomic-view", ""},
    {"cursor-stability", "PL-CS"},
    {"consistent-view", "PL-2+"},
    {"forward-consistent-view", "PL-FCV"},
    {"update-serializable", "PL-3U"},
    {"read-atomic", ""},
    {"update-atomic", ""},
    {"causal-cerone", ""},
    {"prefix", ""},
    {"parallel-snapshot-isolation", ""},
    {"repeatable-read", "PL-2.99"},
    {"snapshot-isolation", "PL-SI"},
    {"serializable", "PL-3"},
    {"strong-session-read-uncommitted", "strong-session-PL-1"},
    {"strong-session-read-committed", "strong-session-PL-2"},
    {"strong-session-snapshot-isolation", ""},
    {"strong-session-serializable", ""},
    {"strong-read-uncommitted", "strong-PL-1"},
    {"strong-read-committed", "strong-PL-2"},
    {"strong-snapshot-isolation", ""},
    {"strong-serializable", "PL-SS"},
    {"view-serializable", ""},
    {"session-serializable", ""},
    {"1SR", ""},
    {"linearizable", ""},
    {"sequential", ""},
    {"causal", ""},
    {"PRAM", ""},
    {"writes-follow-reads", ""},
    {"monotonic-reads", ""},
    {"monotonic-writes", ""},
    {"read-your-writes", ""},
}};

struct Alias {
  std::string_view name;
  Model model;
};
constexpr std::array aliases = {
    Alias{"strict-serializable", Model::strong_serializable},
    Alias{"conflict-serializable", Model::serializable},
};

// Who satisfies the first satisfies the second.
struct Implication {
  Model stronger;
  Model weaker;
};
constexpr std::array implications = {
    Implication{Model::read_committed, Model::read_uncommitted},
    Implication{Model::monotonic_view, Model::read_committed},
    Implication{Model::monotonic_snapshot_read, Model::read_committed},
    Implication{Model::monotonic_atomic_view, Model::read_committed},
    Implication{Model::cursor_stability, Model::read_committed},
    Implication{Model::consistent_view, Model::cursor_stability},
    Implication{Model::consistent_view, Model::monotonic_view},
    Implication{Model::forward_consistent_view, Model::consistent_view},
    Implication{Model::update_serializable, Model::forward_consistent_view},
    Implication{Model::read_atomic, Model::monotonic_atomic_view},
    Implication{Model::update_atomic, Model::read_atomic},
    Implication{Model::causal_cerone, Model::read_atomic},
    Implication{Model::prefix, Model::causal_cerone},
    Implication{Model::parallel_snapshot_isolation, Model::causal_cerone},
    Implication{Model::parallel_snapshot_isolation, Model::update_atomic},
    Implication{Model::repeatable_read, Model::cursor_stability},
    Implication{Model::repeatable_read, Model::monotonic_atomic_view},
    Implication{Model::snapshot_isolation, Model::forward_consistent_view},
    Implication{Model::snapshot_isolation, Model::monotonic_atomic_view},
    Implication{Model::snapshot_isolation, Model::monotonic_snapshot_read},
    Implication{Model::snapshot_isolation, Model::parallel_snapshot_isolation},
    Implication{Model::snapshot_isolation, Model::prefix},
    Implication{Model::serializable, Model::repeatable_read},
    Implication{Model::serializable, Model::update_serializable},
    Implication{Model::serializable, Model::snapshot_isolation},
    Implication{Model::serializable, Model::view_serializable},
    Implication{Model::strong_session_read_uncommitted, Model::read_uncommitted},
    Implication{Model::strong_session_read_committed, Model::read_committed},
    Implication{Model::strong_session_read_committed, Model::strong_session_read_uncommitted},
    Implication{Model::strong_session_snapshot_isolation, Model::snapshot_isolation},
    Implication{Model::strong_session_snapshot_isolation, Model::strong_session_read_committed},
    Implication{Model::strong_session_serializable, Model::serializable},
    Implication{Model::strong_session_serializable, Model::strong_session_snapshot_isolation},
    Implication{Model::strong_read_uncommitted, Model::strong_session_read_uncommitted},
    Implication{Model::strong_read_committed, Model::strong_session_read_committed},
    Implication{Model::strong_read_committed, Model::strong_read_uncommitted},
    Implication{Model::strong_snapshot_isolation, Model::strong_session_snapshot_isolation},
    Implication{Model::strong_snapshot_isolation, Model::strong_read_committed},
    Implication{Model::strong_serializable, Model::serializable},
    Implication{Model::strong_serializable, Model::strong_snapshot_isolation},
    Implication{Model::strong_serializable, Model::strong_session_serializable},
    Implication{Model::strong_serializable, Model::session_serializable},
    Implication{Model::strong_serializable, Model::linearizable},
    Implication{Model::session_serializable, Model::one_copy_serializable},
    Implication{Model::linearizable, Model::sequential},
    Implication{Model::sequential, Model::causal},
    Implication{Model::causal, Model::writes_follow_reads},
    Implication{Model::causal, Model::pram},
    Implication{Model::pram, Model::monotonic_reads},
    Implication{Model::pram, Model::monotonic_writes},
    Implication{Model::pram, Model::read_your_writes},
};

// What a model forbids beyond what weaker ones do.
struct Prohibition {
  Model model;
  Anomaly anomaly;
};
constexpr std::array prohibitions = {
    Prohibition{Model::read_uncommitted, Anomaly::G0},
    Prohibition{Model::read_uncommitted, Anomaly::duplicate_elements},
    Prohibition{Model::read_uncommitted, Anomaly::cyclic_versions},
    Prohibition{Model::read_uncommitted, Anomaly::PL_1_cycle_exists},
    Prohibition{Model::read_committed, Anomaly::G1},
    Prohibition{Model::read_committed, Anomaly::PL_2_cycle_exists},
    Prohibition{Model::cursor_stability, Anomaly::lost_update},
    Prohibition{Model::consistent_view, Anomaly::G_single},
    Prohibition{Model::read_atomic, Anomaly::internal},
    Prohibition{Model::read_atomic, Anomaly::G1a},
    Prohibition{Model::read_atomic, Anomaly::future_read},
    Prohibition{Model::update_atomic, Anomaly::lost_update},
    Prohibition{Model::repeatable_read, Anomaly::G2_item},
    Prohibition{Model::repeatable_read, Anomaly::PL_2_99_cycle_exists},
    Prohibition{Model::snapshot_isolation, Anomaly::G_nonadjacent},
    Prohibition{Model::snapshot_isolation, Anomaly::PL_SI_cycle_exists},
    Prohibition{Model::serializable, Anomaly::G2},
    Prohibition{Model::serializable, Anomaly::PL_3_cycle_exists},
    Prohibition{Model::strong_session_read_uncommitted, Anomaly::G0_process},
    Prohibition{Model::strong_session_read_uncommitted, Anomaly::strong_session_PL_1_cycle_exists},
    Prohibition{Model::strong_session_read_committed, Anomaly::G1c_process},
    Prohibition{Model::strong_session_read_committed, Anomaly::strong_session_PL_2_cycle_exists},
    Prohibition{Model::strong_session_snapshot_isolation, Anomaly::G1_process},
    Prohibition{Model::strong_session_snapshot_isolation, Anomaly::G_nonadjacent_process},
    Prohibition{Model::strong_session_snapshot_isolation,
                Anomaly::strong_session_snapshot_isolation_cycle_exists},
    Prohibition{Model::strong_session_serializable, Anomaly::G2_process},
    Prohibition{Model::strong_session_serializable,
                Anomaly::strong_session_serializable_cycle_exists},
    Prohibition{Model::strong_read_uncommitted, Anomaly::G0_realtime},
    Prohibition{Model::strong_read_uncommitted, Anomaly::strong_PL_1_cycle_exists},
    Prohibition{Model::strong_read_committed, Anomaly::G1c_realtime},
    Prohibition{Model::strong_read_committed, Anomaly::strong_PL_2_cycle_exists},
    Prohibition{Model::strong_snapshot_isolation, Anomaly::G1_realtime},
    Prohibition{Model::strong_snapshot_isolation, Anomaly::G_nonadjacent_realtime},
    Prohibition{Model::strong_snapshot_isolation, Anomaly::strong_snapshot_isolation_cycle_exists},
    Prohibition{Model::strong_serializable, Anomaly::G2_realtime},
    Prohibition{Model::strong_serializable, Anomaly::PL_SS_cycle_exists},
};

ModelSet closure(ModelSet models, bool to_stronger) {
  bool grew = true;
  while (grew) {
    grew = false;
    for (const auto& [stronger, weaker] : implications) {
      if (models.contains(to_stronger ? weaker : stronger) &&
          models.add(to_stronger ? stronger : weaker)) {
        grew = true;
      }
    }
  }
  return models;
}

}  // namespace

std::string_view to_string(Model model) { return names[static_cast<std::size_t>(model)].friendly; }

std::optional<Model> parse_model(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (std::size_t i = 0; i < model_count; ++i) {
    if (names[i].friendly == name || names[i].canonical == name) return static_cast<Model>(i);
  }
  for (const Alias& alias : aliases) {
    if (alias.name == name) return alias.model;
  }
  return std::nullopt;
}

std::vector<std::string> model_list() {
  std::vector<std::string> list;
  for (const Names& model : names) list.emplace_back(model.friendly);
  for (const Alias& alias : aliases) list.emplace_back(alias.name);
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::string_view> ModelSet::names() const {
  std::vector<std::string_view> list;
  for_each([&](Model model) { list.push_back(to_string(model)); });
  std::sort(list.begin(), list.end());
  return list;
}

ModelSet parse_models(std::string_view text) {
  ModelSet models;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view name = text.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name.starts_with(':')) name.remove_prefix(1);
    const auto model = parse_model(name);
    if (!model) {
      throw std::invalid_argument(fmt::format("{} is not a consistency model; expected {}",
                                              name.empty() ? "nothing" : name,
                                              fmt::join(model_list(), ", ")));
    }
    models.add(*model);
    if (comma == std::string_view::npos) return models;
    text.remove_prefix(comma + 1);
  }
}

ModelSet impossible_without(const ModelSet& models) { return closure(models, true); }

AnomalySet prohibited_by(const ModelSet& models) {
  const ModelSet all = closure(models, false);
  AnomalySet direct;
  for (const auto& [model, anomaly] : prohibitions) {
    if (all.contains(model)) direct.add(anomaly);
  }
  return implying(direct);
}

ModelSet ruled_out_by(const AnomalySet& anomalies) {
  const AnomalySet all = implied_by(anomalies);
  ModelSet direct;
  for (const auto& [model, anomaly] : prohibitions) {
    if (all.contains(anomaly)) direct.add(model);
  }
  return impossible_without(direct);
}

Boundary boundary(const AnomalySet& anomalies) {
  const ModelSet ruled_out = ruled_out_by(anomalies);
  Boundary result;
  ruled_out.for_each([&](Model model) {
    ModelSet weaker = closure({model}, false);
    weaker.remove(model);
    bool is_weakest = true;
    weaker.for_each([&](Model other) {
      if (ruled_out.contains(other)) is_weakest = false;
    });
    (is_weakest ? result.weakest : result.others).add(model);
  });
  return result;
}

}  // namespace bruit::workbench::txn
