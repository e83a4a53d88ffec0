#include "bruit/workbench/network/latency_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bruit/core/duration.h"

namespace bruit::workbench {
namespace {

constexpr std::string_view header = "regions";

// Separated by blanks; a # ends the line.
std::vector<std::string_view> split(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(blanks); at < line.size();
       at = line.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

class Parser {
 public:
  LatencyMatrix parse(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const auto words = split(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (words.empty()) continue;
      matrix_.regions.empty() ? add_header(words) : add_row(words);
    }
    if (matrix_.regions.empty()) fail("the file is empty; expected `regions NAME NAME ...`");
    if (rows_ < matrix_.regions.size()) {
      fail(fmt::format("the file ends; expected the latencies from {}", matrix_.regions[rows_]));
    }
    return std::move(matrix_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw LatencyMatrixError(fmt::format("line {}: {}", line_, what));
  }

  void add_header(const std::vector<std::string_view>& words) {
    if (words[0] != header || words.size() < 2) {
      fail(fmt::format("expected `{} NAME NAME ...`, with which the file begins", header));
    }
    if (words.size() - 1 > latency_regions_most) {
      fail(fmt::format("{} regions; expected at most {}", words.size() - 1, latency_regions_most));
    }
    matrix_.regions.assign(words.begin() + 1, words.end());
    auto sorted = matrix_.regions;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) fail(fmt::format("the region {} stands there twice", *twice));
  }

  void add_row(const std::vector<std::string_view>& words) {
    const std::size_t count = matrix_.regions.size();
    if (rows_ == count) {
      fail(fmt::format("\"{}\" is after the last row; expected {} rows", words[0], count));
    }
    const std::string& name = matrix_.regions[rows_];
    if (words[0] != name) {
      fail(fmt::format("\"{}\" begins the row; expected {}: rows stand in the order of the columns",
                       words[0], name));
    }
    if (words.size() - 1 != count) {
      fail(fmt::format("{} latencies from {}; expected {}, one for each region", words.size() - 1,
                       name, count));
    }
    for (std::size_t i = 1; i < words.size(); ++i) matrix_.models.push_back(model(words[i]));
    ++rows_;
  }

  LatencyModel model(std::string_view word) const {
    LatencyModel model;
    std::string_view duration = word;
    if (const std::size_t colon = word.find(':'); colon != std::string_view::npos) {
      const auto distribution = parse_latency_distribution(word.substr(0, colon));
      if (!distribution) {
        fail(
            fmt::format("\"{}\" is not a latency; expected constant, uniform or exponential "
                        "before the colon",
                        word));
      }
      model.distribution = *distribution;
      duration = word.substr(colon + 1);
    }
    try {
      model.mean = core::parse_duration(duration);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
    if (model.mean > longest_latency) {
      fail(fmt::format("{} is too long; expected at most {}", word,
                       core::format_duration(longest_latency)));
    }
    return model;
  }

  LatencyMatrix matrix_;
  std::size_t rows_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

LatencyMatrix parse_latency_matrix(std::string_view text) { return Parser().parse(text); }

std::string to_text(const LatencyMatrix& matrix) {
  std::string text(header);
  for (const auto& region : matrix.regions) text += " " + region;
  text += '\n';
  for (std::size_t from = 0; from < matrix.regions.size(); ++from) {
    text += matrix.regions[from];
    for (std::size_t to = 0; to < matrix.regions.size(); ++to) {
      const LatencyModel& model =
          matrix.between(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to));
      const std::string prefix = model.distribution == LatencyDistribution::constant
                                     ? ""
                                     : std::string(to_string(model.distribution)) + ":";
      text += " " + prefix + core::format_duration(model.mean);
    }
    text += '\n';
  }
  return text;
}

}  // namespace bruit::workbench
