// Any bytes: the EDN parser gives an error with a place, or a value that survives both printers.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/edn_json.h"
#include "fuzz/require.h"

using bruit::workbench::Edn;
using bruit::workbench::EdnError;
using bruit::workbench::parse_edn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Edn value;
  try {
    value = parse_edn(text);
  } catch (const EdnError& error) {
    require(error.line() >= 1 && error.column() >= 1 && !error.problem().empty());
    return 0;
  }
  // What was accepted once must be accepted again, so an error from here on is a bug.
  require(parse_edn(to_string(value)) == value);
  require(parse_edn(to_pretty_string(value, size % 80)) == value);
  require(!to_json(value).empty());
  return 0;
}
