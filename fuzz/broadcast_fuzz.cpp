// Any lines into a broadcast node. The first byte chooses the strategy; a line that begins with "~"
// lets time pass instead. See README.md.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/broadcast_node.h"
#include "bruit/maelstrom/codec.h"
#include "fuzz/require.h"

using namespace bruit;
using namespace bruit::maelstrom;

namespace {

// Whatever the node writes is whole messages, and what it writes to peers survives its encoding.
void check_output(std::string& output) {
  std::string_view rest = output;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    require(end != std::string_view::npos);
    const auto parsed = parse_message(rest.substr(0, end));
    const auto* message = std::get_if<Message>(&parsed);
    require(message != nullptr);
    for (const auto type : broadcast_message_types()) {
      if (message->type() != type) continue;
      std::string members;
      append_broadcast_members(decode_broadcast(*message), members);
      require(rest.substr(0, end).find(members) != std::string_view::npos);
    }
    rest.remove_prefix(end + 1);
  }
  output.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  core::StrategyOptions options;
  options.kind = core::all_strategies[data[0] % core::all_strategies.size()];
  options.queue_limit = 8;
  NodeProcess node(broadcast_application(options));

  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Time now{};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('~')) {
      now += std::chrono::milliseconds(100 * line.size());
      node.tick(now);
    } else {
      node.receive(line, now);
    }
    check_output(node.output());
  }
  return 0;
}
