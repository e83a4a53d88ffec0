// A node that does what a program should not, on request. See maelstrom/misbehaviour_test.cpp.
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "bruit/maelstrom/run.h"

using namespace bruit::maelstrom;
using namespace std::chrono_literals;

int main() {
  return run([](Node& node) {
    node.on("echo", [&node](const Message& request) {
      node.reply(request, {{"type", "echo_ok"}});
    });
    node.on("throw", [](const Message&) { throw std::runtime_error("on purpose"); });
    node.on("throw_later", [&node](const Message&) -> Task<> {
      co_await node.sleep(1ms);
      throw std::runtime_error("on purpose, later");
    });
    node.on("never_answer", [](const Message&) {});
    node.on("wait_forever", [&node](const Message&) -> Task<> { co_await node.sleep(24h); });
    node.on("block", [&node](const Message& request) {
      std::this_thread::sleep_for(700ms);
      node.reply(request, {{"type", "block_ok"}});
    });
    node.on("flood", [&node](const Message& request) {
      const std::string text(1000, 'x');
      for (int i = 0; i < 1'000'000; ++i)
        node.send(request.src, {{"type", "noise"}, {"text", text}});
    });
    node.on("call_the_dead", [&node](const Message&) {
      for (int i = 0; i < 1'000'000; ++i) node.rpc("n2", {{"type", "wake_up"}}, 1h, {});
    });
  });
}
