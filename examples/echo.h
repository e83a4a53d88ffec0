// Challenge 1, echo: send back what was received.
#pragma once

#include "bruit/maelstrom/node.h"

namespace bruit::examples {

inline void echo(maelstrom::Node& node) {
  node.on("echo", [&node](const maelstrom::Message& request) {
    auto body = request.body;
    body["type"] = "echo_ok";
    node.reply(request, body);
  });
}

}  // namespace bruit::examples
