#include "bruit/cli/output/status_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace bruit::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto interval_without_terminal = std::chrono::seconds(5);
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

StatusLine::StatusLine(std::chrono::milliseconds interval, First first)
    : terminal_(::isatty(STDERR_FILENO) == 1),
      interval_(terminal_ ? steady_clock::duration(interval) : interval_without_terminal),
      last_(first == First::at_once ? steady_clock::time_point{} : steady_clock::now()) {}

StatusLine::~StatusLine() {
  if (terminal_) fmt::print(stderr, "{}", clear_line);
}

bool StatusLine::due() {
  const auto now = steady_clock::now();
  if (now - last_ < interval_) return false;
  last_ = now;
  return true;
}

void StatusLine::show(std::string_view text) {
  if (terminal_) {
    fmt::print(stderr, "{}{}", clear_line, text);
    std::fflush(stderr);
  } else {
    fmt::print(stderr, "{}\n", text);
  }
}

}  // namespace bruit::cli
