// Where a subcommand's results go when a flag names a file.
#pragma once

#include <string>

namespace bruit::cli {

// Writes `text` to the file `path`, or to stdout for "-". Throws std::runtime_error, which names
// `flag` and the file, if that does not work.
void write_text(const std::string& flag, const std::string& path, const std::string& text);

// To be called before long work whose result goes there: throws as write_text() would, should that
// be known already. Nothing is created. An empty path is nothing to write.
void check_writable(const std::string& flag, const std::string& path);

}  // namespace bruit::cli
