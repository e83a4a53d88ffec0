// Traces: any bytes are read event by event, or there is an error with its line. A file that is cut
// anywhere is still read up to there.
#include <cstdint>

#include <sstream>
#include <string>
#include <string_view>

#include "bruit/workbench/trace/trace_reader.h"
#include "fuzz/require.h"

namespace {

using namespace bruit::workbench;

// How many events there are before the end or the error.
std::size_t read(const std::string& text) {
  std::istringstream in(text);
  TraceReader reader(in, "trace.jsonl");
  std::size_t count = 0;
  try {
    while (reader.next()) ++count;
  } catch (const TraceError& error) {
    require(std::string_view(error.what()).starts_with("trace.jsonl:"));
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t whole = read(text);
  // What comes after the cut may be what was wrong with its line.
  require(read(text.substr(0, size / 2)) <= whole + 1);
  return 0;
}
