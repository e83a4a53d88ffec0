// The smallest node, built against an installed bruit.
#include "bruit/maelstrom/run.h"

namespace maelstrom = bruit::maelstrom;

int main() {
  return maelstrom::run([](maelstrom::Node& node) {
    node.on("echo", [&node](const maelstrom::Message& request) {
      auto body = request.body;
      body["type"] = "echo_ok";
      node.reply(request, body);
    });
  });
}
