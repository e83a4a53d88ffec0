// What one node process can do, measured through its pipes: echo requests a second, latency at low
// load, start-up time, resident memory.
//
//     node_bench [REQUESTS]
//
// The limits are those that the project promises; the exit code is 1 if one is missed. See
// docs/benchmarks.md.
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
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

// Keeps this thread, and what it starts, on one core while it lives.
class OnOneCore {
 public:
  OnOneCore() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    int core = 0;
    while (!CPU_ISSET(core, &before_)) ++core;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OnOneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }
  OnOneCore(const OnOneCore&) = delete;
  OnOneCore& operator=(const OnOneCore&) = delete;

 private:
  cpu_set_t before_{};
};

std::string echo_lines(int requests) {
  std::string lines;
  for (int i = 0; i < requests; ++i) lines += echo_line(i);
  return lines;
}

// The node beside its load generator, as on any machine with two cores.
void throughput(const std::string& program, int requests) {
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  const std::string lines = echo_lines(requests);
  const auto cpu_before = node.cpu_time();
  const auto start = Clock::now();
  node.exchange(lines, static_cast<std::size_t>(requests));
  const Seconds wall = Clock::now() - start;
  const Seconds cpu = node.cpu_time() - cpu_before;
  report("echo requests per second of the node's CPU", requests / cpu.count(), "1/s", 200'000,
         true);
  report("echo requests per second, two cores", requests / wall.count(), "1/s");
  report("echo: resident after them", static_cast<double>(node.resident_kilobytes()) / 1024, "MB",
         10, false);
}

// The node and its load generator share one core: the hardest way to read "on one core".
void throughput_on_one_core(const std::string& program, int requests) {
  const OnOneCore pinned;
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  const std::string lines = echo_lines(requests);
  const auto start = Clock::now();
  node.exchange(lines, static_cast<std::size_t>(requests));
  const Seconds wall = Clock::now() - start;
  report("echo requests per second, one core for all", requests / wall.count(), "1/s", 200'000,
         true);
}

// One request at a time, `pause` apart.
void latency(const std::string& program, const char* load, int requests,
             std::chrono::microseconds pause) {
  PipedProgram node({program});
  node.exchange(init_line(), 1);
  std::vector<double> samples;
  for (int i = 0; i < requests; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    const std::string line = echo_line(i);
    const auto start = Clock::now();
    node.exchange(line, 1);
    samples.push_back(Microseconds(Clock::now() - start).count());
  }
  std::sort(samples.begin(), samples.end());
  const std::string what = fmt::format("round trip, {}", load);
  report((what + ", median").c_str(), samples[samples.size() / 2], "µs");
  report((what + ", 99 %").c_str(), samples[samples.size() * 99 / 100], "µs");
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
  throughput_on_one_core(bin + "echo", requests);
  latency(bin + "echo", "200 requests a second", 400, std::chrono::milliseconds(5));
  latency(bin + "echo", "one after the other", 5'000, {});
  start_up(bin + "echo");
  for (const char* name : {"broadcast-3b", "broadcast-3d", "broadcast-3e"}) {
    memory(bin + name, name);
  }
  return all_met ? 0 : 1;
}
