#include "bruit/cli/duration_option.h"

#include <stdexcept>

#include "bruit/cli/duration.h"

namespace bruit::cli {

CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::chrono::nanoseconds& target, const std::string& description,
                                 std::chrono::nanoseconds least) {
  const auto set = [&target, name, least](const std::string& text) {
    std::chrono::nanoseconds duration{};
    try {
      duration = parse_duration(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(name, error.what());
    }
    if (duration < least) {
      throw CLI::ValidationError(
          name, text + " is too short; expected at least " + format_duration(least));
    }
    target = duration;
  };
  return app.add_option_function<std::string>(name, set, description)
      ->type_name("DURATION")
      ->default_str(format_duration(target));
}

}  // namespace bruit::cli
