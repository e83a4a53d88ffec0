#include "bruit/maelstrom/errors.h"

namespace bruit::maelstrom {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::node_not_found:
      return "node-not-found";
    case ErrorCode::not_supported:
      return "not-supported";
    case ErrorCode::temporarily_unavailable:
      return "temporarily-unavailable";
    case ErrorCode::malformed_request:
      return "malformed-request";
    case ErrorCode::crash:
      return "crash";
    case ErrorCode::abort:
      return "abort";
    case ErrorCode::key_does_not_exist:
      return "key-does-not-exist";
    case ErrorCode::key_already_exists:
      return "key-already-exists";
    case ErrorCode::precondition_failed:
      return "precondition-failed";
    case ErrorCode::txn_conflict:
      return "txn-conflict";
  }
  return "unknown";
}

bool is_definite(ErrorCode code) {
  switch (code) {
    case ErrorCode::timeout:
    case ErrorCode::crash:
      return false;
    case ErrorCode::node_not_found:
    case ErrorCode::not_supported:
    case ErrorCode::temporarily_unavailable:
    case ErrorCode::malformed_request:
    case ErrorCode::abort:
    case ErrorCode::key_does_not_exist:
    case ErrorCode::key_already_exists:
    case ErrorCode::precondition_failed:
    case ErrorCode::txn_conflict:
      return true;
  }
  return false;
}

std::string describe(const RpcError& error) {
  const std::string number = std::to_string(static_cast<std::int64_t>(error.code()));
  const std::string_view name = to_string(error.code());
  return (name == "unknown" ? "error " + number : std::string(name) + " (" + number + ")") + ": " +
         error.what();
}

}  // namespace bruit::maelstrom
