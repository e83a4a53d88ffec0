#include "bruit/workbench/processes/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace bruit::workbench {
namespace {

// Both ends close on exec; dup2 in the child makes copies that do not.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot make a pipe for a node");
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  int release_read_end() { return std::exchange(ends_[0], -1); }
  int release_write_end() { return std::exchange(ends_[1], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// In the child, between fork and exec: only async-signal-safe calls. Never returns.
[[noreturn]] void become(const char* path, char* const* arguments, const char* folder,
                         pid_t workbench, int in, int out, int err, int failure) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != workbench) ::_exit(127);  // it died before the line above
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  // What the workbench ignores or blocks, a node must not inherit.
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // What else it has open, the trace of the run for example, closes with exec.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::chdir(folder) == 0) ::execv(path, arguments);
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

constexpr const char* shell = "/bin/sh";

// Whether the file may be a script: as shells judge it, by the absence of zero bytes at its
// beginning.
bool is_text(const std::string& path) {
  std::array<char, 80> begin{};
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), begin.size());
  return std::find(begin.data(), begin.data() + file.gcount(), '\0') ==
         begin.data() + file.gcount();
}

// The file is there and may be executed: a Program has seen to that.
const char* hint(int exec_error) {
  switch (exec_error) {
    case ENOENT:
      return " (the interpreter that its first line names is not there)";
    case ENOEXEC:
      return " (it is neither a script nor a program for this kind of machine)";
    default:
      return "";
  }
}

}  // namespace

Program::Program(const std::filesystem::path& path, std::vector<std::string> arguments)
    : arguments_(std::move(arguments)) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(path, error);
  if (error) {
    throw std::invalid_argument(fmt::format("--bin {}: {}; expected the path of a program",
                                            path.string(), error.message()));
  }
  if (!std::filesystem::is_regular_file(canonical)) {
    throw std::invalid_argument(
        fmt::format("--bin {}: not a file; expected the path of a program", path.string()));
  }
  if (::access(canonical.c_str(), X_OK) != 0) {
    throw std::invalid_argument(fmt::format("--bin {}: not executable ({}); try chmod +x",
                                            path.string(), std::strerror(errno)));
  }
  path_ = canonical.string();
}

ChildProcess::ChildProcess(const Program& program) {
  std::vector<std::string> words{program.path()};
  words.insert(words.end(), program.arguments().begin(), program.arguments().end());
  int error = start(program.path(), words);
  if (error == ENOEXEC && is_text(program.path())) {
    is_run_by_sh_ = true;
    words.insert(words.begin(), shell);
    error = start(shell, std::move(words));
  }
  if (error != 0) {
    throw std::system_error(error, std::generic_category(),
                            fmt::format("cannot execute {}{}", program.path(), hint(error)));
  }
}

int ChildProcess::start(const std::string& path, std::vector<std::string> words) {
  Pipe in;
  Pipe out;
  Pipe err;
  Pipe failure;  // closes on a successful exec, carries errno otherwise
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string folder = std::filesystem::temp_directory_path().string();
  const pid_t self = ::getpid();

  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a node");
  if (pid_ == 0) {
    become(path.c_str(), arguments.data(), folder.c_str(), self, in.read_end(), out.write_end(),
           err.write_end(), failure.write_end());
  }
  ::setpgid(pid_, pid_);  // here too, so that kill() cannot come too early
  ::close(failure.release_write_end());
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(failure.read_end(), &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof error) {
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
    return error;
  }
  stdin_ = in.release_write_end();
  stdout_ = out.release_read_end();
  stderr_ = err.release_read_end();
  for (const int end : {stdin_, stdout_, stderr_}) {
    ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
  }
  return 0;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      is_run_by_sh_(other.is_run_by_sh_),
      stdin_(std::exchange(other.stdin_, -1)),
      stdout_(std::exchange(other.stdout_, -1)),
      stderr_(std::exchange(other.stderr_, -1)),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
  kill();
  for (const int end : {stdin_, stdout_, stderr_}) {
    if (end >= 0) ::close(end);
  }
}

int ChildProcess::release_stdin() { return std::exchange(stdin_, -1); }
int ChildProcess::release_stdout() { return std::exchange(stdout_, -1); }
int ChildProcess::release_stderr() { return std::exchange(stderr_, -1); }

bool ChildProcess::has_ended() {
  if (pid_ < 0 || status_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

std::string ChildProcess::how_it_ended() const {
  if (!status_) return {};
  if (WIFSIGNALED(*status_)) {
    const int signal = WTERMSIG(*status_);
    return fmt::format("was killed by signal {} ({})", signal, ::strsignal(signal));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(*status_));
}

void ChildProcess::kill() noexcept {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);  // the group may have members left even if the child has ended
  if (!status_) {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = status;
  }
  pid_ = -1;
}

}  // namespace bruit::workbench
