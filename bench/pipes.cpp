#include "pipes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace bruit::bench {
namespace {

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

PipedProgram::PipedProgram(const std::vector<std::string>& command) : buffer_(1 << 20) {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) fail("pipe2");
  std::vector<char*> argv;
  for (const auto& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == -1) fail("fork");
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    std::perror(argv[0]);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  in_ = in[1];
  out_ = out[0];
  ::signal(SIGPIPE, SIG_IGN);
  ::fcntl(in_, F_SETFL, O_NONBLOCK);
}

PipedProgram::~PipedProgram() {
  ::close(in_);
  ::close(out_);
  ::waitpid(pid_, nullptr, 0);
}

void PipedProgram::exchange(std::string_view lines, std::size_t answers) {
  while (!lines.empty() || answers > 0) {
    std::array<pollfd, 2> polled{pollfd{out_, POLLIN, 0},
                                 pollfd{lines.empty() ? -1 : in_, POLLOUT, 0}};
    if (::poll(polled.data(), polled.size(), 10'000) <= 0) fail("the program does not answer");
    if (polled[0].revents != 0) {
      const ssize_t size = ::read(out_, buffer_.data(), buffer_.size());
      if (size <= 0) fail("the program has ended");
      answers -= std::min<std::size_t>(
          answers,
          static_cast<std::size_t>(std::count(buffer_.begin(), buffer_.begin() + size, '\n')));
    }
    if (polled[1].revents != 0) {
      const ssize_t written = ::write(in_, lines.data(), lines.size());
      if (written < 0) fail("write");
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

std::chrono::nanoseconds PipedProgram::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    fail("cpu time");
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

long PipedProgram::resident_kilobytes() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

}  // namespace bruit::bench
