#include "bruit/cli/output/explore_report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <numeric>

#include "bruit/cli/output/simulation_report.h"
#include "bruit/cli/output/table.h"
#include "bruit/core/duration.h"
#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/faults/scenario_text.h"

namespace bruit::cli {
namespace {

namespace json = boost::json;
using workbench::DistinctCount;
using workbench::Exploration;
using workbench::FoundPattern;
using workbench::PatternCount;
using workbench::PlacementSummary;

std::string text_of(const DistinctCount& ends) {
  return fmt::format("{}{}", ends.exact() ? "" : "about ", ends.count());
}

std::string text_of(const std::optional<workbench::Duration>& duration) {
  if (!duration) return "-";
  return core::format_duration(std::chrono::ceil<std::chrono::milliseconds>(*duration));
}

const char* name_of(Exploration::End end) {
  switch (end) {
    case Exploration::End::complete:
      return "complete";
    case Exploration::End::first_failure:
      return "first failure";
    case Exploration::End::limit:
      return "limit";
    case Exploration::End::interrupt:
      return "interrupt";
  }
  return "?";
}

json::array words_of(const workbench::ExploreOptions& options, workbench::Placement placement,
                     const workbench::Pattern& pattern) {
  if (pattern.empty()) return {};
  const FoundPattern found = describe(options, placement, pattern);
  return json::array(found.words.begin(), found.words.end());
}

json::object placement_json(const workbench::ExploreOptions& options,
                            const PlacementSummary& summary) {
  json::array failures;
  for (const auto& [kind, runs, first] : summary.failures) {
    failures.push_back(json::object{{"kind", to_string(kind)},
                                    {"runs", runs},
                                    {"first", words_of(options, summary.placement, first)}});
  }
  return {{"placement", to_string(summary.placement)},
          {"runs", summary.runs()},
          {"runs_by_deviations",
           json::array(summary.runs_by_deviations.begin(), summary.runs_by_deviations.end())},
          {"distinct_ends", summary.ends.count()},
          {"distinct_ends_exact", summary.ends.exact()},
          {"failing", summary.failing},
          {"failures", std::move(failures)},
          {"died_runs", summary.died_runs},
          {"died", summary.died},
          {"worst_recovery", summary.worst_recovery
                                 ? json::value(workbench::milliseconds_of(*summary.worst_recovery))
                                 : json::value(nullptr)},
          {"worst_recovery_of", words_of(options, summary.placement, summary.worst_recovery_of)},
          {"most_messages", summary.most_messages},
          {"most_messages_of", words_of(options, summary.placement, summary.most_messages_of)}};
}

std::string kinds_text(const std::vector<workbench::KindLimit>& limits) {
  std::string text;
  for (const auto& limit : limits) {
    if (!text.empty()) text += ',';
    const char* plus = "";
    for (const auto kind : workbench::fault_kinds) {
      if ((limit.kinds & workbench::set_of(kind)) == 0) continue;
      text += fmt::format("{}{}", std::exchange(plus, "+"), workbench::to_string(kind));
    }
    text += fmt::format(":{}", limit.most);
  }
  return text;
}

}  // namespace

std::string exploration_table(const Exploration& exploration) {
  Table table({"values", "runs", "distinct ends", "failing", "values died", "worst recovery",
               "most messages"});
  for (const PlacementSummary& summary : exploration.placements) {
    table.add({std::string(to_string(summary.placement)), fmt::format("{}", summary.runs()),
               text_of(summary.ends), fmt::format("{}", summary.failing),
               fmt::format("{} in {} runs", summary.died, summary.died_runs),
               text_of(summary.worst_recovery), fmt::format("{}", summary.most_messages)});
  }
  return table.text();
}

std::string pattern_count_table(const std::vector<PatternCount>& counts) {
  std::vector<std::string> header{"values"};
  for (std::size_t i = 0; i < counts.front().by_deviations.size(); ++i) {
    header.push_back(fmt::format("{} deviation{}", i, i == 1 ? "" : "s"));
  }
  header.push_back("all");
  Table table(std::move(header));
  for (const PatternCount& count : counts) {
    std::vector<std::string> row{std::string(to_string(count.placement))};
    for (const auto patterns : count.by_deviations) row.push_back(fmt::format("{}", patterns));
    row.push_back(fmt::format("{}", std::accumulate(count.by_deviations.begin(),
                                                    count.by_deviations.end(), std::uint64_t{0})));
    table.add(std::move(row));
  }
  return table.text();
}

std::vector<std::string> story_of(const FoundPattern& pattern) {
  std::vector<std::string> story;
  // With `moments` the value stands among the deviations.
  for (const auto& operation : operations(
           pattern.placement, static_cast<std::uint32_t>(pattern.options.test.nodes.size()))) {
    story.push_back(fmt::format("a client of n{} broadcasts a value, at {}", operation.client,
                                core::format_duration(operation.at)));
  }
  story.insert(story.end(), pattern.words.begin(), pattern.words.end());
  return story;
}

std::string schedule_of(const FoundPattern& pattern, const std::string& command) {
  std::string text = fmt::format("# {}\n", pattern.what);
  for (const auto& line : story_of(pattern)) text += fmt::format("#   {}\n", line);
  text += fmt::format("# {}\n", command);
  const auto& test = pattern.options.test;
  return text + workbench::to_text(*test.scenario, test.nodes);
}

json::object exploration_json(const workbench::ExploreOptions& options,
                              const Exploration& exploration, const std::string& command,
                              double wall_seconds) {
  json::array placements;
  for (const auto& summary : exploration.placements) {
    placements.push_back(placement_json(options, summary));
  }
  json::value smallest;
  if (exploration.smallest) {
    const FoundPattern& found = *exploration.smallest;
    const auto& test = found.options.test;
    const auto story = story_of(found);
    smallest = json::object{{"values", to_string(found.placement)},
                            {"what", found.what},
                            {"story", json::array(story.begin(), story.end())},
                            {"schedule", workbench::to_text(*test.scenario, test.nodes)},
                            {"command", command}};
  }
  json::object cluster = options_json(options.simulation);
  json::object chosen;
  for (const char* name :
       {"strategy", "max_latency", "median_latency", "fan_out", "flush_interval", "retry_first",
        "retry_longest", "queue_limit", "node_count", "latency"}) {
    chosen[name] = cluster[name];
  }
  chosen["deviations"] = options.deviations;
  chosen["kinds"] = kinds_text(options.kinds);
  return {{"options", std::move(chosen)},     {"end", name_of(exploration.end)},
          {"runs", exploration.runs()},       {"auxiliary_runs", exploration.auxiliary_runs},
          {"failing", exploration.failing()}, {"placements", std::move(placements)},
          {"smallest", std::move(smallest)},  {"wall_seconds", wall_seconds}};
}

json::object pattern_count_json(const std::vector<PatternCount>& counts) {
  json::object object;
  for (const PatternCount& count : counts) {
    object[to_string(count.placement)] =
        json::array(count.by_deviations.begin(), count.by_deviations.end());
  }
  return {{"patterns", std::move(object)}};
}

}  // namespace bruit::cli
