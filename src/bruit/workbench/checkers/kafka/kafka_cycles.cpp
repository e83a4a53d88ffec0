#include "bruit/workbench/checkers/kafka/kafka_cycles.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/checkers/txn/find_cycles.h"
#include "bruit/workbench/checkers/txn/txn_result.h"

namespace bruit::workbench::kafka {
namespace {

using txn::Atom;
using txn::OpPlace;
using txn::Relation;
using txn::TxnHistory;
using txn::Values;

class Finder {
 public:
  Finder(const MessageHistory& history, std::span<const OpId> writers)
      : history_(history), writers_(writers) {}

  // If each operation only sends or only polls, a cycle goes from a send to a poll of its message
  // and on in time to the next send. Then each send begins after the one before, unless one of the
  // polls was over before its send began: without such a poll there is no cycle.
  bool can_have_cycles() const {
    for (OpId op = 0; op < history_.ops().size(); ++op) {
      const OpType type = history_.ops()[op].type;
      if (type != OpType::ok && type != OpType::info) continue;
      const auto polled = history_.polled(op);
      if (!polled.empty() && !history_.sent(op).empty()) return true;
      for (const Record& record : polled) {
        if (record.message == no_message || writers_[record.message] == no_op) continue;
        const OpId begun = history_.ops()[writers_[record.message]].partner;
        if (begun != no_op && op < begun) return true;
      }
    }
    return false;
  }

  EdnMap run() {
    copy();
    std::vector<OpPlace> vertices;
    for (OpPlace place = 0; place < copy_.ops().size(); ++place) {
      const OpType type = copy_.ops()[place].type;
      if (type == OpType::ok || type == OpType::info) vertices.push_back(place);
    }
    txn::DependencyGraph graph(copy_, std::move(vertices), txn::Precedence::realtime);
    for (OpPlace place = 0; place < copy_.ops().size(); ++place) {
      const txn::TxnId reader = graph.txn(place);
      if (reader == txn::no_txn) continue;
      for (const Record& record : history_.polled(originals_[place])) {
        if (record.message == no_message || writers_[record.message] == no_op) continue;
        const OpPlace from = copies_[writers_[record.message]];
        const txn::TxnId writer = graph.txn(from);
        if (writer != txn::no_txn && writer != reader) graph.add(writer, reader, Relation::wr);
      }
    }
    txn::Findings findings;
    txn::find_cycles(
        graph, copy_, txn::rw_register_order, txn::CycleSearch::as_original,
        [this](Relation relation, OpPlace first, OpPlace second) {
          return explain(relation, first, second);
        },
        findings);
    const Edn told = to_edn(txn::judge(Values::registers, std::move(findings), txn::default_models),
                            copy_);
    const Edn* const anomalies = told.at("anomalies");
    if (anomalies == nullptr || anomalies->is_nil()) return {};
    Edn result = *anomalies;
    restore(result);
    return *result.get_if<EdnMap>();
  }

 private:
  // Each message is a register of its own number, and its value too.
  void copy() {
    copies_.assign(history_.ops().size(), txn::no_op);
    for (OpId op = 0; op < history_.ops().size(); ++op) {
      const ClientOp& original = history_.ops()[op];
      if (!original.is_data) continue;
      const std::size_t first = copy_.mops().size();
      if (original.type != OpType::invoke) {
        for (const Record& record : history_.sent(op)) {
          copy_.add_write(Atom::integer(record.message), Atom::integer(record.message));
        }
        for (const Record& record : history_.polled(op)) {
          if (record.message == no_message) continue;
          copy_.add_read(Atom::integer(record.message), Atom::integer(record.message));
        }
      }
      copies_[op] = static_cast<OpPlace>(copy_.ops().size());
      originals_.push_back(op);
      // Processes are told apart, and nothing else of them is asked for. The position takes the
      // place of the index, so that operations are found again.
      copy_.add_op(original.type, static_cast<std::int32_t>(original.process), original.time_ns, op,
                   first);
      if (original.type != OpType::invoke && original.partner != no_op) {
        copy_.pair(copies_[original.partner], copies_[op]);
      }
    }
  }

  static std::uint32_t place_of(const TxnHistory& history, OpPlace op, Atom key, bool is_read) {
    const auto mops = history.mops(op);
    const auto found = std::find_if(mops.begin(), mops.end(), [&](const txn::MicroOp& mop) {
      return mop.key == key && (mop.kind == txn::MicroOp::Kind::read) == is_read;
    });
    return static_cast<std::uint32_t>(found - mops.begin());
  }

  txn::Step explain(Relation relation, OpPlace first, OpPlace second) const {
    txn::Step step{.relation = relation, .key = {}, .value = {}, .new_value = {}};
    if (relation != Relation::wr) return step;
    for (const Record& record : history_.polled(originals_[second])) {
      if (record.message == no_message || copies_[writers_[record.message]] != first) continue;
      step.key = step.value = Atom::integer(record.message);
      step.first_mop = place_of(copy_, first, step.key, false);
      step.second_mop = place_of(copy_, second, step.key, true);
      return step;
    }
    throw std::logic_error("an edge of the graph of messages that no poll explains");
  }

  // Puts operations, keys and values back where their copies stand.
  void restore(Edn& edn) const {
    if (auto* const tagged = edn.get_if<EdnTagged>()) {
      const Edn* const index = tagged->form.front().at("index");
      if (index != nullptr) {
        edn = history_.op_edn(static_cast<OpId>(*index->get_if<std::int64_t>()));
      }
      return;
    }
    if (auto* const vector = edn.get_if<EdnVector>()) {
      for (Edn& item : vector->items) restore(item);
    } else if (auto* const list = edn.get_if<EdnList>()) {
      for (Edn& item : list->items) restore(item);
    } else if (auto* const map = edn.get_if<EdnMap>()) {
      if (map->find("a-mop-index") != nullptr) {
        restore_step(*map);
        return;
      }
      if (const Edn* const members = map->find("scc")) {
        EdnSet indices;
        for (const Edn& member : members->get_if<EdnSet>()->items) {
          const auto op = static_cast<OpId>(*member.get_if<std::int64_t>());
          indices.items.push_back(*history_.op_edn(op).get_if<EdnTagged>()->form.front().at("index"));
        }
        map->set("scc", std::move(indices));
        return;
      }
      for (EdnEntry& entry : map->entries) restore(entry.value);
    }
  }

  void restore_step(EdnMap& step) const {
    const auto message = static_cast<MessageId>(*step.find("value")->get_if<std::int64_t>());
    step.set("key", history_.key_edn(history_.messages()[message].key));
    step.set("value", history_.value_edn(message));
    // Micro-operations of the copy are those of single messages.
    step.set("a-mop-index", 0);
    step.set("b-mop-index", 0);
  }

  const MessageHistory& history_;
  std::span<const OpId> writers_;
  TxnHistory copy_{Values::registers};
  std::vector<OpId> originals_;   // by place in the copy
  std::vector<OpPlace> copies_;   // by operation; no_op for what is not copied
};

}  // namespace

EdnMap find_kafka_cycles(const MessageHistory& history, std::span<const OpId> writers) {
  Finder finder(history, writers);
  return finder.can_have_cycles() ? finder.run() : EdnMap{};
}

}  // namespace bruit::workbench::kafka
