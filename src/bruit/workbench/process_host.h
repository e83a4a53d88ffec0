// ProcessHost: every node is a child process that speaks JSON lines on its stdin and stdout.
//
// All pipes hang on one event loop; there is no thread per node. Where Maelstrom mutes a node that
// breaks the protocol, or notices its death only at the end, this host ends the test at once and
// says what happened (Maelstrom 0.2.4, process.clj).
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bruit/maelstrom/codec.h"
#include "bruit/workbench/child_process.h"
#include "bruit/workbench/host.h"

namespace bruit::workbench {

class ProcessHost : public Host {
 public:
  struct Callbacks {
    std::function<Time()> now;
    // Called after input from a node: something may be due now.
    std::function<void()> after_input;
    // A node broke the rules or died; the text is for people. The test cannot go on.
    std::function<void(std::string)> fail;
  };

  // Node stderr goes to `log_folder`/<node>.log. References outlive the host. Starts all processes;
  // throws std::exception with a message for people if one cannot be started.
  ProcessHost(boost::asio::io_context& io, const Program& program, const TestOptions& options,
              const std::filesystem::path& log_folder, HostContext& context, Callbacks callbacks);
  ~ProcessHost() override;

  void deliver(std::uint32_t node, Packet&& packet, Time now) override;
  void tick(std::uint32_t, Time) override {}

  // Writes what deliver() collected. To be called after a batch of deliveries.
  void flush();
  // Kills every process. Nothing is reported from here on.
  void stop();

 private:
  struct Node;

  void read_stdout(Node& node);
  void read_stderr(Node& node);
  void on_line(Node& node, std::string_view line);
  void on_stderr_line(Node& node, std::string_view line);
  void write(Node& node);
  void on_child_signal();
  void report_end(Node& node);
  void fail(const Node& node, std::string_view what);
  std::optional<Endpoint> find(std::string_view name) const;
  void append_name(Endpoint endpoint, std::string& out) const;

  const TestOptions& options_;
  HostContext& context_;
  Callbacks callbacks_;
  boost::asio::signal_set child_signal_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::unordered_map<std::string, std::uint32_t> index_of_;
  std::vector<std::uint32_t> unflushed_;
  maelstrom::MessageReader reader_;
  std::uint32_t clients_seen_ = 0;  // numbers below it have sent something
  bool stopped_ = false;
};

}  // namespace bruit::workbench
