#include "bruit/workbench/processes/process_host.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <system_error>
#include <utility>

#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/network/client_codec.h"
#include "bruit/workbench/processes/node_diagnosis.h"

namespace bruit::workbench {
namespace {

namespace asio = boost::asio;

// A node that leaves this much of its stdin unread is stuck.
constexpr std::size_t unread_limit = 256 * 1024 * 1024;

std::set<pid_t> children_of_this_process() {
  std::set<pid_t> children;
  for (const Descendant& each : descendants_of(::getpid())) children.insert(each.ancestor);
  return children;
}

}  // namespace

struct ProcessHost::Node {
  Node(std::uint32_t number, asio::io_context& io, const Program& program,
       NodeProcess::Buffers& buffers, NodeProcess::Callbacks callbacks)
      : index(number), process(io, program, buffers, std::move(callbacks)) {}

  std::uint32_t index;
  NodeProcess process;
  bool dirty = false;  // in unflushed_
  bool end_reported = false;
  bool killed = false;  // by the nemesis
};

ProcessHost::ProcessHost(asio::io_context& io, const Program& program, const TestOptions& options,
                         const std::filesystem::path& log_folder, HostContext& context,
                         Callbacks callbacks)
    : options_(options),
      context_(context),
      callbacks_(std::move(callbacks)),
      not_ours_(children_of_this_process()),
      child_signal_(io, SIGCHLD),
      io_(io),
      program_(program) {
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) index_of_[options_.nodes[i]] = i;
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) {
    nodes_.push_back(start(i));
    const auto path = log_folder / (options_.nodes[i] + ".log");
    logs_.emplace_back(std::fopen(path.c_str(), "we"), &std::fclose);
    if (logs_.back() == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              fmt::format("cannot write the node log {}", path.string()));
    }
    nodes_.back()->process.watch();
  }
  on_child_signal();
}

ProcessHost::~ProcessHost() { stop(); }

std::unique_ptr<ProcessHost::Node> ProcessHost::start(std::uint32_t index) {
  // The callbacks are for the node that they are part of, and so none comes before it is there.
  const auto self = std::make_shared<Node*>(nullptr);
  auto node = std::make_unique<Node>(
      index, io_, program_, buffers_,
      NodeProcess::Callbacks{
          .on_stdout_line = [this, self](std::string_view line) { on_line(**self, line); },
          .on_endless_line =
              [this, self](std::string_view line) {
                fail(**self, fmt::format("printed more than {} MB without a line break; expected "
                                         "one message a line\n  it begins: {}",
                                         NodeProcess::stdout_line_limit >> 20, excerpt(line)));
              },
          .on_stdout_closed = [this, self] { on_stdout_closed(**self); },
          .on_stderr_line = [this, index](std::string_view line) { on_stderr_line(index, line); },
          .after_input = [this] { callbacks_.after_input(); }});
  *self = node.get();
  if (node->process.child().is_run_by_sh()) {
    if (options_.strict) {
      throw std::runtime_error(fmt::format(
          "cannot execute {} (a script needs a first line such as #!/usr/bin/env python3)",
          program_.path()));
    }
    context_.lapse(index, Lapse::no_interpreter_line,
                   fmt::format("{}, which /bin/sh runs, as under Maelstrom", program_.path()),
                   callbacks_.now());
  }
  guardian_.watch(node->process.child().pid());
  return node;
}

void ProcessHost::stop() {
  if (std::exchange(stopped_, true)) return;
  boost::system::error_code ignored;
  child_signal_.cancel(ignored);
  const std::vector<pid_t> left_behind = end_descendants();
  for (const auto& node : nodes_) node->process.child().kill();
  // Orphans have become children of this process, which buries them.
  for (const pid_t pid : left_behind) ::waitpid(pid, nullptr, 0);
  for (const auto& node : nodes_) node->process.close();
}

void ProcessHost::append_name(Endpoint endpoint, std::string& out) const {
  if (endpoint.is_client()) {
    out += 'c';
    const fmt::format_int number(endpoint.index());
    out.append(number.data(), number.size());
  } else {
    out += endpoint.is_service() ? std::string_view(to_string(endpoint.service_name()))
                                 : std::string_view(options_.nodes[endpoint.index()]);
  }
}

