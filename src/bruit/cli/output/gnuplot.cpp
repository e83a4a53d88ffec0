#include "bruit/cli/output/gnuplot.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace bruit::cli {
namespace {

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  for (bool more = true; more;) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path file = std::filesystem::path(rest.substr(0, colon)) / program;
    if (std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0) return true;
    more = colon != std::string_view::npos;
    if (more) rest.remove_prefix(colon + 1);
  }
  return false;
}

}  // namespace

void require_gnuplot() {
  if (on_path("gnuplot")) return;
  throw std::invalid_argument(
      "--plot needs the program gnuplot, which is not installed (Debian: apt-get install "
      "gnuplot-nox); --csv gives the same figures for another program");
}

void run_gnuplot(const std::string& script) {
  std::FILE* pipe = ::popen("gnuplot --default-settings -", "w");
  if (pipe == nullptr) throw std::runtime_error("gnuplot cannot be started");
  const bool written = std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
  if (::pclose(pipe) != 0 || !written) throw std::runtime_error("gnuplot failed; see above");
}

std::string gnuplot_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

}  // namespace bruit::cli
