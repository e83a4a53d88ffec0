#include "bruit/workbench/checkers/txn/txn_result.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "bruit/workbench/checkers/txn/cycle_search.h"

namespace bruit::workbench::txn {
namespace {

// Existence anomalies say no more than others do if those rule their model out as well.
AnomalySet without_redundant_existences(const AnomalySet& told) {
  AnomalySet others;
  told.for_each([&](Anomaly kind) {
    if (!is_cycle_existence(kind)) others.add(kind);
  });
  const ModelSet impossible = ruled_out_by(others);
  AnomalySet kept = others;
  for (const CycleSubgraph& subgraph : cycle_subgraphs) {
    if (told.contains(subgraph.kind) && !impossible.contains(subgraph.model)) {
      kept.add(subgraph.kind);
    }
  }
  return kept;
}

// Prints findings as Elle does. What it collects in a vector is a vector here.
class Printer {
 public:
  Printer(const TxnResult& result, const TxnHistory& history)
      : result_(result), findings_(result.findings), history_(history) {}

  Edn anomalies() const {
    EdnMap map;
    for (const Anomaly kind : sorted_kinds()) map.set(to_string(kind), of_kind(kind));
    return map;
  }

  Edn types() const {
    std::vector<Edn> types;
    for (const Anomaly kind : sorted_kinds()) types.push_back(Edn::keyword(to_string(kind)));
    return Edn::list(std::move(types));
  }

  static Edn names(const ModelSet& models) {
    EdnSet set;
    for (const std::string_view name : models.names()) set.items.push_back(Edn::keyword(name));
    return set;
  }

 private:
  std::vector<Anomaly> sorted_kinds() const {
    std::vector<Anomaly> kinds;
    result_.told.for_each([&](Anomaly kind) { kinds.push_back(kind); });
    std::sort(kinds.begin(), kinds.end(),
              [](Anomaly a, Anomaly b) { return to_string(a) < to_string(b); });
    return kinds;
  }

  bool lists() const { return result_.values == Values::lists; }

  template <typename Finding, typename Print>
  static Edn vector_of(const std::vector<Finding>& all, Print print) {
    EdnVector vector;
    for (const Finding& finding : all) vector.items.push_back(print(finding));
    return vector;
  }
  template <typename Finding, typename Print>
  static Edn list_of(const std::vector<Finding>& all, Print print) {
    std::vector<Edn> list;
    for (const Finding& finding : all) list.push_back(print(finding));
    return Edn::list(std::move(list));
  }

  Edn of_kind(Anomaly kind) const {
    const auto dirty_read = [this](const DirtyRead& read) { return dirty_read_edn(read); };
    const auto internal = [this](const InternalRead& read) { return internal_edn(read); };
    switch (kind) {
      case Anomaly::G1a:
        return lists() ? vector_of(findings_.aborted_reads, dirty_read)
                       : list_of(findings_.aborted_reads, dirty_read);
      case Anomaly::G1b:
        return lists() ? vector_of(findings_.intermediate_reads, dirty_read)
                       : list_of(findings_.intermediate_reads, dirty_read);
      case Anomaly::internal:
        return lists() ? vector_of(findings_.internal, internal)
                       : list_of(findings_.internal, internal);
      case Anomaly::future_read:
        return vector_of(findings_.future_reads, [this](const FutureRead& read) {
          return Edn::map({{"op", history_.op_edn(read.op)},
                           {"mop", mop(read.mop)},
                           {"element", history_.atom_edn(read.element)}});
        });
      case Anomaly::dirty_update:
        return list_of(findings_.dirty_updates, [this](const DirtyUpdate& update) {
          EdnVector txns{{history_.op_edn(update.failed), EdnSymbol{"..."},
                          history_.op_edn(update.committed)}};
          return Edn::map({{"key", history_.atom_edn(update.key)},
                           {"values", history_.list_edn(update.values)},
                           {"txns", std::move(txns)}});
        });
      case Anomaly::duplicate_elements:
        return vector_of(findings_.duplicates, [this](const DuplicateElements& duplicate) {
          return Edn::map({{"op", history_.op_edn(duplicate.op)},
                           {"mop", mop(duplicate.mop)},
                           {"duplicates", duplicate_counts(duplicate.mop)}});
        });
      case Anomaly::incompatible_order:
        return list_of(findings_.incompatible_orders, [this](const IncompatibleOrder& order) {
          EdnVector values{{history_.list_edn(history_.list(order.shorter)),
                            history_.list_edn(history_.list(order.longer))}};
          return Edn::map(
              {{"key", history_.atom_edn(order.key)}, {"values", std::move(values)}});
        });
      case Anomaly::lost_update:
        return vector_of(findings_.lost_updates, [this](const LostUpdate& lost) {
          return Edn::map({{"key", history_.atom_edn(lost.key)},
                           {"value", value_read(lost.value)},
                           {"txns", ops(lost.txns)}});
        });
      case Anomaly::cyclic_versions:
        return list_of(findings_.cyclic_versions, [this](const CyclicVersions& versions) {
          EdnSet scc;
          for (const Atom value : versions.values) scc.items.push_back(history_.atom_edn(value));
          EdnVector sources{{Edn::keyword("initial-state"), Edn::keyword("wfr-keys")}};
          return Edn::map({{"key", history_.atom_edn(versions.key)},
                           {"scc", std::move(scc)},
                           {"sources", std::move(sources)}});
        });
      case Anomaly::empty_transaction_graph:
        return true;
      case Anomaly::cycle_search_timeout:
        return vector_of(findings_.limits, [](const SearchLimit& limit) { return limit_edn(limit); });
      default:
        break;
    }
    EdnVector vector;
    for (const CycleExistence& existence : findings_.existences) {
      if (existence.kind == kind) vector.items.push_back(existence_edn(existence));
    }
    for (const Cycle& cycle : findings_.cycles) {
      if (cycle.kind == kind) vector.items.push_back(cycle_edn(cycle));
    }
    return vector;
  }

