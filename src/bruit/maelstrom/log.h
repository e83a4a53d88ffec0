// Logging of a node: a level and where the lines go. On stdin and stdout they go to stderr, in a
// simulation to the test.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace bruit::maelstrom {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };

// "trace", "debug", "info", "warning", "error", "off".
std::string_view to_string(LogLevel level);
// The same names, and "warn".
std::optional<LogLevel> parse_log_level(std::string_view name);

// Takes lines at or above `level`. `write` gets a text without line break; it may be empty, which
// drops everything.
struct LogSink {
  LogLevel level = LogLevel::warning;
  std::function<void(LogLevel, std::string_view)> write;

  bool wants(LogLevel candidate) const {
    return candidate >= level && candidate != LogLevel::off && write != nullptr;
  }
  void operator()(LogLevel candidate, std::string_view text) const {
    if (wants(candidate)) write(candidate, text);
  }
};

}  // namespace bruit::maelstrom
