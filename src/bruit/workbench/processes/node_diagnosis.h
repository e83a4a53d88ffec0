// Why a node failed, for people: what it said last on stderr, and what its pipes tell of a node
// that does not answer. Each text begins with a line break, to end an error message with, or is
// empty.
#pragma once

#include <string>

#include "bruit/maelstrom/codec.h"
#include "bruit/workbench/processes/node_process.h"

namespace bruit::workbench {

std::string last_words(const NodeProcess& node);

// May take a second, and may close the node's stdin. `reader` knows a message when it sees one.
std::string explain_silence(NodeProcess& node, maelstrom::MessageReader& reader);

}  // namespace bruit::workbench
