// StatusLine: a line on stderr that is rewritten while something goes on. Where stderr is no
// terminal, a new line every few seconds instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace bruit::cli {

class StatusLine {
 public:
  // When the first line is due: what is soon over may not need any.
  enum class First : std::uint8_t { at_once, after_an_interval };
  // On a terminal it is rewritten at most once in `interval`.
  StatusLine(std::chrono::milliseconds interval, First first);
  ~StatusLine();  // clears the line
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool on_terminal() const { return terminal_; }
  // It is time for another one. Then show() is expected to follow.
  bool due();
  void show(std::string_view text);

 private:
  bool terminal_;
  std::chrono::steady_clock::duration interval_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace bruit::cli
