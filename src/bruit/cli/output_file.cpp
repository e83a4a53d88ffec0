#include "bruit/cli/output_file.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace bruit::cli {

void write_text(const std::string& flag, const std::string& path, const std::string& text) {
  if (path == "-") {
    fmt::print("{}", text);
    return;
  }
  std::ofstream file(path, std::ios::binary);
  if (!(file << text) || !file.flush()) {
    throw std::runtime_error(fmt::format("{} {}: cannot be written", flag, path));
  }
}

}  // namespace bruit::cli
