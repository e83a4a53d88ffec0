// A command-line option that takes a duration.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace bruit::cli {

// Adds an option that sets `target`, whose present value is shown in the help as the default. A
// text that is no duration, or is below `least`, is a parse error that says what was expected.
CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::chrono::nanoseconds& target, const std::string& description,
                                 std::chrono::nanoseconds least = std::chrono::nanoseconds(1));

// The same for a duration that need not be given.
CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::optional<std::chrono::nanoseconds>& target,
                                 const std::string& description,
                                 std::chrono::nanoseconds least = std::chrono::nanoseconds(1));

}  // namespace bruit::cli
