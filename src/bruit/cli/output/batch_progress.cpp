#include "bruit/cli/output/batch_progress.h"

#include <fmt/format.h>

#include <string>

namespace bruit::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto interval_on_terminal = std::chrono::milliseconds(100);
constexpr std::uint64_t bar_width = 30;

}  // namespace

BatchProgress::BatchProgress(std::uint64_t total)
    : total_(total),
      started_(steady_clock::now()),
      line_(interval_on_terminal, StatusLine::First::after_an_interval) {}

void BatchProgress::show(std::uint64_t done) {
  if (done == 0 || !line_.due()) return;
  const double elapsed = std::chrono::duration<double>(steady_clock::now() - started_).count();
  const double left = elapsed / static_cast<double>(done) * static_cast<double>(total_ - done);
  const std::string text =
      fmt::format("{} of {} runs, {:.0f} s, {:.0f} s left", done, total_, elapsed, left);
  if (!line_.on_terminal()) {
    line_.show(text);
    return;
  }
  const auto filled = done * bar_width / total_;
  line_.show(fmt::format("[{:#<{}}{:.<{}}] {}", "", filled, "", bar_width - filled, text));
}

}  // namespace bruit::cli
