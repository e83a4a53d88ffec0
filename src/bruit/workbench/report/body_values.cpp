#include "bruit/workbench/report/body_values.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <string_view>

namespace bruit::workbench::report {
namespace {

namespace json = boost::json;
using Values = std::vector<const json::value*>;

bool holds_values(std::string_view name) {
  static constexpr std::array<std::string_view, 17> names{
      "value", "values",  "message", "messages", "msgs",  "element", "elements", "item", "items",
      "delta", "entries", "deltas",  "gossip",   "batch", "data",    "payload",  "seen"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A run of consecutive values of one node, as `rounds` writes them.
const json::array* values_of_run(const json::array& array) {
  const bool is_run = array.size() == 3 && array[0].is_array() &&
                      array[0].get_array().size() == 2 && array[1].is_int64() &&
                      array[2].is_array();
  return is_run ? &array[2].get_array() : nullptr;
}

void collect(const json::value& value, Values& values) {
  if (const auto* object = value.if_object()) {
    collect_values(*object, values);
  } else if (const auto* array = value.if_array()) {
    const json::array* const run = values_of_run(*array);
    for (const auto& item : run != nullptr ? *run : *array) collect(item, values);
  } else {
    values.push_back(&value);
  }
}

}  // namespace

void collect_values(const json::object& body, Values& values) {
  for (const auto& [name, value] : body) {
    if (holds_values(name)) collect(value, values);
  }
}

}  // namespace bruit::workbench::report
