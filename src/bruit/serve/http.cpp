#include "bruit/serve/http.h"

#include <algorithm>
#include <optional>

#include "bruit/maelstrom/json.h"

namespace bruit::serve {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += text[i] == '+' ? ' ' : text[i];
  }
  return decoded;
}

// Calls `take` with what is between the separators.
template <typename Take>
void split(std::string_view text, char separator, Take take) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) take(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace

std::string_view Target::argument(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

Target parse_target(std::string_view target) {
  Target result;
  const std::size_t question = std::min(target.find('?'), target.size());
  split(target.substr(0, question), '/',
        [&](std::string_view part) { result.path.push_back(decode(part)); });
  if (question < target.size()) {
    split(target.substr(question + 1), '&', [&](std::string_view pair) {
      const std::size_t equals = std::min(pair.find('='), pair.size());
      const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
      result.query.emplace_back(decode(pair.substr(0, equals)), decode(value));
    });
  }
  return result;
}

Response text_response(unsigned status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

Response json_response(std::string json) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

Response error_response(unsigned status, std::string_view what) {
  std::string json = "{\"error\":";
  maelstrom::append_json_string(what, json);
  json += '}';
  Response response = json_response(std::move(json));
  response.status = status;
  return response;
}

}  // namespace bruit::serve
