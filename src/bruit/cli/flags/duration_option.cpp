#include "bruit/cli/flags/duration_option.h"

#include <stdexcept>

#include "bruit/core/duration.h"

namespace bruit::cli {
namespace {

std::chrono::nanoseconds parse(const std::string& name, const std::string& text,
                               std::chrono::nanoseconds least) {
  std::chrono::nanoseconds duration{};
  try {
    duration = core::parse_duration(text);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError(name, error.what());
  }
  if (duration < least) {
    throw CLI::ValidationError(
        name, text + " is too short; expected at least " + core::format_duration(least));
  }
  return duration;
}

}  // namespace

CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::chrono::nanoseconds& target, const std::string& description,
                                 std::chrono::nanoseconds least) {
  const auto set = [&target, name, least](const std::string& text) {
    target = parse(name, text, least);
  };
  return app.add_option_function<std::string>(name, set, description)
      ->type_name("DURATION")
      ->default_str(core::format_duration(target));
}

CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::optional<std::chrono::nanoseconds>& target,
                                 const std::string& description, std::chrono::nanoseconds least) {
  const auto set = [&target, name, least](const std::string& text) {
    target = parse(name, text, least);
  };
  return app.add_option_function<std::string>(name, set, description)->type_name("DURATION");
}

}  // namespace bruit::cli
