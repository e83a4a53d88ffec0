#include "bruit/workbench/checkers/echo.h"

#include <map>
#include <utility>

namespace bruit::workbench {
namespace {

Edn value_of(const Op& op) {
  const auto* value = std::get_if<Edn>(&op.value);
  return value == nullptr ? Edn() : *value;
}

}  // namespace

EchoResult check_echo(const History& history) {
  EchoResult result;
  std::map<std::int64_t, const Op*> open;  // invocations without completion, by process
  for (const Op& op : history.ops) {
    if (op.f != "echo" || op.process.is_nemesis()) continue;
    if (op.type == OpType::invoke) {
      open[op.process.id] = &op;
      continue;
    }
    const auto invocation = open.find(op.process.id);
    if (invocation == open.end()) continue;
    Edn sent = value_of(*invocation->second);
    Edn received = value_of(op);
    const Edn* const echoed = received.at("echo");
    if (sent != (echoed == nullptr ? Edn() : *echoed)) {
      result.errors.push_back({std::move(sent), std::move(received)});
    }
    open.erase(invocation);
  }
  for (const auto& [process, op] : open) result.errors.push_back({value_of(*op), Edn()});
  return result;
}

Edn to_edn(const EchoResult& result) {
  std::vector<Edn> errors;
  for (const EchoError& error : result.errors) {
    errors.emplace_back(
        EdnVector{{"Expected a message with :echo", error.sent, "But received", error.received}});
  }
  return Edn::map(
      {{"valid?", to_edn(result.validity())}, {"errors", Edn::list(std::move(errors))}});
}

}  // namespace bruit::workbench
