// Guardian: a small process that kills what the workbench leaves behind if it dies without notice.
//
// The kernel kills a node's own process when the workbench dies (PR_SET_PDEATHSIG), but not what a
// wrapper script has started. The guardian knows the process groups of all nodes and holds one end
// of a pipe; when the other end closes without a word, the workbench is gone (SIGKILL, a crash) and
// the groups are killed. A process that leaves its group (setsid) escapes.
#pragma once

#include <sys/types.h>

namespace bruit::workbench {

class Guardian {
 public:
  // Starts the process. Throws std::system_error.
  Guardian();
  // Ends it without killing anything: whoever made the groups has ended them.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  // From now on this process group is killed if the workbench dies.
  void watch(pid_t group);
  // No longer: it has ended, and its number may be given to others.
  void forget(pid_t group);
  // For tests.
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace bruit::workbench
