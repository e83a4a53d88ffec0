// JSON parsers side by side: Boost's own way from text to value, and the project's one door
// (maelstrom/json.h), which is Boost's parser with a handler that keeps numbers exact. See
// docs/decisions/0011-one-door-for-json.md.
#include <benchmark/benchmark.h>

#include <boost/json/parse.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "bruit/maelstrom/json.h"

namespace {

namespace json = boost::json;
using namespace bruit::maelstrom;

std::string list_of(int count, const std::function<std::string()>& item) {
  std::string line =
      R"({"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":1,"messages":[)";
  for (int i = 0; i < count; ++i) line += (i == 0 ? "" : ",") + item();
  return line + "]}}";
}

std::string echo() {
  return R"({"id":17,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":17,"echo":"Please echo 17"}})";
}
std::string integers() {
  return list_of(1000, [i = 0]() mutable { return std::to_string(i++); });
}
std::string short_doubles() {
  return list_of(1000, [i = 0]() mutable { return std::to_string(i++) + ".12345678901"; });
}
// As many digits as a double can need.
std::string long_doubles() {
  return list_of(1000, [random = std::mt19937_64(1)]() mutable {
    std::string text;
    append_json_double(std::uniform_real_distribution<double>(0, 1)(random), text);
    return text;
  });
}
std::string strings() {
  return list_of(1000, [i = 0]() mutable { return "\"value " + std::to_string(i++) + "\""; });
}

void count(benchmark::State& state, const std::string& text) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void boost_parse(benchmark::State& state, const std::string& text) {
  json::parse_options options;
  options.max_depth = json_depth_limit;
  for (auto _ : state) benchmark::DoNotOptimize(json::parse(text, {}, options));
  count(state, text);
}

void one_door(benchmark::State& state, const std::string& text) {
  JsonReader reader;
  for (auto _ : state) benchmark::DoNotOptimize(reader.read(text));
  count(state, text);
}

#define BRUIT_BOTH(text)                        \
  BENCHMARK_CAPTURE(boost_parse, text, text()); \
  BENCHMARK_CAPTURE(one_door, text, text())

BRUIT_BOTH(echo);
BRUIT_BOTH(integers);
BRUIT_BOTH(short_doubles);
BRUIT_BOTH(long_doubles);
BRUIT_BOTH(strings);

}  // namespace

BENCHMARK_MAIN();
