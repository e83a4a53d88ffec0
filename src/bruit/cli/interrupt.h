// Ctrl-C in a command that does many runs: those that were begun are finished, and all that are
// finished are reported.
#pragma once

#include <atomic>

namespace bruit::cli {

// What this returns becomes true with the first SIGINT or SIGTERM from now on; the second one ends
// the program as usual.
const std::atomic<bool>& heed_interrupts();

}  // namespace bruit::cli
