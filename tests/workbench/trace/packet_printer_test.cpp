#include "bruit/workbench/trace/packet_printer.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

TestOptions three_nodes() {
  TestOptions options;
  options.nodes = numbered_nodes(3);
  return options;
}

Packet packet(Endpoint source, Endpoint destination, Payload payload) {
  return {.id = 8,
          .source = source,
          .destination = destination,
          .sent_at = {},
          .deadline = {},
          .payload = std::move(payload)};
}

const Packet gossip =
    packet(Endpoint::node(0), Endpoint::node(2), JsonBody{R"({"type":"gossip"})"});
const Packet request =
    packet(Endpoint::client(5), Endpoint::node(1), Request{Request::Kind::broadcast, 3, 17});

// What is printed to stderr for a message that is sent and received.
std::string printed(const TestOptions& options, const Packet& shown) {
  PacketPrinter printer(options);
  testing::internal::CaptureStderr();
  printer.on_sent(shown);
  printer.on_received(shown, {});
  return testing::internal::GetCapturedStderr();
}

TEST(PacketPrinter, ShowsMessagesAsNodesSeeThem) {
  TestOptions options = three_nodes();
  options.log_net_send = true;
  EXPECT_EQ(printed(options, gossip),
            "send {\"id\":8,\"src\":\"n0\",\"dest\":\"n2\",\"body\":{\"type\":\"gossip\"}}\n");
  EXPECT_EQ(printed(options, request),
            "send {\"id\":8,\"src\":\"c5\",\"dest\":\"n1\",\"body\":"
            "{\"type\":\"broadcast\",\"message\":17,\"msg_id\":3}}\n");
}

TEST(PacketPrinter, ShowsOnlyWhatWasAskedFor) {
  TestOptions options = three_nodes();
  EXPECT_EQ(printed(options, gossip), "");
  options.log_net_recv = true;
  EXPECT_EQ(printed(options, gossip),
            "recv {\"id\":8,\"src\":\"n0\",\"dest\":\"n2\",\"body\":{\"type\":\"gossip\"}}\n");
}

}  // namespace
}  // namespace bruit::workbench