  Edn mop(std::uint32_t place) const { return history_.mop_edn(history_.mops()[place]); }

  Edn ops(const std::vector<OpPlace>& places) const {
    return vector_of(places, [this](OpPlace place) { return history_.op_edn(place); });
  }

  Edn value_read(std::uint32_t value) const {
    if (!lists()) return history_.atom_edn(Atom::from_bits(value));
    return value == MicroOp::nil_list ? Edn() : history_.list_edn(history_.list(value));
  }

  Edn dirty_read_edn(const DirtyRead& read) const {
    EdnMap map;
    map.set("op", history_.op_edn(read.op));
    map.set("mop", mop(read.mop));
    map.set("writer", history_.op_edn(read.writer));
    if (lists()) map.set("element", history_.atom_edn(read.element));
    return map;
  }

  Edn internal_edn(const InternalRead& read) const {
    Edn expected;
    if (lists()) {
      EdnVector list;
      if (!read.known) list.items.emplace_back(EdnSymbol{"..."});
      for (const Atom atom : read.expected) list.items.push_back(history_.atom_edn(atom));
      expected = std::move(list);
    } else {
      expected = history_.atom_edn(read.expected.front());
    }
    return Edn::map({{"op", history_.op_edn(read.op)},
                     {"mop", mop(read.mop)},
                     {"expected", std::move(expected)}});
  }

  Edn duplicate_counts(std::uint32_t place) const {
    std::map<Edn, std::int64_t> counts;
    for (const Atom element : history_.list(history_.mops()[place].value)) {
      ++counts[history_.atom_edn(element)];
    }
    EdnMap map;
    for (const auto& [element, count] : counts) {
      if (count > 1) map.entries.push_back({.key = element, .value = count});
    }
    return map;
  }

  static Edn limit_edn(const SearchLimit& limit) {
    std::vector<Edn> absent;
    for (const Anomaly kind : limit.absent) absent.push_back(Edn::keyword(to_string(kind)));
    return Edn::map({{"type", Edn::keyword("cycle-search-timeout")},
                     {"anomaly-spec-type", Edn::keyword(to_string(limit.kind))},
                     {"does-not-contain", Edn::list(std::move(absent))},
                     {"scc-size", limit.component_size}});
  }

  Edn existence_edn(const CycleExistence& existence) const {
    const auto* const subgraph =
        std::find_if(cycle_subgraphs.begin(), cycle_subgraphs.end(),
                     [&](const CycleSubgraph& s) { return s.kind == existence.kind; });
    EdnSet scc;
    for (const OpPlace place : existence.ops) {
      scc.items.emplace_back(std::int64_t{history_.ops()[place].index});
    }
    return Edn::map({{"type", Edn::keyword(to_string(existence.kind))},
                     {"not", Edn::keyword(to_string(subgraph->model))},
                     {"subgraph", subgraph_edn(*subgraph)},
                     {"scc-size", existence.ops.size()},
                     {"scc", std::move(scc)}});
  }

  // With the relations of predicates, which are never there.
  static Edn subgraph_edn(const CycleSubgraph& subgraph) {
    const auto has = [&](Relation relation) { return (subgraph.relations & bit(relation)) != 0; };
    EdnVector united{{Edn::keyword("union")}};
    const auto add = [&](std::string_view name) { united.items.push_back(Edn::keyword(name)); };
    add("ww");
    add("wwp");
    if (has(Relation::wr)) {
      add("wr");
      add("wrp");
    }
    if (has(Relation::rw)) {
      add("rw");
      if (subgraph.kind != Anomaly::PL_2_99_cycle_exists) add("rwp");
    }
    if (has(Relation::process)) add("process");
    if (has(Relation::realtime)) add("realtime");
    if (!subgraph.through_rw) return united;
    return EdnVector{{Edn::keyword("extension"), std::move(united),
                      EdnVector{{Edn::keyword("union"), Edn::keyword("rw"), Edn::keyword("rwp")}}}};
  }

