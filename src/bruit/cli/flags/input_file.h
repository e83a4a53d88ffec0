// Files that flags and arguments name to be read.
#pragma once

#include <string>

namespace bruit::cli {

// All of the file `path`. Throws std::invalid_argument that names it and says why it cannot be
// read.
std::string read_text(const std::string& path);

}  // namespace bruit::cli
