#include "bruit/workbench/processes/descendants.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

namespace bruit::workbench {
namespace {

constexpr std::size_t command_limit = 200;
// A process that lives longer than this was not just passing by.
constexpr auto passing_by = std::chrono::milliseconds(50);

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  std::string name;
};

// "12 (name) S 7 ...": the name may hold anything, parentheses too.
bool read_stat(const std::filesystem::path& folder, Process& process) {
  std::ifstream file(folder / "stat");
  std::string text;
  if (!std::getline(file, text)) return false;  // it has ended meanwhile
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close + 4 > text.size()) {
    return false;
  }
  process.name = text.substr(open + 1, close - open - 1);
  if (text[close + 2] == 'Z') return false;
  const char* const parent = text.data() + close + 4;
  return std::from_chars(parent, text.data() + text.size(), process.parent).ec == std::errc{};
}

std::string command_of(const Process& process) {
  std::ifstream file("/proc/" + std::to_string(process.pid) + "/cmdline");
  // Not by stream iterators, which throw where a process ends while it is read.
  std::string text(command_limit, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text.empty() ? process.name : text;
}

std::vector<Process> all_processes() {
  std::vector<Process> found;
  std::error_code error;
  std::filesystem::directory_iterator folders("/proc", error);
  for (; !error && folders != std::filesystem::directory_iterator(); folders.increment(error)) {
    const std::string name = folders->path().filename().string();
    Process process;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), process.pid);
    if (bad != std::errc{} || end != name.data() + name.size()) continue;
    if (read_stat(folders->path(), process)) found.push_back(std::move(process));
  }
  return found;
}

}  // namespace

std::vector<Descendant> descendants_of(pid_t process) {
  std::multimap<pid_t, Process> by_parent;
  for (Process& each : all_processes()) by_parent.emplace(each.parent, std::move(each));
  std::vector<Descendant> found;
  const auto add_children = [&](pid_t parent, pid_t ancestor) {
    const auto [from, to] = by_parent.equal_range(parent);
    for (auto child = from; child != to; ++child) {
      found.push_back({.pid = child->second.pid,
                       .ancestor = ancestor == 0 ? child->second.pid : ancestor,
                       .command = command_of(child->second)});
    }
  };
  add_children(process, 0);
  for (std::size_t next = 0; next < found.size(); ++next) {
    add_children(found[next].pid, found[next].ancestor);
  }
  return found;
}

std::vector<Descendant> lasting_descendants(const std::function<bool(const Descendant&)>& counts) {
  const auto look = [&] {
    std::map<pid_t, Descendant> found;
    for (Descendant& each : descendants_of(::getpid())) {
      if (counts(each)) found.emplace(each.pid, std::move(each));
    }
    return found;
  };
  const auto first = look();
  std::vector<Descendant> lasting;
  if (first.empty()) return lasting;
  std::this_thread::sleep_for(passing_by);
  for (auto& [pid, process] : look()) {
    if (first.contains(pid)) lasting.push_back(std::move(process));
  }
  return lasting;
}

AdoptOrphans::AdoptOrphans() {
  ::prctl(PR_GET_CHILD_SUBREAPER, &before_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

AdoptOrphans::~AdoptOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, before_); }

}  // namespace bruit::workbench
