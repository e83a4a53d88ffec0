#include "bruit/workbench/workloads/txn.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include <fmt/format.h>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;

std::string_view write_name(txn::Values values) {
  return values == txn::Values::lists ? "append" : "w";
}

}  // namespace

TxnRules::TxnRules(const TestOptions& options, txn::Values values)
    : values_(values),
      generator_(options.key_count, options.max_txn_length, options.max_writes_per_key),
      node_count_(static_cast<std::uint32_t>(options.nodes.size())) {}

Turn TxnRules::next(Random& random, std::span<const std::uint32_t>) {
  json::array request;
  EdnVector value;
  for (const GeneratedMop& mop : generator_.next(random)) {
    if (mop.is_write) {
      written_[static_cast<std::int64_t>(mop.key)] = static_cast<std::int64_t>(mop.value);
    }
    const std::string_view name = mop.is_write ? write_name(values_) : "r";
    request.push_back(json::array{json::string_view(name.data(), name.size()), mop.key,
                                  mop.is_write ? json::value(mop.value) : json::value()});
    value.items.emplace_back(
        EdnVector{{Edn::keyword(name), mop.key, mop.is_write ? Edn(mop.value) : Edn()}});
  }
  return {.operation = {.f = "txn",
                        .value = Edn(std::move(value)),
                        .members = {{"txn", std::move(request)}}},
          .worker = {}};
}

// As Maelstrom's schema has it: nobody looks whether it is the transaction that was asked for.
std::variant<OpValue, BadReply> TxnRules::result(const Operation&,
                                                 const json::object& body) const {
  if (auto bad = find_surplus(body, {"txn"})) return *std::move(bad);
  if (auto bad = find_missing(body, "txn")) return *std::move(bad);
  const auto bad = [&](std::string_view problem, const json::value& found) {
    return BadReply{fmt::format("txn_ok: {}, found {}", problem, excerpt(json::serialize(found)))};
  };
  const json::value& txn = body.at("txn");
  if (!txn.is_array()) return bad("expected \"txn\" to be a list", txn);
  EdnVector value;
  for (const json::value& mop : txn.get_array()) {
    const auto* const parts = mop.if_array();
    const auto name = parts != nullptr && parts->size() == 3
                          ? maelstrom::string_in(parts->front())
                          : std::nullopt;
    const bool is_read = name == "r";
    if (!is_read && name != write_name(values_)) {
      return bad(fmt::format("expected [\"r\", key, value] or [\"{}\", key, value]",
                             write_name(values_)),
                 mop);
    }
    const json::value& seen = (*parts)[2];
    if (is_read && values_ == txn::Values::lists && !seen.is_array() && !seen.is_null()) {
      return bad("expected a list in a read, or null", mop);
    }
    value.items.emplace_back(
        EdnVector{{Edn::keyword(*name), to_edn((*parts)[1]), to_edn(seen)}});
  }
  return OpValue(Edn(std::move(value)));
}

bool TxnRules::go_on(std::uint32_t worker, Operation& operation, OpValue& value) {
  const std::uint32_t node = worker % node_count_;
  const auto& asked = std::get<Edn>(operation.value).get_if<EdnVector>()->items;
  const auto& answered = std::get<Edn>(value).get_if<EdnVector>()->items;
  const auto fits = [](const Edn& a, const Edn& b) {
    const auto& from = a.get_if<EdnVector>()->items;
    const auto& to = b.get_if<EdnVector>()->items;
    return from[0] == to[0] && from[1] == to[1] && (from[0].is_keyword("r") || from[2] == to[2]);
  };
  if (!std::equal(asked.begin(), asked.end(), answered.begin(), answered.end(), fits)) {
    findings_.add(Conduct::other_transaction, node, [&] {
      return fmt::format("{} to {}", excerpt(to_string(std::get<Edn>(value))),
                         excerpt(to_string(std::get<Edn>(operation.value))));
    });
  }
  for (const Edn& mop : answered) {
    if (mop.get_if<EdnVector>()->items[0].is_keyword("r")) look_for_inventions(node, mop);
  }
  return false;
}

void TxnRules::look_for_inventions(std::uint32_t node, const Edn& mop) {
  const auto& parts = mop.get_if<EdnVector>()->items;
  const auto* const key = parts[1].get_if<std::int64_t>();
  const auto highest = key == nullptr ? written_.end() : written_.find(*key);
  const auto look = [&](const Edn& value) {
    const auto* const number = value.get_if<std::int64_t>();
    if (number != nullptr && highest != written_.end() && *number >= 1 &&
        *number <= highest->second) {
      return;
    }
    findings_.add(Conduct::invented_value, node, [&] {
      return fmt::format("{} in {}", to_string(value), excerpt(to_string(mop)));
    });
  };
  if (parts[2].is_nil()) return;
  if (const auto* const list = parts[2].get_if<EdnVector>()) {
    for (const Edn& value : list->items) look(value);
  } else {
    look(parts[2]);
  }
}

}  // namespace bruit::workbench
