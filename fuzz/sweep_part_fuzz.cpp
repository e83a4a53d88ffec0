// Parts of sweeps: any bytes are a part or an error that names the file; what is accepted is
// written and read back the same, and a part that is the whole of a sweep merges to its own runs.
#include <cstdint>
#include <string>
#include <string_view>

#include "bruit/workbench/sweep/sweep_part.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bruit::workbench;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const SweepPart part = parse_part(text, "file");
    const std::string written = to_text(part);
    require(to_text(parse_part(written, "file")) == written);
    if (part.shard.count == 1 && part.runs.size() == part.points * part.seeds.count()) {
      require(merge_parts({part}, {"file"}) == part.runs);
    }
  } catch (const SweepPartError& error) {
    require(std::string_view(error.what()).starts_with("file: "));
  }
  return 0;
}
