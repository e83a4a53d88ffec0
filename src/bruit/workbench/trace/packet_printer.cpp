#include "bruit/workbench/trace/packet_printer.h"

#include <fmt/format.h>

#include <cstdio>

#include "bruit/workbench/network/client_codec.h"

namespace bruit::workbench {

void PacketPrinter::on_sent(const Packet& packet) {
  if (options_.log_net_send) print("send", packet);
}

void PacketPrinter::on_received(const Packet& packet, Time) {
  if (options_.log_net_recv) print("recv", packet);
}

void PacketPrinter::print(const char* what, const Packet& packet) const {
  const auto name = [this](Endpoint endpoint) { return name_of(endpoint, options_); };
  std::string body = "{}";
  if (const auto* json = std::get_if<JsonBody>(&packet.payload)) {
    body = json->text;
  } else if (const auto* request = std::get_if<Request>(&packet.payload)) {
    // Generated values are the integers from 0, and so their own numbers.
    body = encode_request(*request, options_, packet.destination.index(),
                          std::to_string(request->element));
  }
  fmt::print(stderr, "{} {{\"id\":{},\"src\":\"{}\",\"dest\":\"{}\",\"body\":{}}}\n", what,
             packet.id, name(packet.source), name(packet.destination), body);
}

}  // namespace bruit::workbench
