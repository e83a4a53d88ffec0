// Random: the workbench's only source of chance is the node library's.
#pragma once

#include "bruit/maelstrom/random.h"

namespace bruit::workbench {

using maelstrom::Random;

}  // namespace bruit::workbench
