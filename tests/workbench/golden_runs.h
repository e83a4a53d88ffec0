// The recorded runs of the real Maelstrom 0.2.4 in tests/workbench/golden/: what a test reads them
// with.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace bruit::workbench::golden {

// Every recorded run, by the name of its folder.
inline constexpr std::array<std::string_view, 7> runs = {
    "3a", "3b", "3b-partition-lost", "3c-partition", "3d", "3d-overload-fail-info", "3e-partition",
};

// The unpacked text of "history.edn" or "results.edn" of a run. Throws std::runtime_error if it
// cannot be read.
std::string read(std::string_view run, std::string_view file);

// For parameterised tests: a run's name with nothing but letters, digits and underscores.
std::string test_name(std::string_view run);

}  // namespace bruit::workbench::golden
