#include "bruit/maelstrom/fields.h"

namespace bruit::maelstrom::detail {

std::string Path::text() const {
  const std::string before = parent == nullptr ? "" : parent->text();
  if (!name.empty()) return before.empty() ? std::string(name) : before + "." + std::string(name);
  return parent == nullptr ? before : before + "[" + std::to_string(index) + "]";
}

void field_error(const Path& path, std::string_view expected, const json::value& found) {
  std::string text = "field \"" + path.text() + "\" must be ";
  text.append(expected).append(", not ").append(kind_name(found));
  throw RpcError(ErrorCode::malformed_request, text);
}

void field_missing(const Path& path) {
  throw RpcError(ErrorCode::malformed_request, "field \"" + path.text() + "\" is missing");
}

}  // namespace bruit::maelstrom::detail
