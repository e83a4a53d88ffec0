#include "bruit/cli/flags/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace bruit::cli {

std::string read_text(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  // A stream opens a folder, and then finds nothing in it.
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(path, ignored);
  std::ostringstream text;
  if (file.is_open() && !is_folder) text << file.rdbuf();
  if (!file.is_open() || is_folder || text.bad()) {
    const int error = is_folder ? EISDIR : errno;
    throw std::invalid_argument(
        fmt::format("{}: cannot be read: {}", path, std::generic_category().message(error)));
  }
  return text.str();
}

}  // namespace bruit::cli
