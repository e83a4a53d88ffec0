// Real processes: how they start, how their end is told, and that nothing of them stays.
#include "bruit/workbench/processes/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

#include "bruit/workbench/processes/guardian.h"

namespace bruit::workbench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int deadline_ms = 20'000;

// A file of this test alone, removed at its end.
class File {
 public:
  explicit File(std::string_view content, bool executable = true)
      : path_(std::filesystem::path(testing::TempDir()) /
              ("bruit-child-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << content;
    using std::filesystem::perms;
    std::filesystem::permissions(path_, executable ? perms::owner_all : perms::owner_read);
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

ChildProcess shell(std::string script) {
  return ChildProcess(Program("/bin/sh", {"-c", std::move(script)}));
}

// All that comes out of a non-blocking pipe until it closes or `last` was read.
std::string read_until(int pipe, char last = '\0') {
  std::string text;
  while (last == '\0' || text.empty() || text.back() != last) {
    pollfd polled{pipe, POLLIN, 0};
    if (::poll(&polled, 1, deadline_ms) <= 0) {
      ADD_FAILURE() << "nothing came";
      return text;
    }
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(pipe, bytes.data(), bytes.size());
    if (got <= 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void wait_for_end(ChildProcess& child) {
  // Its stdout closes when it ends, and the kernel says so a moment later.
  const int out = child.release_stdout();
  read_until(out);
  ::close(out);
  for (int i = 0; i < 1000 && !child.has_ended(); ++i) std::this_thread::yield();
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
  ASSERT_TRUE(child.has_ended());
}

bool exists(pid_t process) { return ::kill(process, 0) == 0; }

// A killed process that is not ours to wait for vanishes a moment later.
bool vanishes(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  while (exists(process)) {
    // In a container without an init process it may stay as a zombie, which runs no more.
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(stat, text);
    const auto name_end = text.rfind(')');
    if (name_end != std::string::npos && text.substr(name_end + 2, 1) == "Z") return true;
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string refusal(const std::filesystem::path& path) {
  try {
    Program(path, {});
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Program, IsNamedInEveryRefusal) {
  EXPECT_EQ(refusal("/no/such/program"),
            "--bin /no/such/program: No such file or directory; expected the path of a program");
  EXPECT_THAT(refusal("/tmp"), StartsWith("--bin /tmp: not a file"));
  const File plain("text", false);
  EXPECT_THAT(refusal(plain.path()), HasSubstr("not executable (Permission denied); try chmod +x"));
}

TEST(Program, IsCanonical) {
  EXPECT_EQ(Program("/bin/../bin/sh", {}).path(), std::filesystem::canonical("/bin/sh").string());
}

TEST(ChildProcess, CarriesStdinStdoutAndStderr) {
  ChildProcess child = shell("read line; echo \"out $line\"; echo \"err $line\" >&2");
  const int in = child.release_stdin();
  const int out = child.release_stdout();
  const int err = child.release_stderr();
  ASSERT_EQ(::write(in, "hello\n", 6), 6);
  EXPECT_EQ(read_until(out), "out hello\n");
  EXPECT_EQ(read_until(err), "err hello\n");
  for (const int pipe : {in, out, err}) ::close(pipe);
}

TEST(ChildProcess, RunsInTheFolderForTemporaryFilesWithItsArguments) {
  ChildProcess child(Program("/bin/sh", {"-c", "pwd; echo \"$0 $1\"", "a b", "c"}));
  const int out = child.release_stdout();
  EXPECT_EQ(read_until(out), std::filesystem::temp_directory_path().string() + "\na b c\n");
  ::close(out);
}

TEST(ChildProcess, TellsItsExitStatus) {
  ChildProcess child = shell("exit 3");
  EXPECT_TRUE(child.how_it_ended().empty() || child.has_ended());
  wait_for_end(child);
  EXPECT_EQ(child.how_it_ended(), "exited with status 3");
}

TEST(ChildProcess, TellsTheSignalThatEndedIt) {
  ChildProcess child = shell("kill -SEGV $$");
  wait_for_end(child);
  EXPECT_EQ(child.how_it_ended(), "was killed by signal 11 (Segmentation fault)");
}

TEST(ChildProcess, DoesNotInheritWhatTheWorkbenchIgnores) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  ChildProcess child = shell("kill -PIPE $$; echo survived");
  ::signal(SIGPIPE, before);
  wait_for_end(child);
  EXPECT_THAT(child.how_it_ended(), HasSubstr("killed by signal 13"));
}

TEST(ChildProcess, ThatCannotBeExecutedIsAnErrorWithAReason) {
  const File script("#!/no/such/interpreter\n");
  try {
    ChildProcess child(Program(script.path(), {}));
    FAIL() << "it was started";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_THAT(error.what(), HasSubstr("cannot execute " + script.path().string()));
  }
}

TEST(ChildProcess, KillEndsItsWholeGroup) {
  ChildProcess child = shell("sleep 1000 & echo $!; wait");
  const int out = child.release_stdout();
  const pid_t grandchild = std::stoi(read_until(out, '\n'));
  const pid_t process = child.pid();
  EXPECT_TRUE(exists(grandchild));
  child.kill();
  EXPECT_FALSE(exists(process));
  EXPECT_TRUE(vanishes(grandchild));
  EXPECT_EQ(child.how_it_ended(), "was killed by signal 9 (Killed)");
  ::close(out);
}

TEST(ChildProcess, KillEndsWhatAnEndedProcessLeftBehind) {
  ChildProcess child = shell("sleep 1000 > /dev/null & echo $!");
  const int out = child.release_stdout();
  const pid_t grandchild = std::stoi(read_until(out, '\n'));
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
  EXPECT_TRUE(child.has_ended());
  EXPECT_TRUE(exists(grandchild));
  child.kill();
  EXPECT_TRUE(vanishes(grandchild));
  ::close(out);
}

TEST(ChildProcess, EndsWithItsObject) {
  pid_t process = 0;
  {
    ChildProcess child = shell("sleep 1000");
    process = child.pid();
    EXPECT_TRUE(exists(process));
  }
  EXPECT_FALSE(exists(process));
}

// A process that makes a guardian, has it watch a group with a sleeper in it, says the sleeper's
// number, and waits to be ended.
struct Guarded {
  explicit Guarded(bool forget = false) {
    EXPECT_EQ(::pipe(pipe.data()), 0);
    process = ::fork();
    if (process != 0) {
      ::close(pipe[1]);
      const std::string number = read_until(pipe[0], '\n');
      sleeper = number.empty() ? 0 : std::stoi(number);
      guardian = number.empty() ? 0 : std::stoi(number.substr(number.find(' ')));
      return;
    }
    ::close(pipe[0]);
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      ::execl("/bin/sleep", "sleep", "1000", nullptr);
      ::_exit(1);
    }
    ::setpgid(child, child);
    Guardian* watching = new Guardian;  // never deleted: the process ends otherwise
    watching->watch(child);
    if (forget) watching->forget(child);
    const std::string line = std::to_string(child) + " " + std::to_string(watching->pid()) + "\n";
    [[maybe_unused]] const auto written = ::write(pipe[1], line.data(), line.size());
    ::pause();
    ::_exit(0);
  }
  ~Guarded() { ::close(pipe[0]); }

  std::array<int, 2> pipe{};
  pid_t process = 0;
  pid_t sleeper = 0;
  pid_t guardian = 0;
};

TEST(Guardian, KillsTheGroupsOfAWorkbenchThatIsKilled) {
  const Guarded guarded;
  ASSERT_GT(guarded.sleeper, 0);
  EXPECT_TRUE(exists(guarded.sleeper));
  ::kill(guarded.process, SIGKILL);
  ::waitpid(guarded.process, nullptr, 0);
  EXPECT_TRUE(vanishes(guarded.sleeper));
}

TEST(Guardian, LeavesAGroupAloneThatItWasToldToForget) {
  const Guarded guarded(true);
  ASSERT_GT(guarded.sleeper, 0);
  ::kill(guarded.process, SIGKILL);
  ::waitpid(guarded.process, nullptr, 0);
  EXPECT_TRUE(vanishes(guarded.guardian));
  EXPECT_TRUE(exists(guarded.sleeper));
  ::kill(guarded.sleeper, SIGKILL);
}

TEST(Guardian, SurvivesTheSignalsOfATerminal) {
  pid_t process = 0;
  {
    const Guardian guardian;
    process = guardian.pid();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::kill(process, signal);
    EXPECT_EQ(::waitpid(process, nullptr, WNOHANG), 0);
  }
  EXPECT_FALSE(exists(process));  // it ends with its object
}

TEST(Guardian, KillsNothingIfAllIsWell) {
  ChildProcess child = shell("sleep 1000");
  {
    Guardian guardian;
    guardian.watch(child.pid());
  }
  EXPECT_FALSE(child.has_ended());
}

}  // namespace
}  // namespace bruit::workbench
