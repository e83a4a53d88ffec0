// ChildProcess: one node's process, its three pipes, and its end.
//
// A child never outlives the workbench: it is in a process group of its own, which kill() ends, and
// the kernel kills it when the workbench dies without getting there (PR_SET_PDEATHSIG).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bruit::workbench {

// A program and its arguments, checked: the file exists, is regular, and may be executed.
class Program {
 public:
  // `path` relative to the current directory or absolute. Throws std::invalid_argument with a
  // message for people.
  Program(const std::filesystem::path& path, std::vector<std::string> arguments);
  // Canonical.
  const std::string& path() const { return path_; }
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  std::string path_;
  std::vector<std::string> arguments_;
};

class ChildProcess {
 public:
  // Starts the program in the system's folder for temporary files, as Maelstrom does, with the
  // environment of this process. Throws std::system_error.
  explicit ChildProcess(const Program& program);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // kills and waits

  pid_t pid() const { return pid_; }
  // It is a script without a first line that names its interpreter. As Java does, and so Maelstrom,
  // sh runs it.
  bool is_run_by_sh() const { return is_run_by_sh_; }
  // Hand over this side's end of a pipe, non-blocking; at most once each.
  int release_stdin();
  int release_stdout();
  int release_stderr();

  // Whether it has ended; never blocks. Afterwards how_it_ended() is set.
  bool has_ended();
  // "exited with status 3", "was killed by signal 11 (Segmentation fault)". Empty while it runs.
  std::string how_it_ended() const;
  // SIGKILL to the whole process group, then waits for the child.
  void kill() noexcept;

 private:
  // 0, or the errno of execv.
  int start(const std::string& path, std::vector<std::string> words);

  pid_t pid_ = -1;
  bool is_run_by_sh_ = false;
  int stdin_ = -1;
  int stdout_ = -1;
  int stderr_ = -1;
  std::optional<int> status_;  // as from waitpid
};

}  // namespace bruit::workbench
