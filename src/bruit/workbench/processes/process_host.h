// ProcessHost: every node is a child process that speaks JSON lines on its stdin and stdout.
//
// All pipes hang on one event loop (node_process.h); there is no thread per node. Where Maelstrom
// mutes a node that breaks the protocol, or notices its death only at the end, this host ends the
// test at once and says what happened (Maelstrom 0.2.4, process.clj).
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bruit/maelstrom/codec.h"
#include "bruit/workbench/hosts/host.h"
#include "bruit/workbench/processes/child_process.h"
#include "bruit/workbench/processes/descendants.h"
#include "bruit/workbench/processes/guardian.h"
#include "bruit/workbench/processes/node_process.h"

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
  // SIGKILL to the whole process group; a new process; SIGSTOP and SIGCONT to the group.
  void kill(std::uint32_t node, Time now) override;
  void restart(std::uint32_t node, Time now) override;
  void pause(std::uint32_t node, Time now) override;
  void resume(std::uint32_t node, Time now) override;
  bool restarts_need_init() const override { return true; }
  std::string last_words(std::uint32_t node) const override;
  std::string explain_silence(std::uint32_t node) override;

  // Writes what deliver() collected. To be called after a batch of deliveries.
  void flush();
  // Kills every process. Nothing is reported from here on.
  void stop();

 private:
  struct Node;

  std::unique_ptr<Node> start(std::uint32_t index);
  void on_line(Node& node, std::string_view line);
  void on_stderr_line(std::uint32_t index, std::string_view line);
  void on_stdout_closed(Node& node);
  void on_child_signal();
  void report_end(Node& node);
  // Tells of what nodes have started that runs still, and kills what has left its process group.
  // The rest ends with its node. Returns all of them.
  std::vector<pid_t> end_descendants();
  // Ends the test because of this node: it did something wrong (and may have ended since), or just
  // ended.
  void fail(Node& node, std::string_view what);
  void end_test(Node& node, std::string_view why);
  std::optional<Endpoint> find(std::string_view name) const;
  void append_name(Endpoint endpoint, std::string& out) const;

  const TestOptions& options_;
  HostContext& context_;
  Callbacks callbacks_;
  AdoptOrphans adopt_orphans_;
  std::set<pid_t> not_ours_;  // children that this process had before
  Guardian guardian_;
  boost::asio::signal_set child_signal_;
  boost::asio::io_context& io_;
  const Program program_;
  std::vector<std::unique_ptr<std::FILE, int (*)(std::FILE*)>> logs_;  // of stderr, by node
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Node>> dead_;  // before a restart; handlers may still refer to them
  std::unordered_map<std::string, std::uint32_t> index_of_;
  std::vector<std::uint32_t> unflushed_;
  maelstrom::MessageReader reader_{maelstrom::Strictness::as_maelstrom};
  NodeProcess::Buffers buffers_;
  std::uint32_t clients_seen_ = 0;  // numbers below it have sent something
  bool stopped_ = false;
};

}  // namespace bruit::workbench