  Edn cycle_edn(const Cycle& cycle) const {
    std::vector<OpPlace> around = cycle.ops;
    around.push_back(cycle.ops.front());
    std::vector<Edn> steps;
    for (std::size_t i = 0; i < cycle.steps.size(); ++i) {
      steps.push_back(step_edn(cycle.steps[i], around[i], around[i + 1]));
    }
    return Edn::map({{"cycle", ops(around)},
                     {"steps", Edn::list(std::move(steps))},
                     {"type", Edn::keyword(to_string(cycle.kind))}});
  }

  Edn step_edn(const Step& step, OpPlace first, OpPlace second) const {
    EdnMap map;
    const auto data = [&](std::string_view type) {
      const bool overwrites = step.relation != Relation::wr;
      const bool type_first = lists() || !overwrites;
      if (type_first) map.set("type", Edn::keyword(type));
      map.set("key", history_.atom_edn(step.key));
      const bool initial = lists() && step.relation == Relation::rw && step.value.is_nil();
      map.set("value", initial ? Edn::keyword("elle.list-append/init")
                               : history_.atom_edn(step.value));
      if (overwrites) map.set("value'", history_.atom_edn(step.new_value));
      if (!type_first) map.set("type", Edn::keyword(type));
      map.set("a-mop-index", std::int64_t{step.first_mop});
      map.set("b-mop-index", std::int64_t{step.second_mop});
    };
    switch (step.relation) {
      case Relation::ww:
        data("ww");
        break;
      case Relation::wr:
        data("wr");
        break;
      case Relation::rw:
        data("rw");
        break;
      case Relation::process:
        map.set("type", Edn::keyword("process"));
        map.set("process", std::int64_t{history_.ops()[first].process});
        break;
      case Relation::realtime:
        map.set("type", Edn::keyword("realtime"));
        map.set("a'", history_.op_edn(first));
        map.set("b", history_.op_edn(history_.ops()[second].partner));
        break;
    }
    return map;
  }

  const TxnResult& result_;
  const Findings& findings_;
  const TxnHistory& history_;
};

}  // namespace

Precedence precedence_for(const ModelSet& models) {
  const AnomalySet prohibited = prohibited_by(models);
  if (!(prohibited & realtime_cycle_kinds()).empty()) return Precedence::realtime;
  if (!(prohibited & process_cycle_kinds()).empty()) return Precedence::process;
  return Precedence::none;
}

TxnResult judge(Values values, Findings findings, const ModelSet& models) {
  TxnResult result{.values = values,
                   .validity = Validity::valid,
                   .findings = std::move(findings),
                   .told = {},
                   .ruled_out = {},
                   .failure = std::nullopt};
  const AnomalySet found = result.findings.kinds();
  const AnomalySet prohibited = prohibited_by(models);
  AnomalySet reportable = found & (prohibited | unknown_kinds());
  // Maelstrom leaves time limits out of the result for registers, and what remains is a failure.
  if (values == Values::registers) {
    AnomalySet kept;
    reportable.for_each([&](Anomaly kind) {
      if (kind != Anomaly::cycle_search_timeout) kept.add(kind);
    });
    reportable = kept;
  }
  if (reportable.empty()) return result;
  result.told = without_redundant_existences(reportable);
  const bool is_bad = !(found & prohibited).empty() || values == Values::registers;
  result.validity = is_bad ? Validity::invalid : Validity::unknown;
  result.ruled_out = boundary(found);
  return result;
}

TxnResult unjudgeable(Values values, std::string failure) {
  TxnResult result;
  result.values = values;
  result.failure = std::move(failure);
  return result;
}

Edn to_edn(const TxnResult& result, const TxnHistory& history) {
  EdnMap map;
  map.set("valid?", to_edn(result.validity));
  if (result.failure) {
    map.set("error", Edn::map({{"cause", *result.failure}}));
    return map;
  }
  const Printer printer(result, history);
  if (result.validity == Validity::valid) {
    if (result.values == Values::registers) {
      map.set("anomaly-types", printer.types());
      map.set("anomalies", Edn());
    }
    return map;
  }
  map.set("anomaly-types", printer.types());
  map.set("anomalies", printer.anomalies());
  map.set("not", Printer::names(result.ruled_out.weakest));
  map.set("also-not", Printer::names(result.ruled_out.others));
  return map;
}

}  // namespace bruit::workbench::txn
