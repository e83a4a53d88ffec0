#include "bruit/workbench/processes/guardian.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace bruit::workbench {
namespace {

// What is written to the pipe: a group to watch, minus a group to forget, or this, which is
// nobody's.
constexpr pid_t all_is_well = 0;

// The pipe's reads and writes are shorter than PIPE_BUF and so never come in pieces.
template <typename Operation>
bool whole(Operation operation) {
  ssize_t done = 0;
  do {
    done = operation();
  } while (done < 0 && errno == EINTR);
  return done == ssize_t{sizeof(pid_t)};
}

[[noreturn]] void guard(int pipe) {
  // Nothing of the workbench's may be held open, or its reader would wait for the guardian.
  ::dup2(pipe, STDIN_FILENO);
  ::close_range(STDOUT_FILENO, ~0U, 0);
  ::setpgid(0, 0);
  std::vector<pid_t> groups;
  pid_t group = 0;
  while (whole([&] { return ::read(STDIN_FILENO, &group, sizeof group); })) {
    if (group == all_is_well) ::_exit(0);
    if (group > 0) {
      groups.push_back(group);
    } else {
      std::erase(groups, -group);
    }
  }
  for (const pid_t orphan : groups) ::kill(-orphan, SIGKILL);
  ::_exit(0);
}

}  // namespace

Guardian::Guardian() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe for the guardian");
  }
  // The guardian keeps all signals blocked: it ends when the pipe says so, and must not run the
  // workbench's handlers.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, &before);
  pid_ = ::fork();
  const int error = errno;
  if (pid_ == 0) {
    ::close(ends[1]);
    guard(ends[0]);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::close(ends[0]);
  pipe_ = ends[1];
  if (pid_ < 0) {
    ::close(pipe_);
    throw std::system_error(error, std::generic_category(), "cannot start the guardian");
  }
}

Guardian::~Guardian() {
  watch(all_is_well);
  ::close(pipe_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Guardian::forget(pid_t group) { watch(-group); }

void Guardian::watch(pid_t group) {
  // If somebody has killed the guardian, the test can go on without.
  [[maybe_unused]] const bool written = whole([&] { return ::write(pipe_, &group, sizeof group); });
}

}  // namespace bruit::workbench