std::optional<Endpoint> ProcessHost::find(std::string_view name) const {
  if (const auto it = index_of_.find(std::string(name)); it != index_of_.end()) {
    return Endpoint::node(it->second);
  }
  if (const auto service = parse_service(name)) return Endpoint::service(*service);
  if (name.size() < 2 || name[0] != 'c') return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number >= clients_seen_) {
    return std::nullopt;
  }
  return Endpoint::client(number);
}

void ProcessHost::deliver(std::uint32_t index, Packet&& packet, Time) {
  Node& node = *nodes_[index];
  if (node.killed) return;
  if (packet.source.is_client()) {
    clients_seen_ = std::max(clients_seen_, packet.source.index() + 1);
  }
  std::string& out = node.process.unwritten();
  if (out.size() > unread_limit) {
    fail(node, fmt::format("does not read its stdin: {} MB are waiting", out.size() >> 20));
    return;
  }
  out += R"({"id":)";
  const fmt::format_int id(packet.id);
  out.append(id.data(), id.size());
  out += R"(,"src":")";
  append_name(packet.source, out);
  out += R"(","dest":")";
  append_name(packet.destination, out);
  out += R"(","body":)";
  if (const auto* body = std::get_if<JsonBody>(&packet.payload)) {
    out += body->text;
  } else if (const auto* request = std::get_if<Request>(&packet.payload)) {
    const bool has_value = request->kind == Request::Kind::broadcast;
    out += encode_request(*request, options_, index,
                          has_value ? context_.text_of(request->element) : std::string_view{});
  }
  out += "}\n";
  if (!std::exchange(node.dirty, true)) unflushed_.push_back(index);
}

void ProcessHost::kill(std::uint32_t index, Time) {
  Node& node = *nodes_[index];
  const pid_t group = node.process.child().pid();
  node.killed = true;
  node.process.child().kill();
  guardian_.forget(group);
  node.process.close();
}

void ProcessHost::restart(std::uint32_t index, Time) {
  try {
    dead_.push_back(std::exchange(nodes_[index], start(index)));
  } catch (const std::exception& error) {
    callbacks_.fail(
        fmt::format("node {} could not be restarted: {}", options_.nodes[index], error.what()));
    return;
  }
  nodes_[index]->process.watch();
}

void ProcessHost::pause(std::uint32_t index, Time) {
  ::kill(-nodes_[index]->process.child().pid(), SIGSTOP);
}

void ProcessHost::resume(std::uint32_t index, Time) {
  ::kill(-nodes_[index]->process.child().pid(), SIGCONT);
}

void ProcessHost::flush() {
  for (const auto index : std::exchange(unflushed_, {})) {
    nodes_[index]->dirty = false;
    nodes_[index]->process.flush();
  }
}

void ProcessHost::on_stdout_closed(Node& node) {
  if (node.process.child().has_ended()) {
    report_end(node);
  } else {
    fail(node, "closed its stdout; expected that it stays open until stdin ends");
  }
}

void ProcessHost::on_line(Node& node, std::string_view line) {
  if (stopped_) return;
  auto parsed = reader_.read(line);
  if (const auto* error = std::get_if<maelstrom::ParseError>(&parsed)) {
    fail(node, fmt::format("printed a line that is not a message: {}\n  the line: {}\n  expected: "
                           R"({{"src": "{}", "dest": "<node or client>", "body": {{"type": ...}}}})"
                           "\n  (logs belong on stderr)",
                           error->text, excerpt(line), options_.nodes[node.index]));
    return;
  }
  auto& message = std::get<maelstrom::Message>(parsed);
  const auto source = find(message.src);
  const bool under_its_name = source == Endpoint::node(node.index);
  if (!source || (options_.strict && !under_its_name)) {
    fail(node,
         fmt::format("sent a message from \"{}\"{}; expected its own name \"{}\" as src\n  the "
                     "line: {}",
                     excerpt(message.src), source ? "" : ", which does not exist",
                     options_.nodes[node.index], excerpt(line)));
    return;
  }
  const auto destination = find(message.dest);
  if (!destination) {
    fail(node, fmt::format("sent a message to \"{}\", which does not exist; nodes are {} to {}, "
                           "services lin-kv, seq-kv, lww-kv and lin-tso\n  the line: {}",
                           excerpt(message.dest), options_.nodes.front(), options_.nodes.back(),
                           excerpt(line)));
    return;
  }
  // Maelstrom (0.2.4, process.clj, net.clj) carries bodies as they are, and asks of a sender's name
  // only that somebody has it.
  if (const auto breach = maelstrom::find_breach(message.body)) {
    if (options_.strict) {
      fail(node, fmt::format("sent a message that breaks the protocol: {}\n  the line: {}",
                             breach->text, excerpt(line)));
      return;
    }
    context_.lapse(node.index, breach->field == "body.type" ? Lapse::untyped : Lapse::odd_id,
                   breach->text + ": " + excerpt(line), callbacks_.now());
  }
  if (!under_its_name) {
    context_.lapse(node.index, Lapse::borrowed_name,
                   fmt::format("as \"{}\", where \"{}\" was expected: {}", excerpt(message.src),
                               options_.nodes[node.index], excerpt(line)),
                   callbacks_.now());
  }
  context_.send(*source, *destination, json_body(std::move(message.body)), callbacks_.now());
}

