// echo: did every request come back as it was sent?
// Source: Maelstrom 0.2.4, workload/echo.clj.
#pragma once

#include <string>
#include <vector>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// As in the original, an operation that failed or whose outcome is unknown is an error as well: its
// completion has no :echo.
struct EchoError {
  Edn sent;
  Edn received;  // the value of the completion; nil if there is none
};

struct EchoResult {
  std::vector<EchoError> errors;  // in the order of the completions, those without one last

  Validity validity() const { return errors.empty() ? Validity::valid : Validity::invalid; }
};

// Looks at the operations :echo only.
EchoResult check_echo(const History& history);

// {:valid? .. :errors (["Expected a message with :echo" "Please echo 3" "But received" {..}])}
Edn to_edn(const EchoResult& result);

}  // namespace bruit::workbench
