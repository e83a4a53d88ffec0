// Histories as files: history.edn and history.txt in Jepsen's form, and history.edn read back.
//
// history.edn has one operation a line: {:index 0, :time 51572540, :type :invoke, :process 0,
// :f :broadcast, :value 0}, times in nanoseconds. history.txt is for people: process, type, f,
// value and error with tabs between. Both are written operation by operation, so a history needs no
// second copy in memory.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// The map that stands for one operation, keys in Jepsen's order; :final? and :error where there.
Edn to_edn(const Op& op, const ElementTable& elements);
// Its :value alone.
Edn value_edn(const Op& op, const ElementTable& elements);

// Writes to a stream; the caller checks the stream's state afterwards.
void write_history_edn(std::ostream& out, const History& history);
void write_history_txt(std::ostream& out, const History& history);

// What is wrong with a file that is not a history. what() is "file:line: problem", with the column
// where one is known; lines count from 1, and line 0 leaves the place out.
class HistoryError : public std::runtime_error {
 public:
  HistoryError(std::string_view file, std::size_t line, std::string_view problem);
};

// Reads history.edn line by line; `file` is what errors call it. Blank lines are passed over, and
// so are keys that no checker uses (:exception, :node, ...). A :read's list may be a vector, a list
// or a set; :broadcast and :add have one element, whatever it is. Throws HistoryError for a line
// that is not one EDN map, a field that is missing or of the wrong kind, an index that is not above
// the one before, a client that invokes while an operation of its own is open, and a completion
// without an invocation of the same :f. A history that ends with open operations is complete.
History read_history_edn(std::istream& in, std::string_view file);

// The same, of a file. Throws HistoryError also if it cannot be opened or read.
History read_history_file(const std::string& path);

}  // namespace bruit::workbench