void ProcessHost::on_stderr_line(std::uint32_t index, std::string_view line) {
  std::FILE* const log = logs_[index].get();
  std::fwrite(line.data(), 1, line.size(), log);
  std::fputc('\n', log);
  if (options_.log_stderr) fmt::print(stderr, "{}: {}\n", options_.nodes[index], line);
}

void ProcessHost::on_child_signal() {
  child_signal_.async_wait([this](const boost::system::error_code& error, int) {
    if (error || stopped_) return;
    for (const auto& node : nodes_) {
      if (!node->killed && node->process.child().has_ended() && !stopped_) report_end(*node);
    }
    if (!stopped_) on_child_signal();
  });
}

void ProcessHost::report_end(Node& node) {
  if (std::exchange(node.end_reported, true)) return;
  // What it printed before its end may still be in the pipes, and explain it: a usage text on
  // stdout, for example, is reported as the line that is not a message.
  node.process.drain_stderr();
  node.process.drain_stdout();
  node.process.end_stdout_line();
  end_test(node, fmt::format("{} during the test; expected that it runs until its stdin ends",
                             node.process.child().how_it_ended()));
}

std::string ProcessHost::last_words(std::uint32_t index) const {
  return workbench::last_words(nodes_[index]->process);
}

std::string ProcessHost::explain_silence(std::uint32_t index) {
  return stopped_ ? std::string() : workbench::explain_silence(nodes_[index]->process, reader_);
}

std::vector<pid_t> ProcessHost::end_descendants() {
  std::map<pid_t, std::uint32_t> node_of;
  for (const auto& node : nodes_) node_of[node->process.child().pid()] = node->index;
  std::vector<pid_t> ended;
  for (const auto& process : lasting_descendants([&](const Descendant& each) {
         return !not_ours_.contains(each.ancestor) && each.pid != guardian_.pid() &&
                !node_of.contains(each.pid);
       })) {
    // What a node that has ended leaves is adopted by this process, but stays in the node's group.
    const pid_t group = ::getpgid(process.pid);
    auto node = node_of.find(process.ancestor);
    if (node == node_of.end()) node = node_of.find(group);
    context_.left_behind(
        node == node_of.end() ? std::nullopt : std::optional(node->second),
        fmt::format("process {}, `{}`; Maelstrom would not end it (a wrapper script should `exec` "
                    "the node)",
                    process.pid, excerpt(process.command)));
    if (!node_of.contains(group)) ::kill(process.pid, SIGKILL);
    ended.push_back(process.pid);
  }
  return ended;
}

void ProcessHost::fail(Node& node, std::string_view what) {
  std::string text(what);
  if (node.process.child().has_ended())
    text += "\n  then it " + node.process.child().how_it_ended();
  end_test(node, text);
}

// The node's first failure counts; whatever follows in the same moment is its consequence.
void ProcessHost::end_test(Node& node, std::string_view why) {
  if (stopped_) return;
  node.process.drain_stderr();  // what it said about it
  callbacks_.fail(fmt::format("node {} {}{}", options_.nodes[node.index], why,
                              workbench::last_words(node.process)));
}

}  // namespace bruit::workbench
