// Exit codes, Maelstrom's: 0 valid, 1 invalid, 2 unknown, 254 bad arguments, 255 crash.
#pragma once

namespace bruit::cli {

inline constexpr int exit_valid = 0;
inline constexpr int exit_invalid = 1;
inline constexpr int exit_unknown = 2;
inline constexpr int exit_bad_arguments = 254;
inline constexpr int exit_crash = 255;

}  // namespace bruit::cli
