// Any bytes into the JSON reader and the message codec. See README.md.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bruit/maelstrom/codec.h"
#include "bruit/maelstrom/json.h"
#include "fuzz/require.h"

using namespace bruit::maelstrom;

namespace {

void check_json(std::string_view text) {
  const auto parsed = read_json(text);
  const auto* value = std::get_if<json::value>(&parsed);
  if (value == nullptr) return;
  require(json_depth(*value) <= json_depth_limit);

  std::string written;
  append_json(*value, written);
  require(written.find('\n') == std::string::npos);
  const auto again = read_json(written);
  const auto* same = std::get_if<json::value>(&again);
  require(same != nullptr);

  const std::string canonical = canonical_json(*value);
  require(canonical_json(*same) == canonical);
  const auto from_canonical = read_json(canonical);
  require(canonical_json(std::get<json::value>(from_canonical)) == canonical);
}

// Whether a text is JSON does not depend on its numbers: they are refused, or kept as written, and
// then written again to the digit.
void check_numbers(std::string_view text) {
  const auto parsed = read_json(text);
  const auto kept = read_json(text, InexactNumbers::kept_as_written);
  const auto* value = std::get_if<json::value>(&kept);
  if (std::holds_alternative<json::value>(parsed)) {
    require(value != nullptr && *value == std::get<json::value>(parsed));
    return;
  }
  const bool is_refused = std::get<JsonError>(parsed).text.starts_with("the number ");
  if (value == nullptr) return;  // something else is wrong as well
  require(is_refused);
  const std::string written = canonical_json(*value);
  const auto again = read_json(written, InexactNumbers::kept_as_written);
  require(canonical_json(std::get<json::value>(again)) == written);
  if (value->is_object()) {
    // Of equal keys only the last is there.
    const auto found = find_written_number(value->get_object());
    require(found.has_value() == std::holds_alternative<JsonError>(read_json(written)));
    require(!found || text.find(found->text) != std::string_view::npos);
  }
}

void check_message(std::string_view line) {
  const auto parsed = parse_message(line);
  const auto* message = std::get_if<Message>(&parsed);
  if (const auto* error = std::get_if<ParseError>(&parsed); error != nullptr && error->sent) {
    std::string answer;
    const auto& sent = *error->sent;
    const json::value id = sent.body.contains("msg_id") ? sent.body.at("msg_id") : nullptr;
    append_error_message(sent.dest, sent.src, id, ErrorCode::malformed_request, error->text,
                         answer);
    require(
        std::holds_alternative<json::value>(read_json(answer, InexactNumbers::kept_as_written)));
  }
  if (message == nullptr) return;
  const std::string written = encode_message(*message);
  require(written.find('\n') == written.size() - 1);
  const auto again = parse_message(written);
  const auto& same = std::get<Message>(again);
  require(same.src == message->src && same.dest == message->dest);
  require(same.type() == message->type());
  require(canonical_json(same.body) == canonical_json(message->body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_json(text);
  check_numbers(text);
  check_message(text);
  return 0;
}
