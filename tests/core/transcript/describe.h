// How messages read in a transcript: `batch #1 [x y]`. The first word is the kind.
//
// When core::Message gets a new kind, describe.cpp does not compile until it has a line here.
#pragma once

#include <string>

#include "bruit/core/message.h"
#include "bruit/core/time.h"

namespace bruit::core::transcript {

std::string describe(const Message& message);
// "rumor", "batch", "ack".
std::string kind_of(const Message& message);

// In milliseconds, whatever the size, so that times can be compared at a glance: 100ms, 0.5ms.
std::string in_milliseconds(Duration duration);

}  // namespace bruit::core::transcript
