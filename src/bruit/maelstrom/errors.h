// The error codes of Maelstrom's protocol, as a type, and the exception that carries one.
//
// Source: Maelstrom, doc/protocol.md, "Errors". A definite error says that the operation has not
// happened and never will; an indefinite one says that it may have happened.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bruit::maelstrom {

// An application's own codes start at first_application_error; build one with ErrorCode{1000 + n}.
enum class ErrorCode : std::int64_t {
  timeout = 0,
  node_not_found = 1,
  not_supported = 10,
  temporarily_unavailable = 11,
  malformed_request = 12,
  crash = 13,
  abort = 14,
  key_does_not_exist = 20,
  key_already_exists = 21,
  precondition_failed = 22,
  txn_conflict = 30,
};

inline constexpr std::int64_t first_application_error = 1000;

// Maelstrom's name of the code, for example "temporarily-unavailable"; "unknown" for any other.
std::string_view to_string(ErrorCode code);

// Unknown codes, an application's own included, are indefinite, as in Maelstrom's own client.
bool is_definite(ErrorCode code);

// What a call can fail with. Thrown by a handler, it becomes the error reply with the same code and
// text; received as a reply, it is what a call's result holds.
class RpcError : public std::runtime_error {
 public:
  RpcError(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  ErrorCode code() const noexcept { return code_; }
  bool definite() const { return is_definite(code_); }

 private:
  ErrorCode code_;
};

// For logs: "timeout (0): no reply from n2", or "error 1001: ..." for an application's own code.
std::string describe(const RpcError& error);

}  // namespace bruit::maelstrom
