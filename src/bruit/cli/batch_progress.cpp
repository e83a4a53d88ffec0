#include "bruit/cli/batch_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace bruit::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto interval_on_terminal = std::chrono::milliseconds(100);
constexpr auto interval_without_terminal = std::chrono::seconds(5);
constexpr std::uint64_t bar_width = 30;
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

BatchProgress::BatchProgress(std::uint64_t total)
    : total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      started_(steady_clock::now()),
      last_(started_) {}

BatchProgress::~BatchProgress() {
  if (terminal_) fmt::print(stderr, "{}", clear_line);
}

void BatchProgress::show(std::uint64_t done) {
  const auto now = steady_clock::now();
  const steady_clock::duration interval =
      terminal_ ? steady_clock::duration(interval_on_terminal) : interval_without_terminal;
  if (now - last_ < interval || done == 0) return;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  const double left = elapsed / static_cast<double>(done) * static_cast<double>(total_ - done);
  const std::string text =
      fmt::format("{} of {} runs, {:.0f} s, {:.0f} s left", done, total_, elapsed, left);
  if (terminal_) {
    const auto filled = done * bar_width / total_;
    fmt::print(stderr, "{}[{:#<{}}{:.<{}}] {}", clear_line, "", filled, "", bar_width - filled,
               text);
    std::fflush(stderr);
  } else {
    fmt::print(stderr, "{}\n", text);
  }
}

}  // namespace bruit::cli
