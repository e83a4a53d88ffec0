#include "bruit/cli/output/build_name.h"

#include "build_commit.h"

namespace bruit::cli {

std::string_view build_name() { return BRUIT_VERSION "+" BRUIT_COMMIT; }

}  // namespace bruit::cli
