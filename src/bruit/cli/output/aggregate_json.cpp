#include "bruit/cli/output/aggregate_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace bruit::cli {

boost::json::value aggregate_json(const std::optional<workbench::Aggregate>& aggregate) {
  namespace json = boost::json;
  if (!aggregate) return nullptr;
  return json::object{{"mean", aggregate->mean},
                      {"median", aggregate->median},
                      {"worst", aggregate->worst},
                      {"best", aggregate->best},
                      {"ci95", json::array{aggregate->ci95_low, aggregate->ci95_high}}};
}

}  // namespace bruit::cli
