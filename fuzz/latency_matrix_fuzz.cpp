// Latency matrices: any bytes are a matrix that is written and read back equal, or an error with
// its line.
#include <cstdint>
#include <string_view>

#include "bruit/workbench/network/latency_matrix.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bruit::workbench;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const LatencyMatrix matrix = parse_latency_matrix(text);
    require(matrix.models.size() == matrix.regions.size() * matrix.regions.size());
    require(parse_latency_matrix(to_text(matrix)) == matrix);
  } catch (const LatencyMatrixError& error) {
    require(std::string_view(error.what()).starts_with("line "));
  }
  return 0;
}
