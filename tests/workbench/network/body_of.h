// Bodies in tests, written as JSON.
#pragma once

#include <string_view>
#include <variant>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/network/packet.h"

namespace bruit::workbench {

// As a node's line brings it: numbers that cannot be kept exactly are there as they were written.
inline JsonBody body_of(std::string_view text) {
  const auto parsed = maelstrom::read_json(text, maelstrom::InexactNumbers::kept_as_written);
  return json_body(std::get<boost::json::value>(parsed).as_object());
}

}  // namespace bruit::workbench
