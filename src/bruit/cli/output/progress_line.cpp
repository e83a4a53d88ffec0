#include "bruit/cli/output/progress_line.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace bruit::cli {

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)), line_(std::chrono::milliseconds(0), StatusLine::First::at_once) {}

void ProgressLine::show(const workbench::Progress& progress) {
  if (!line_.due()) return;
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
  line_.show(line);
}

}  // namespace bruit::cli
