#include "bruit/cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace bruit::cli {
namespace {

constexpr auto interval_without_terminal = std::chrono::seconds(5);
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (terminal_) fmt::print(stderr, "{}", clear_line);
}

void ProgressLine::show(const workbench::Progress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ && now - last_ < interval_without_terminal) return;
  last_ = now;

  using Seconds = std::chrono::duration<double>;
  const auto operations = static_cast<double>(progress.operations);
  std::string line =
      fmt::format("{}  {:4.1f} of {:.0f} s  {}", label_, Seconds(progress.elapsed).count(),
                  Seconds(progress.total).count(), to_string(progress.phase));
  if (progress.operations > 0) {
    line += fmt::format("  {} operations, {:.2f} messages each (servers)", progress.operations,
                        static_cast<double>(progress.net.servers.msg_count) / operations);
  }
  if (!progress.partition.empty()) line += fmt::format("  partition: {}", progress.partition);
  if (terminal_) {
    fmt::print(stderr, "{}{}", clear_line, line);
    std::fflush(stderr);
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

}  // namespace bruit::cli
