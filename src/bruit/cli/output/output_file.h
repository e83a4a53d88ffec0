// Where a subcommand's results go when a flag names a file.
#pragma once

#include <string>

namespace bruit::cli {

// Writes `text` to the file `path`, or to stdout for "-". Throws std::runtime_error, which names
// `flag` and the file, if that does not work.
void write_text(const std::string& flag, const std::string& path, const std::string& text);

// What write_text() throws, for an errno.
[[noreturn]] void throw_unwritable(const std::string& flag, const std::string& path, int error);

// Why `path` cannot be written, should that be known before long work whose result goes there: an
// errno, or 0. Nothing is created. "-" can be written, and "" is nothing to write.
int write_error(const std::string& path);
// Throws for such a reason as write_text() would.
void check_writable(const std::string& flag, const std::string& path);

}  // namespace bruit::cli
