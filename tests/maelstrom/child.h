// Child: a real program on pipes, for tests. Reads have a deadline, so that a test that fails ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::maelstrom {

class Child {
 public:
  // Starts a program of the build's bin folder.
  explicit Child(const std::string& program, const std::vector<std::string>& arguments = {});
  // Kills the program if it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Writes the text and a line break. Reads what comes meanwhile, so that neither side blocks.
  void give(std::string_view line);
  void close_input();
  void close_output();  // nobody reads any more
  void signal(int number) const;
  // Resident memory now.
  long resident_kilobytes() const;

  // The next line of stdout; a test failure and "" if none comes within the deadline.
  std::string line();
  // The next line of stdout if it has been read already.
  std::optional<std::string> line_if_there();
  // Reads what is there, waiting until one of the programs has written something.
  static void wait_for_any(const std::vector<Child*>& children);
  // Waits for the end of the program: its exit code, or 256 plus the signal that ended it.
  int wait();
  // The same without reading stdout and stderr meanwhile; wait() may be called afterwards for them.
  int wait_without_reading();
  // All of stdout that was not returned by line(), and all of stderr; after wait().
  std::string rest() const { return out_.substr(taken_); }
  std::string errors() const { return err_; }

 private:
  bool pump(bool write);

  static constexpr auto deadline_ = std::chrono::seconds(20);
  pid_t pid_ = -1;
  int in_ = -1, out_pipe_ = -1, err_pipe_ = -1;
  std::string pending_, out_, err_;
  std::size_t taken_ = 0;  // bytes of out_ that line() has returned
  std::optional<int> exit_;
};

}  // namespace bruit::maelstrom
