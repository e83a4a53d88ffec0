// What is wrong with a log, in words: one example of each kind, with the operations that show it.
#pragma once

#include <string>

#include "bruit/workbench/checkers/kafka/kafka.h"

namespace bruit::workbench::kafka {

// Some lines, with a line feed at the end; empty for a valid history.
std::string in_words(const KafkaCheck& check);

}  // namespace bruit::workbench::kafka
