// EDN as JSON, for tools that do not read EDN (jq, scripts, dashboards), and JSON as EDN, for what
// nodes answer.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {

// JSON text, indented by two spaces a level, without a line feed at its end.
//
// Keywords and symbols become strings without colon. A key loses its question mark as well (:valid?
// becomes "valid"); a key that is not a keyword or a string becomes its EDN text (0.5 becomes
// "0.5"). Lists and vectors become arrays; so do sets, in the order of their items. Tagged values
// lose their tag. Infinities and NaN become null; exact numbers and characters become strings, as
// JSON has nothing that keeps them. Keys that differ only in what they lose would be there twice:
// results have no such keys.
std::string to_json(const Edn& value);

// Appends the same on one line without spaces, but for exact numbers: their digits, if JSON can
// write them so, since who reads a trace gets every value as the node sent it.
void append_json_line(const Edn& value, std::string& out);

// Arrays become vectors, objects maps; keys stay strings. An integer beyond 63 bits, and a number
// that is kept as it was written (maelstrom/json.h), becomes an exact number, as Clojure prints it:
// 18446744073709551616, 1e400M.
Edn to_edn(const boost::json::value& value);

}  // namespace bruit::workbench
