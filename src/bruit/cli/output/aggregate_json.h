// An aggregate as the JSON files of `bruit sim` and `bruit sweep` have it.
#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "bruit/workbench/simulation/aggregate.h"

namespace bruit::cli {

// {"mean": …, "median": …, "worst": …, "best": …, "ci95": [low, high]}, or null.
boost::json::value aggregate_json(const std::optional<workbench::Aggregate>& aggregate);

}  // namespace bruit::cli
