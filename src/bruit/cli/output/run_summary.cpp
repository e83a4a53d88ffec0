#include "bruit/cli/output/run_summary.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string_view>

#include "bruit/cli/output/run_report.h"

namespace bruit::cli {
namespace {

using workbench::Edn;

template <typename Value, typename Limit>
bool below(const std::optional<Value>& value, const std::optional<Limit>& limit) {
  return !limit || (value && *value < *limit);
}

std::string_view verdict(workbench::Validity validity) {
  switch (validity) {
    case workbench::Validity::valid:
      return "valid";
    case workbench::Validity::invalid:
      return "INVALID";
    case workbench::Validity::unknown:
      return "unknown";
  }
  return "unknown";
}

// A count in the results; 0 if it is not there.
template <typename... Names>
std::int64_t count_at(const Edn& results, Names... names) {
  const Edn* const found = results.at(names...);
  const auto* number = found == nullptr ? nullptr : found->get_if<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

}  // namespace

bool within(const workbench::Headline& headline, const workbench::Limits& limits) {
  return below(headline.server_messages_per_operation, limits.messages_per_operation) &&
         below(headline.all_messages_per_operation, limits.messages_per_operation) &&
         below(headline.median_stable_latency, limits.median_stable_latency) &&
         below(headline.worst_stable_latency, limits.worst_stable_latency);
}

std::string with_limit(const std::string& value, const std::string& limit) {
  return limit.empty() ? value : fmt::format("{} < {}", value, limit);
}

std::string limit_text(const std::optional<workbench::Duration>& limit) {
  if (!limit) return {};
  return fmt::format("{}", std::chrono::duration_cast<std::chrono::milliseconds>(*limit).count());
}

std::string summary(const workbench::TestRun& run) {
  const workbench::Headline& headline = run.headline;
  std::string text;
  const auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{:<32}{}\n", name, value);
  };
  line("verdict", std::string(verdict(headline.validity)));
  line("operations", fmt::format("{}: {} ok, {} failed, {} unknown", headline.operations,
                                 count_at(run.results, "stats", "ok-count"),
                                 count_at(run.results, "stats", "fail-count"),
                                 count_at(run.results, "stats", "info-count")));
  line("messages/op, between nodes", format_ratio(headline.server_messages_per_operation));
  line("messages/op, all", format_ratio(headline.all_messages_per_operation));
  if (run.results.at("workload", "stable-count") == nullptr) return text;
  line("stable latency, median", format_latency(headline.median_stable_latency));
  line("stable latency, maximum", format_latency(headline.worst_stable_latency));
  line("values", fmt::format("{}: {} stable, {} lost, {} never read",
                             count_at(run.results, "workload", "attempt-count"),
                             count_at(run.results, "workload", "stable-count"),
                             count_at(run.results, "workload", "lost-count"),
                             count_at(run.results, "workload", "never-read-count")));
  return text;
}

}  // namespace bruit::cli
