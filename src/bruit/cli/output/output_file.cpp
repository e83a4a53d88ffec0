#include "bruit/cli/output/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace bruit::cli {

void throw_unwritable(const std::string& flag, const std::string& path, int error) {
  throw std::runtime_error(fmt::format("{} {}: cannot be written: {}", flag, path,
                                       std::generic_category().message(error)));
}

void write_text(const std::string& flag, const std::string& path, const std::string& text) {
  if (path == "-") {
    fmt::print("{}", text);
    return;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  if (!(file << text) || !file.flush()) throw_unwritable(flag, path, errno);
}

int write_error(const std::string& path) {
  if (path.empty() || path == "-") return 0;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return EISDIR;
  const bool exists = std::filesystem::exists(path, error);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string where = exists ? path : folder.empty() ? "." : folder.string();
  return ::access(where.c_str(), exists ? W_OK : W_OK | X_OK) == 0 ? 0 : errno;
}

void check_writable(const std::string& flag, const std::string& path) {
  if (const int error = write_error(path); error != 0) throw_unwritable(flag, path, error);
}

}  // namespace bruit::cli
