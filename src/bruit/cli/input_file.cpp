#include "bruit/cli/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace bruit::cli {

std::string read_text(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file.is_open()) text << file.rdbuf();
  if (!file.is_open() || text.bad()) {
    throw std::invalid_argument(
        fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
  }
  return text.str();
}

}  // namespace bruit::cli
