// What runs below a process is found, orphans too.
#include "bruit/workbench/processes/descendants.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

namespace bruit::workbench {
namespace {

// Runs `body` in a child, which then waits to be killed.
template <typename Body>
pid_t start(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    while (true) ::pause();
  }
  return child;
}

bool is_found(pid_t pid, pid_t ancestor) {
  const auto all = descendants_of(::getpid());
  return std::any_of(all.begin(), all.end(), [&](const Descendant& each) {
    return each.pid == pid && each.ancestor == ancestor;
  });
}

// The process id that a grandchild tells of itself.
struct Grandchild {
  std::array<int, 2> ends{};
  Grandchild() { EXPECT_EQ(::pipe(ends.data()), 0); }
  ~Grandchild() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void tell() const {
    const pid_t self = ::getpid();
    [[maybe_unused]] const auto written = ::write(ends[1], &self, sizeof self);
  }
  pid_t heard() const {
    pid_t pid = 0;
    EXPECT_EQ(::read(ends[0], &pid, sizeof pid), ssize_t{sizeof pid});
    return pid;
  }
};

TEST(Descendants, AreChildrenAndTheirChildren) {
  const Grandchild pipe;
  const pid_t child = start([&] { start([&] { pipe.tell(); }); });
  const pid_t grandchild = pipe.heard();
  EXPECT_TRUE(is_found(child, child));
  EXPECT_TRUE(is_found(grandchild, child));
  const auto all = descendants_of(::getpid());
  EXPECT_NE(all.front().command.find("workbench_test"), std::string::npos) << all.front().command;
  ::kill(grandchild, SIGKILL);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_found(child, child));
}

TEST(Descendants, StayInSightWhenTheirParentEndsWhileOrphansAreAdopted) {
  const AdoptOrphans adopt;
  const Grandchild pipe;
  const pid_t child = ::fork();
  if (child == 0) {
    start([&] {
      ::setsid();
      pipe.tell();
    });
    ::_exit(0);
  }
  const pid_t orphan = pipe.heard();
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(is_found(orphan, orphan));
  ::kill(orphan, SIGKILL);
  EXPECT_EQ(::waitpid(orphan, nullptr, 0), orphan);
}

TEST(Descendants, OfNobodyAreNone) { EXPECT_TRUE(descendants_of(-5).empty()); }

}  // namespace
}  // namespace bruit::workbench
