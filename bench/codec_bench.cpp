// The message codec: messages decoded and encoded a second, in one thread.
#include <benchmark/benchmark.h>

#include <string>

#include "bruit/maelstrom/codec.h"

namespace {

using namespace bruit::maelstrom;

std::string echo_line() {
  return R"({"id":17,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":17,"echo":"Please echo 17"}})";
}

std::string read_ok_line() {
  std::string line =
      R"({"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":1,"messages":[0)";
  for (int i = 1; i < 1000; ++i) line += "," + std::to_string(i);
  return line + "]}}";
}

std::string doubles_line() {
  std::string line = R"({"src":"n1","dest":"n2","body":{"type":"batch","id":1,"values":[0.1)";
  for (int i = 1; i < 1000; ++i) line += "," + std::to_string(i) + ".12345678901";
  return line + "]}}";
}

void decode(benchmark::State& state, const std::string& line) {
  MessageReader reader;
  for (auto _ : state) benchmark::DoNotOptimize(reader.read(line));
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}

void encode(benchmark::State& state, const std::string& line) {
  const auto message = std::get<Message>(parse_message(line));
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_message(message, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

BENCHMARK_CAPTURE(decode, echo, echo_line());
BENCHMARK_CAPTURE(decode, read_ok_of_1000_integers, read_ok_line());
BENCHMARK_CAPTURE(decode, batch_of_1000_doubles, doubles_line());
BENCHMARK_CAPTURE(encode, echo, echo_line());
BENCHMARK_CAPTURE(encode, read_ok_of_1000_integers, read_ok_line());
BENCHMARK_CAPTURE(encode, batch_of_1000_doubles, doubles_line());

}  // namespace

BENCHMARK_MAIN();
