// PacketPrinter: `--log-net-send` and `--log-net-recv`, every message on stderr as it happens.
#pragma once

#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"

namespace bruit::workbench {

class PacketPrinter : public EventLog {
 public:
  // `options` outlives the printer; its log_net_* flags say what is printed.
  explicit PacketPrinter(const TestOptions& options) : options_(options) {}

  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;

 private:
  void print(const char* what, const Packet& packet) const;

  const TestOptions& options_;
};

}  // namespace bruit::workbench
