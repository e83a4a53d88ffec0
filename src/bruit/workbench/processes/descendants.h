// Descendants: the processes that a process has started, and those that they have started.
//
// Linux only, from /proc. A process whose parent has ended becomes the child of the nearest
// subreaper above; with AdoptOrphans that is this process, and so nothing is lost from sight.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace bruit::workbench {

struct Descendant {
  pid_t pid = 0;
  pid_t ancestor = 0;   // the child of the process that was asked for, through which it descends
  std::string command;  // as in ps: "python3 node.py", at most 200 bytes; its name if it hides it
};

// Of `process`, its children included; what has ended and waits for its parent is left out. Reads
// /proc once: some 10 microseconds for each process of the machine. Empty where there is no /proc.
std::vector<Descendant> descendants_of(pid_t process);

// Those of this process that `counts` and that are no command of a script which is just passing by:
// they are there now and 50 ms later. By process id.
std::vector<Descendant> lasting_descendants(const std::function<bool(const Descendant&)>& counts);

// While such an object lives, orphans among this process's descendants become its children.
class AdoptOrphans {
 public:
  AdoptOrphans();
  ~AdoptOrphans();
  AdoptOrphans(const AdoptOrphans&) = delete;
  AdoptOrphans& operator=(const AdoptOrphans&) = delete;

 private:
  int before_ = 0;
};

}  // namespace bruit::workbench
