// What the pages of `bruit serve` are made from: a request and a response, without a socket.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bruit::serve {

enum class Method { get, post, other };  // HEAD is a get whose body the server leaves out

struct Request {
  Method method = Method::get;
  std::string target;        // as it came: path, and "?" and a query
  std::string host;          // the header Host
  std::string content_type;  // the header Content-Type
  std::string body;
};

// What a response consists of: text, or a file that is read while it is sent.
using Body = std::variant<std::string, std::filesystem::path>;

struct Response {
  unsigned status = 200;
  std::string content_type = "text/html; charset=utf-8";
  Body body;
  // Content-Security-Policy: what the page may do.
  std::string policy = "default-src 'self'; img-src 'self' data:";
};

// A path and the pairs of a query, percent-decoded. Parts of a path that are "." or ".." stay as
// they are: who opens files must refuse them.
struct Target {
  std::vector<std::string> path;  // "/a/b" is {"a", "b"}; so is "/a/b/"
  std::vector<std::pair<std::string, std::string>> query;

  // The first value of `name`, or an empty text.
  std::string_view argument(std::string_view name) const;
};

// Takes anything: a "%" that begins no code stands for itself.
Target parse_target(std::string_view target);

Response text_response(unsigned status, std::string text);
Response json_response(std::string json);
// {"error": what}
Response error_response(unsigned status, std::string_view what);

}  // namespace bruit::serve
