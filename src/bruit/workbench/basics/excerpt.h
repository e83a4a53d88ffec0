// Excerpts: what a node printed, fit to be shown in a message for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bruit::workbench {

// Longest excerpt, in bytes of the original.
inline constexpr std::size_t excerpt_limit = 500;

// The beginning of `line` as valid UTF-8 on one line: bytes that are no UTF-8 and control
// characters (but the tab) become \xNN, so that they neither break a results file nor drive a
// terminal. What is cut off is counted: "... (70000 bytes)".
std::string excerpt(std::string_view line);

}  // namespace bruit::workbench
