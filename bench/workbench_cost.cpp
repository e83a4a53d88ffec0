// What a test costs beside its 30 seconds of load and recovery: challenge 3e, 25 node processes, as
// `bruit challenge` runs it, measured from outside.
//
//     workbench_cost
//
// Takes 30 seconds. The limits are those that the project promises; the exit code is 1 if one is
// missed. Maelstrom's figures were measured with version 0.2.4 and the same load on two cores.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using Seconds = std::chrono::duration<double>;
using WallClock = std::chrono::system_clock;

bool all_met = true;

void report(const char* what, double value, const char* unit, double limit, const char* maelstrom) {
  const bool met = value < limit;
  all_met = all_met && met;
  fmt::print("{:<46} {:>8.2f} {:<3} < {:<3.0f} {:<7} {:>10}\n", what, value, unit, limit,
             met ? "met" : "MISSED", maelstrom);
}

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "workbench_cost: {}\n", why);
  std::exit(255);
}

// Since 1970, as the workbench writes it.
Seconds seconds_of(const boost::json::value& timing, const char* name) {
  return Seconds(timing.at(name).to_number<double>());
}

Seconds to_seconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

int main() {
  std::string folder = std::filesystem::temp_directory_path() / "workbench-cost-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) give_up(std::strerror(errno));
  const std::string json_file = folder + "/3e.json";
  const std::string store = folder + "/store";
  const std::string program = BRUIT_BIN_DIR "/bruit";
  std::array<const char*, 8> arguments{program.c_str(),   "challenge",   "3e",
                                       "--store",         store.c_str(), "--json",
                                       json_file.c_str(), nullptr};

  const Seconds launched = WallClock::now().time_since_epoch();
  pid_t process = 0;
  const int failure = ::posix_spawn(&process, program.c_str(), nullptr, nullptr,
                                    const_cast<char* const*>(arguments.data()), environ);
  if (failure != 0) give_up(program + ": " + std::strerror(failure));
  int status = 0;
  rusage usage{};  // of the workbench and of the nodes, which it has waited for
  if (::wait4(process, &status, 0, &usage) != process) give_up(std::strerror(errno));
  const Seconds ended = WallClock::now().time_since_epoch();

  std::ifstream in(json_file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!WIFEXITED(status) || text.str().empty()) give_up("the test did not run to its end");
  const boost::json::value outcome = boost::json::parse(text.str()).at(0);
  std::filesystem::remove_all(folder);

  const auto& timing = outcome.at("timing");
  fmt::print("\n{:<46} {:>12} {:<13} {:>10}\n", "challenge 3e, 25 nodes", "bruit", "   limit",
             "Maelstrom");
  report("launch to first operation", (seconds_of(timing, "first-operation") - launched).count(),
         "s", 1, "6 s");
  report("last operation to exit", (ended - seconds_of(timing, "last-operation")).count(), "s", 1,
         "4-5 s");
  report("processor time, workbench and nodes together",
         (to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime)).count(), "s", 6, "35-39 s");
  report("peak resident memory of the largest process", static_cast<double>(usage.ru_maxrss) / 1024,
         "MB", 60, "800 MB");
  return all_met ? 0 : 1;
}
