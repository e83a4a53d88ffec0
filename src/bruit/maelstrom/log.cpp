#include "bruit/maelstrom/log.h"

namespace bruit::maelstrom {

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return "trace";
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      return "off";
  }
  return "unknown";
}

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warning,
                           LogLevel::error, LogLevel::off}) {
    if (name == to_string(level)) return level;
  }
  if (name == "warn") return LogLevel::warning;
  return std::nullopt;
}

}  // namespace bruit::maelstrom
