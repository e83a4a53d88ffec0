// A node that does what a program should not, on request. See maelstrom/misbehaviour_test.cpp.
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
    // The same, but it takes no refusal for an answer.
    node.on("insist_on_calling_the_dead", [&node](const Message& request) {
      const std::int64_t attempts = required_integer(request.body, "attempts");
      std::int64_t refused = 0;
      for (std::int64_t i = 0; i < attempts; ++i) {
        try {
          node.rpc("n2", {{"type", "wake_up"}}, 1h, {});
        } catch (const RpcError&) {
          ++refused;
        }
      }
      node.reply(request, {{"type", "insisted"}, {"refused", refused}});
    });
    // A million calls, a thousand at a time, until all have been given up.
    node.on("call_the_dead_in_waves", [&node](const Message& request) -> Task<> {
      const json::object body{{"type", "wake_up"}};
      int timeouts = 0;
      for (int wave = 0; wave < 1'000; ++wave) {
        std::vector<Call> calls;
        for (int i = 0; i < 1'000; ++i) calls.push_back(node.call("n2", body, 1ms));
        for (auto& call : calls) {
          const CallResult result = co_await std::move(call).result();
          if (!result && result.error().code() == ErrorCode::timeout) ++timeouts;
        }
      }
      const json::object reply{{"type", "called"}, {"timeouts", timeouts}};
      node.reply(request, reply);
    });
  });
}
