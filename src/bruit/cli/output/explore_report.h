// What `bruit explore` says in the end: a table, the smallest pattern that fails as a schedule, and
// all of it as JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "bruit/workbench/simulation/explore.h"

namespace bruit::cli {

// A row for each placement, with a line break at the end.
std::string exploration_table(const workbench::Exploration& exploration);
// A row for each placement, a column for each number of deviations.
std::string pattern_count_table(const std::vector<workbench::PatternCount>& counts);

// What happens in the pattern, a line each: values and deviations.
std::vector<std::string> story_of(const workbench::FoundPattern& pattern);

// A schedule for `bruit sim`, with what went wrong, the story and the command as comments.
std::string schedule_of(const workbench::FoundPattern& pattern, const std::string& command);

boost::json::object exploration_json(const workbench::ExploreOptions& options,
                                     const workbench::Exploration& exploration,
                                     const std::string& command, double wall_seconds);
boost::json::object pattern_count_json(const std::vector<workbench::PatternCount>& counts);

}  // namespace bruit::cli
