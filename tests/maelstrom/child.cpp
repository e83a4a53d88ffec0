#include "maelstrom/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

namespace bruit::maelstrom {
namespace {

void close_if_open(int& descriptor) {
  if (descriptor != -1) ::close(descriptor);
  descriptor = -1;
}

// Moves what is there into `text`; closes the descriptor at its end.
void drain(int& descriptor, std::string& text) {
  std::array<char, 65536> bytes;
  const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
  if (size > 0) text.append(bytes.data(), static_cast<std::size_t>(size));
  if (size == 0) close_if_open(descriptor);
}

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments) {
  std::array<int, 2> in{}, out{}, err{};
  for (auto* pipe : {&in, &out, &err}) {
    if (::pipe2(pipe->data(), O_CLOEXEC) != 0) std::abort();
  }
  const std::string path = std::string(BRUIT_BIN_DIR "/") + program;
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  in_ = in[1];
  out_pipe_ = out[0];
  err_pipe_ = err[0];
  ::signal(SIGPIPE, SIG_IGN);
  ::fcntl(in_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  for (int* descriptor : {&in_, &out_pipe_, &err_pipe_}) close_if_open(*descriptor);
  if (pid_ != -1) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Child::pump(bool write) {
  std::array<pollfd, 3> polled{pollfd{out_pipe_, POLLIN, 0}, pollfd{err_pipe_, POLLIN, 0},
                               pollfd{write ? in_ : -1, POLLOUT, 0}};
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_);
  if (::poll(polled.data(), polled.size(), static_cast<int>(milliseconds.count())) <= 0) {
    ADD_FAILURE() << "nothing happened for " << milliseconds.count() << " ms; stderr: " << err_;
    return false;
  }
  if (polled[0].revents != 0) drain(out_pipe_, out_);
  if (polled[1].revents != 0) drain(err_pipe_, err_);
  if (polled[2].revents != 0) {
    const ssize_t written = ::write(in_, pending_.data(), pending_.size());
    if (written > 0) pending_.erase(0, static_cast<std::size_t>(written));
    if (written < 0 && errno != EAGAIN) pending_.clear();  // the program has gone
  }
  return true;
}

void Child::give(std::string_view line) {
  pending_.append(line).append("\n");
  while (!pending_.empty() && pump(true)) {
  }
}

void Child::close_input() { close_if_open(in_); }
void Child::close_output() { close_if_open(out_pipe_); }
void Child::signal(int number) const { ::kill(pid_, number); }

long Child::resident_kilobytes() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

std::string Child::line() {
  for (;;) {
    if (auto line = line_if_there()) return *std::move(line);
    if (out_pipe_ == -1 || !pump(false)) {
      ADD_FAILURE() << "no line came; stderr: " << err_;
      return "";
    }
  }
}

std::optional<std::string> Child::line_if_there() {
  const std::size_t end = out_.find('\n', taken_);
  if (end == std::string::npos) return std::nullopt;
  std::string line = out_.substr(taken_, end - taken_);
  taken_ = end + 1;
  return line;
}

void Child::wait_for_any(const std::vector<Child*>& children) {
  std::vector<pollfd> polled;
  for (const auto* child : children) {
    if (child->out_.find('\n', child->taken_) != std::string::npos) return;  // it is there already
    polled.push_back({child->out_pipe_, POLLIN, 0});
  }
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_);
  if (::poll(polled.data(), polled.size(), static_cast<int>(milliseconds.count())) <= 0) {
    ADD_FAILURE() << "no program wrote anything for " << milliseconds.count() << " ms";
    return;
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (polled[i].revents == 0) continue;
    drain(children[i]->out_pipe_, children[i]->out_);
    if (children[i]->out_pipe_ == -1) ADD_FAILURE() << "a program has ended";
  }
}

int Child::wait() {
  while (out_pipe_ != -1 || err_pipe_ != -1) {
    if (!pump(false) && pid_ != -1) ::kill(pid_, SIGKILL);
  }
  return wait_without_reading();
}

int Child::wait_without_reading() {
  if (!exit_) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
  }
  return *exit_;
}

}  // namespace bruit::maelstrom
