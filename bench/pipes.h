// A program on pipes, for benchmarks: started, fed, read and measured from outside.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::bench {

class PipedProgram {
 public:
  // Ends this process with a message if the program cannot be started.
  explicit PipedProgram(const std::vector<std::string>& command);
  ~PipedProgram();
  PipedProgram(const PipedProgram&) = delete;
  PipedProgram& operator=(const PipedProgram&) = delete;

  // Writes all of `lines` and reads until `answers` lines have come back, both at once.
  void exchange(std::string_view lines, std::size_t answers);
  // User and system time that the program has used so far.
  std::chrono::nanoseconds cpu_time() const;
  // Resident memory now, in kilobytes.
  long resident_kilobytes() const;

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::vector<char> buffer_;
};

}  // namespace bruit::bench
