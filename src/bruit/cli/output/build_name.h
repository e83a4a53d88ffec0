// The name of this build, which files that are kept carry: figures of different builds do not mix.
#pragma once

#include <string_view>

namespace bruit::cli {

// Version and git commit: "0.1.0+1a2b3c4d5e6f", "0.1.0+1a2b3c4d5e6f.modified" if the sources were
// not those of the commit, "0.1.0+unknown" if there was no git to ask. No comma and no space.
std::string_view build_name();

}  // namespace bruit::cli
