// What the workbench carries, with nodes that do next to nothing: messages between nodes, and
// operations of clients, in a second; and what one costs it in processor time.
//
//     workbench_speed
//
// Half a minute. The workbench has one thread; the nodes share the other processors.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using Seconds = std::chrono::duration<double>;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "workbench_speed: {}\n", why);
  std::exit(255);
}

Seconds to_seconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

struct Outcome {
  boost::json::value results;
  Seconds processor{};  // of the workbench and its nodes together
};

constexpr int load_seconds = 8;

Outcome run(const std::string& node, int nodes, int clients, int rate,
            const std::vector<std::string>& more) {
  std::string folder = std::filesystem::temp_directory_path() / "workbench-speed-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) give_up(std::strerror(errno));
  std::vector<std::string> words{BRUIT_BIN_DIR "/bruit",
                                 "test",
                                 "-w",
                                 "echo",
                                 "--bin",
                                 BRUIT_BIN_DIR "/" + node,
                                 "--node-count",
                                 std::to_string(nodes),
                                 "--concurrency",
                                 std::to_string(clients),
                                 "--rate",
                                 std::to_string(rate),
                                 "--time-limit",
                                 std::to_string(load_seconds),
                                 "--store",
                                 folder};
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int failure =
      ::posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  if (failure != 0) give_up(words[0] + ": " + std::strerror(failure));
  int status = 0;
  rusage usage{};
  if (::wait4(process, &status, 0, &usage) != process) give_up(std::strerror(errno));
  std::ifstream in(std::filesystem::path(folder) / "latest" / "results.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove_all(folder);
  if (text.empty()) give_up(node + ": the test did not run to its end");
  return {boost::json::parse(text), to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime)};
}

void print(const std::string& what, double count, Seconds processor) {
  fmt::print("{:<52} {:>10.0f} {:>12.1f}\n", what, count / load_seconds,
             processor.count() / count * 1e6);
}

}  // namespace

int main() {
  fmt::print("{:<52} {:>10} {:>12}\n", "", "a second", "us each");
  for (const int nodes : {2, 5, 25}) {
    const Outcome outcome = run("relay-node", nodes, nodes, 10, {});
    print(fmt::format("messages between {} nodes", nodes),
          outcome.results.at_pointer("/net/servers/msg-count").to_number<double>(),
          outcome.processor);
  }
  for (const int nodes : {1, 5}) {
    const Outcome outcome = run("echo", nodes, 400, 1'000'000, {});
    print(fmt::format("operations of {} clients on {} echo nodes", 400, nodes),
          outcome.results.at_pointer("/stats/count").to_number<double>(), outcome.processor);
  }
  fmt::print("(us: processor time of the workbench and the nodes together)\n");
}
