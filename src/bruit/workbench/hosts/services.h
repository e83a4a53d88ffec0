// Services: what Maelstrom offers to nodes in every workload, lin-kv, seq-kv, lww-kv and lin-tso.
//
// What they do is the node library's (maelstrom/services.h), the same that its simulation has. Here
// they stand in the test's network: a request waits in the service's queue as a message waits for a
// node, and the answer is sent the moment the request is taken (Maelstrom 0.2.4, service.clj).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "bruit/maelstrom/services.h"
#include "bruit/workbench/network/packet.h"

namespace bruit::workbench {

class Services {
 public:
  // What seq-kv and lww-kv leave to chance follows from the seed.
  explicit Services(std::uint64_t seed);

  // The answer to a body that `client` sent. It always has an "in_reply_to": the request's
  // "msg_id", or null if it had none. Requests that make no sense get an error, where Maelstrom's
  // services say nothing.
  JsonBody answer(ServiceName service, const std::string& client, const JsonBody& request);

 private:
  std::array<std::unique_ptr<maelstrom::Service>, service_count> services_;
};

}  // namespace bruit::workbench
