// What one node process can do, measured through its pipes: echo requests a second, latency of one
// request at a time, start-up time, resident memory.
//
//     node_bench [REQUESTS]
//
// The limits are those that the project promises; the exit code is 1 if one is missed.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "pipes.h"

namespace {

using bruit::bench::PipedProgram;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Microseconds = std::chrono::duration<double, std::micro>;

bool all_met = true;

void report(const char* what, double value, const char* unit, double limit, bool at_least) {
  const bool met = at_least ? value >= limit : value <= limit;
  all_met = all_met && met;
  fmt::print("{:<44} {:>12.1f} {:<5} {} {:.0f}  {}\n", what, value, unit, at_least ? "≥" : "≤",
             limit, met ? "met" : "MISSED");
}

void report(const char* what, double value, const char* unit) {
  fmt::print("{:<44} {:>12.1f} {}\n", what, value, unit);
}

std::string init_line() {
  return R"({"id":0,"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}})"
         "\n";
}

std::string echo_line(int id) {
  return fmt::format(
      R"({{"id":{0},"src":"c1","dest":"n1","body":{{"type":"echo","msg_id":{0},"echo":"Please echo {0}"}}}})"
      "\n",
      id);
}

void throughput(const std::string& program, int requests) {
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  std::string lines;
  for (int i = 0; i < requests; ++i) lines += echo_line(i);
  const auto cpu_before = node.cpu_time();
  const auto start = Clock::now();
  node.exchange(lines, static_cast<std::size_t>(requests));
  const Seconds wall = Clock::now() - start;
  const Seconds cpu = node.cpu_time() - cpu_before;
  report("echo requests per second of the node's CPU", requests / cpu.count(), "1/s", 200'000,
         true);
  report("echo requests per second of wall time", requests / wall.count(), "1/s");
}

void latency(const std::string& program) {
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  std::vector<double> samples;
  for (int i = 0; i < 5'000; ++i) {
    const std::string line = echo_line(i);
    const auto start = Clock::now();
    node.exchange(line, 1);
    samples.push_back(Microseconds(Clock::now() - start).count());
  }
  std::sort(samples.begin(), samples.end());
  report("round trip of one request, median", samples[samples.size() / 2], "µs");
  report("round trip of one request, 99 %", samples[samples.size() * 99 / 100], "µs");
}

void start_up(const std::string& program) {
  std::vector<double> samples;
  for (int i = 0; i < 21; ++i) {
    const auto start = Clock::now();
    PipedProgram node({program});
    node.exchange(init_line(), 1);
    samples.push_back(Milliseconds(Clock::now() - start).count());
  }
  std::sort(samples.begin(), samples.end());
  report("start to init_ok, median of 21", samples[samples.size() / 2], "ms", 20, false);
}

void memory(const std::string& program, const std::string& name) {
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  std::string lines;
  for (int i = 0; i < 2'000; ++i) {
    lines += fmt::format(
        R"({{"src":"c1","dest":"n1","body":{{"type":"broadcast","msg_id":{0},"message":{0}}}}})"
        "\n",
        i);
  }
  node.exchange(lines, 2'000);
  for (int i = 0; i < 100; ++i) {
    node.exchange(R"({"src":"c1","dest":"n1","body":{"type":"read","msg_id":1}})"
                  "\n",
                  1);
  }
  report((name + ": resident at 2,000 values").c_str(),
         static_cast<double>(node.resident_kilobytes()) / 1024, "MB", 10, false);
}

}  // namespace

int main(int argc, char** argv) {
  const int requests = argc > 1 ? std::atoi(argv[1]) : 500'000;
  const std::string bin = BRUIT_BIN_DIR "/";
  throughput(bin + "echo", requests);
  latency(bin + "echo");
  start_up(bin + "echo");
  for (const char* name : {"broadcast-3b", "broadcast-3d", "broadcast-3e"}) {
    memory(bin + name, name);
  }
  return all_met ? 0 : 1;
}
