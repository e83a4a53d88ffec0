// The messages of the txn-rw-register workload: transactions that read and write registers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "bruit/maelstrom/fields.h"

namespace bruit::examples {

using Register = std::int64_t;
// ["r", register, null], answered as ["r", register, value or null], or ["w", register, value].
using Operation = std::tuple<std::string, Register, std::optional<std::int64_t>>;

struct Txn {
  static constexpr std::string_view type = "txn";
  std::vector<Operation> txn;
  static constexpr auto fields = std::tuple(maelstrom::field("txn", &Txn::txn));
};
struct TxnOk {
  static constexpr std::string_view type = "txn_ok";
  std::vector<Operation> txn;
  static constexpr auto fields = std::tuple(maelstrom::field("txn", &TxnOk::txn));
};

// Throws RpcError(malformed_request) unless every operation is "r", or "w" with a value.
inline void validate(const Txn& request) {
  for (const auto& [kind, number, value] : request.txn) {
    if (kind == "r" || (kind == "w" && value)) continue;
    throw maelstrom::RpcError(maelstrom::ErrorCode::malformed_request,
                              "field \"txn\": an operation is [\"r\", register, null] or "
                              "[\"w\", register, value]");
  }
}

}  // namespace bruit::examples
