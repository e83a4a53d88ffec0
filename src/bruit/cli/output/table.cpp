#include "bruit/cli/output/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace bruit::cli {
namespace {

constexpr std::size_t gap = 2;

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      line += fmt::format("{:<{}}", rows_[r][i], widths[i] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    if (r == 0) {
      const std::size_t total =
          std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
      text += std::string(total, '-') + '\n';
    }
  }
  return text;
}

}  // namespace bruit::cli
