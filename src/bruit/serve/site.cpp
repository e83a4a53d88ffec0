#include "bruit/serve/site.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>
#include <variant>

#include "bruit/maelstrom/json.h"
#include "bruit/serve/live_run.h"
#include "bruit_serve/embedded.h"

namespace bruit::serve {
namespace {

namespace json = boost::json;

// results.json as it is. Nothing if it is not there or no JSON object: a run may be going on.
std::optional<json::object> read_results(const RunStore& store, const RunName& run) {
  // Far more than any results take; a list of a million lost values would not be looked at.
  constexpr std::uintmax_t size_max = 16 * 1024 * 1024;
  const auto path = store.file(run, {"results.json"});
  std::error_code error;
  if (!path || std::filesystem::file_size(*path, error) > size_max || error) return std::nullopt;
  std::ifstream in(*path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto parsed = maelstrom::read_json(text);
  auto* value = std::get_if<json::value>(&parsed);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

// The value at "/net/servers/msgs-per-op" and the like; null if there is none.
json::value at(const json::object& results, std::string_view pointer) {
  json::error_code error;
  const json::value whole(results);
  const auto* found = whole.find_pointer(pointer, error);
  return found == nullptr ? json::value() : *found;
}

json::object headline(const RunName& run, const std::optional<json::object>& results) {
  json::object line{{"workload", run.workload}, {"time", run.time}};
  if (!results) return line;
  for (const auto& [name, pointer] : {std::pair{"valid", "/valid"},
                                      {"operations", "/stats/count"},
                                      {"msgs_per_op", "/net/servers/msgs-per-op"},
                                      {"median_ms", "/workload/stable-latencies/0.5"},
                                      {"worst_ms", "/workload/stable-latencies/1"},
                                      {"lost", "/workload/lost-count"},
                                      {"strategy", "/strategy"},
                                      {"early_end", "/early-end/reason"}}) {
    line[name] = at(*results, pointer);
  }
  return line;
}

std::string content_type(const std::string& name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".json")) return "application/json";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

Response page(std::string_view html) {
  Response response;
  response.body = std::string(html);
  return response;
}

Response resource(std::string_view type, std::string_view text) {
  Response response = page(text);
  response.content_type = std::string(type) + "; charset=utf-8";
  return response;
}

Response not_found(std::string_view what) {
  return text_response(404, "There is no " + std::string(what) + " here.\n");
}

// "localhost:8080" and "[::1]:8080" without their port.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool is_in_brackets = host.ends_with(']');
  return colon == std::string_view::npos || is_in_brackets ? host : host.substr(0, colon);
}

}  // namespace

Response Site::respond(const Request& request) const {
  const auto host = without_port(request.host);
  const bool known =
      options_.hosts.empty() ||
      std::find(options_.hosts.begin(), options_.hosts.end(), host) != options_.hosts.end();
  if (!known) {
    return text_response(403, "This server is asked for as localhost or 127.0.0.1 only.\n");
  }
  const Target target = parse_target(request.target);
  switch (request.method) {
    case Method::get:
      return get(target);
    case Method::post:
      return post(target, request);
    case Method::other:
      break;
  }
  return text_response(405, "Only GET, HEAD and POST are answered here.\n");
}

Response Site::get(const Target& target) const {
  const auto& path = target.path;
  const auto run = [&](std::size_t first) { return RunName{path[first], path[first + 1]}; };
  if (path.empty()) return page(embedded::runs_html());
  if (path.size() == 1 && path[0] == "live") return page(embedded::live_html());
  if (path.size() == 1 && path[0] == "compare") return page(embedded::compare_html());
  if (path.size() == 3 && path[0] == "run") return show_run(run(1));
  if (path.size() >= 4 && path[0] == "store") {
    return send_file(run(1), {path.begin() + 3, path.end()});
  }
  if (path.size() == 2 && path[0] == "api" && path[1] == "runs") return list_runs();
  if (path.size() == 4 && path[0] == "api" && path[1] == "run") return describe_run(run(2));
  if (path.size() == 2 && path[0] == "web") {
    if (path[1] == "style.css") return resource("text/css", embedded::style_css());
    if (path[1] == "common.js") return resource("text/javascript", embedded::common_js());
    if (path[1] == "runs.js") return resource("text/javascript", embedded::runs_js());
    if (path[1] == "run.js") return resource("text/javascript", embedded::run_js());
    if (path[1] == "compare.js") return resource("text/javascript", embedded::compare_js());
    if (path[1] == "live.js") return resource("text/javascript", embedded::live_js());
  }
  return not_found("page");
}

Response Site::post(const Target& target, const Request& request) const {
  if (target.path != std::vector<std::string>{"api", "simulate"})
    return not_found("page to post to");
  // A form of another site cannot send this type.
  if (!request.content_type.starts_with("application/json")) {
    return error_response(415, "expected the content type application/json");
  }
  try {
    return json_response(run_live(parse_live_request(request.body)));
  } catch (const LiveRequestError& error) {
    return error_response(400, error.what());
  }
}

// The page itself says so if there is no such run.
Response Site::show_run(const RunName& run) const {
  Response response = page(embedded::run_html());
  if (!store_.files(run)) response.status = 404;
  return response;
}

Response Site::list_runs() const {
  json::array lines;
  for (const auto& run : store_.runs()) lines.push_back(headline(run, read_results(store_, run)));
  const std::string store = options_.store.string();
  return json_response(json::serialize(json::object{{"store", store}, {"runs", std::move(lines)}}));
}

Response Site::describe_run(const RunName& run) const {
  const auto files = store_.files(run);
  if (!files) return error_response(404, "there is no such run");
  auto results = read_results(store_, run);
  json::object whole = headline(run, results);
  whole["results"] = results ? json::value(std::move(*results)) : json::value();
  json::array list;
  for (const auto& file : *files) {
    list.push_back(json::object{{"name", file.name}, {"size", file.size}});
  }
  whole["files"] = std::move(list);
  return json_response(json::serialize(whole));
}

Response Site::send_file(const RunName& run, const std::vector<std::string>& name) const {
  const auto path = store_.file(run, name);
  if (!path) return not_found("such file");
  Response response;
  response.content_type = content_type(name.back());
  response.body = *path;
  // Scripts of a report may run, but as a page of nobody's.
  response.policy = "sandbox allow-scripts; default-src 'unsafe-inline' data:";
  return response;
}

}  // namespace bruit::serve
