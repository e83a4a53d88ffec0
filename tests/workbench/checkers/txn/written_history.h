// Histories of transactions written down in tests.
#pragma once

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/history/txn_history_reader.h"

namespace bruit::workbench::txn {

// One operation a word group: "0 invoke [[:r 1 nil]]", process, type and value.
inline TxnHistory written(Values values, const std::vector<std::string>& ops) {
  std::string text;
  int index = 0;
  for (const std::string& op : ops) {
    std::istringstream in(op);
    int process = 0;
    std::string type;
    std::string value;
    in >> process >> type;
    std::getline(in, value);
    text += fmt::format("{{:index {}, :time {}000000, :type :{}, :process {}, :f :txn, :value{}}}\n",
                        index, index, type, process, value);
    ++index;
  }
  std::istringstream in(text);
  return read_txn_history(in, "written", values);
}

// Transactions that all begin at once and then end in this order: "ok [[:r 1 [1]]]". Failed and
// indeterminate ones are written as they were asked for.
inline TxnHistory concurrent(Values values, const std::vector<std::string>& txns) {
  std::vector<std::string> ops;
  for (std::size_t i = 0; i < txns.size(); ++i) {
    // What was asked: no reads yet. Only writes matter in an invocation.
    std::string asked = txns[i].substr(txns[i].find(' '));
    std::string writes;
    const std::string_view name = values == Values::lists ? "[:append" : "[:w";
    for (std::size_t at = asked.find(name); at != std::string::npos; at = asked.find(name, at + 1)) {
      writes += asked.substr(at, asked.find(']', at) - at + 1);
    }
    ops.push_back(fmt::format("{} invoke [{}]", i, writes));
  }
  for (std::size_t i = 0; i < txns.size(); ++i) ops.push_back(fmt::format("{} {}", i, txns[i]));
  return written(values, ops);
}

// Transactions each of which ends before the next one begins.
inline TxnHistory sequential(Values values, const std::vector<std::string>& txns) {
  std::vector<std::string> ops;
  const TxnHistory all = concurrent(values, txns);
  for (std::size_t i = 0; i < txns.size(); ++i) {
    std::string asked = "[";
    for (const MicroOp& mop : all.mops(static_cast<OpPlace>(i))) all.append_text(asked, mop);
    ops.push_back(fmt::format("{} invoke {}]", i, asked));
    ops.push_back(fmt::format("{} {}", i, txns[i]));
  }
  return written(values, ops);
}

}  // namespace bruit::workbench::txn
