// Transcripts: any bytes are a script or an error with a place; a script that is accepted is
// written back as it was read, and small ones are carried out, by whichever strategy they name.
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/transcript/runner.h"
#include "core/transcript/script.h"
#include "fuzz/require.h"

namespace {

using namespace bruit::core::transcript;

// What takes milliseconds: the fuzzer looks for bugs, not for patience.
bool is_small(const Script& script) {
  return std::get<StartCluster>(script.steps.front().command).count <= 9 &&
         script.steps.size() <= 40;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const Script script = parse_script(text, "fuzz");
    Outputs recorded;
    for (const Step& step : script.steps) recorded.push_back(step.recorded);
    require(with_outputs(script, recorded) == text);
    if (!is_small(script)) return 0;
    const Outputs outputs = run_script(script);
    const Script again = parse_script(with_outputs(script, outputs), "recorded");
    require(difference(again, outputs).empty());
  } catch (const ScriptError& error) {
    require(std::string_view(error.what()).find(':') != std::string_view::npos);
  }
  return 0;
}
