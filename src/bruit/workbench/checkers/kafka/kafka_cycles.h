// Cycles among sends and polls: a message that was polled before its send began, for example.
//
// Each message is a register of its own that one transaction writes and others read; then it is a
// matter for the checkers of transactions.
#pragma once

#include <span>

#include "bruit/workbench/checkers/kafka/message_history.h"

namespace bruit::workbench::kafka {

// By kind, what Elle prints of each. `writers`: by message, the last completion that sent it.
EdnMap find_kafka_cycles(const MessageHistory& history, std::span<const OpId> writers);

}  // namespace bruit::workbench::kafka
