#include "bruit/workbench/process_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/client_codec.h"

namespace bruit::workbench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 64 * 1024;
// As many as Maelstrom keeps for its crash message.
constexpr std::size_t kept_stderr_lines = 32;
// A node that leaves this much of its stdin unread is stuck.
constexpr std::size_t unread_limit = 256 * 1024 * 1024;
constexpr std::size_t quoted_line_limit = 500;

std::string excerpt(std::string_view line) {
  if (line.size() <= quoted_line_limit) return std::string(line);
  return fmt::format("{}... ({} bytes)", line.substr(0, quoted_line_limit), line.size());
}

// Calls `on_line` for every complete line of `pending` + `bytes`; what is left stays in `pending`.
template <typename OnLine>
void split_lines(std::string& pending, std::string_view bytes, OnLine on_line) {
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    if (pending.empty()) {
      on_line(bytes.substr(0, end));
    } else {
      pending.append(bytes.substr(0, end));
      on_line(std::exchange(pending, {}));
    }
    bytes.remove_prefix(end + 1);
  }
  pending.append(bytes);
}

}  // namespace

struct ProcessHost::Node {
  Node(asio::io_context& io, std::uint32_t number, const Program& program)
      : index(number),
        process(program),
        in(io, process.release_stdin()),
        out(io, process.release_stdout()),
        err(io, process.release_stderr()) {}

  std::uint32_t index;
  ChildProcess process;
  asio::posix::stream_descriptor in;
  asio::posix::stream_descriptor out;
  asio::posix::stream_descriptor err;
  std::array<char, read_size> out_buffer{};
  std::array<char, read_size> err_buffer{};
  std::string out_pending;  // the beginning of a line
  std::string err_pending;
  std::string unwritten;  // for its stdin
  bool waiting_to_write = false;
  bool dirty = false;  // in unflushed_
  bool end_reported = false;
  std::FILE* log = nullptr;
  std::deque<std::string> last_stderr;
};

ProcessHost::ProcessHost(asio::io_context& io, const Program& program, const TestOptions& options,
                         const std::filesystem::path& log_folder, HostContext& context,
                         Callbacks callbacks)
    : options_(options),
      context_(context),
      callbacks_(std::move(callbacks)),
      child_signal_(io, SIGCHLD) {
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) index_of_[options_.nodes[i]] = i;
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) {
    nodes_.push_back(std::make_unique<Node>(io, i, program));
    Node& node = *nodes_.back();
    const auto path = log_folder / (options_.nodes[i] + ".log");
    node.log = std::fopen(path.c_str(), "we");
    if (node.log == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              fmt::format("cannot write the node log {}", path.string()));
    }
    read_stdout(node);
    read_stderr(node);
  }
  on_child_signal();
}

ProcessHost::~ProcessHost() {
  stop();
  for (const auto& node : nodes_) {
    if (node->log != nullptr) std::fclose(node->log);
  }
}

void ProcessHost::stop() {
  if (std::exchange(stopped_, true)) return;
  boost::system::error_code ignored;
  child_signal_.cancel(ignored);
  for (const auto& node : nodes_) node->process.kill();
  for (const auto& node : nodes_) {
    // What it had written to stderr before it ended belongs into its log.
    ssize_t got = 0;
    while ((got = ::read(node->err.native_handle(), node->err_buffer.data(), read_size)) > 0) {
      split_lines(node->err_pending, {node->err_buffer.data(), static_cast<std::size_t>(got)},
                  [&](std::string_view line) { on_stderr_line(*node, line); });
    }
    if (!node->err_pending.empty()) on_stderr_line(*node, std::exchange(node->err_pending, {}));
    node->in.close(ignored);
    node->out.close(ignored);
    node->err.close(ignored);
  }
}

void ProcessHost::append_name(Endpoint endpoint, std::string& out) const {
  if (endpoint.is_client()) {
    out += 'c';
    const fmt::format_int number(endpoint.index());
    out.append(number.data(), number.size());
  } else {
    out += options_.nodes[endpoint.index()];
  }
}

std::optional<Endpoint> ProcessHost::find(std::string_view name) const {
  if (const auto it = index_of_.find(std::string(name)); it != index_of_.end()) {
    return Endpoint::node(it->second);
  }
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
  if (packet.source.is_client()) {
    clients_seen_ = std::max(clients_seen_, packet.source.index() + 1);
  }
  std::string& out = node.unwritten;
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

void ProcessHost::flush() {
  for (const auto index : std::exchange(unflushed_, {})) {
    Node& node = *nodes_[index];
    node.dirty = false;
    if (!node.waiting_to_write) write(node);
  }
}

void ProcessHost::write(Node& node) {
  std::size_t done = 0;
  while (done < node.unwritten.size()) {
    const ssize_t written = ::write(node.in.native_handle(), node.unwritten.data() + done,
                                    node.unwritten.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      break;
    }
  }
  const int error = errno;
  const bool complete = done == node.unwritten.size();
  node.unwritten.erase(0, done);
  if (complete) return;
  if (error != EAGAIN) {
    // It closed its stdin, most likely by ending; SIGCHLD tells how. Nothing more can reach it.
    node.unwritten.clear();
    return;
  }
  node.waiting_to_write = true;
  node.in.async_wait(asio::posix::stream_descriptor::wait_write,
                     [this, &node](const boost::system::error_code& failed) {
                       node.waiting_to_write = false;
                       if (!failed && !stopped_) write(node);
                     });
}

void ProcessHost::read_stdout(Node& node) {
  node.out.async_read_some(
      asio::buffer(node.out_buffer),
      [this, &node](const boost::system::error_code& error, std::size_t size) {
        if (stopped_) return;
        split_lines(node.out_pending, {node.out_buffer.data(), size},
                    [&](std::string_view line) { on_line(node, line); });
        if (stopped_) return;
        if (error) {
          if (!node.process.has_ended()) {
            fail(node, "closed its stdout; a node answers on stdout until its stdin ends");
          } else {
            report_end(node);
          }
          return;
        }
        callbacks_.after_input();
        if (!stopped_) read_stdout(node);
      });
}

void ProcessHost::on_line(Node& node, std::string_view line) {
  if (stopped_) return;
  const auto parsed = reader_.read(line);
  if (const auto* error = std::get_if<maelstrom::ParseError>(&parsed)) {
    fail(node, fmt::format("printed a line that is not a message: {}\n  the line: {}\n  expected: "
                           R"({{"src": "{}", "dest": "<node or client>", "body": {{"type": ...}}}})"
                           "\n  (logs belong on stderr)",
                           error->text, excerpt(line), options_.nodes[node.index]));
    return;
  }
  const auto& message = std::get<maelstrom::Message>(parsed);
  const auto source = find(message.src);
  if (!source || source->is_client() || source->index() != node.index) {
    fail(node, fmt::format("sent a message from \"{}\"; expected its own name \"{}\" as src\n  the "
                           "line: {}",
                           message.src, options_.nodes[node.index], excerpt(line)));
    return;
  }
  const auto destination = find(message.dest);
  if (!destination) {
    fail(node,
         fmt::format("sent a message to \"{}\", which does not exist; nodes are {} to {}\n  "
                     "the line: {}",
                     message.dest, options_.nodes.front(), options_.nodes.back(), excerpt(line)));
    return;
  }
  JsonBody body;
  maelstrom::append_json(message.body, body.text);
  context_.send(node.index, *destination, std::move(body), callbacks_.now());
}

void ProcessHost::read_stderr(Node& node) {
  node.err.async_read_some(asio::buffer(node.err_buffer),
                           [this, &node](const boost::system::error_code& error, std::size_t size) {
                             if (stopped_) return;
                             split_lines(
                                 node.err_pending, {node.err_buffer.data(), size},
                                 [&](std::string_view line) { on_stderr_line(node, line); });
                             if (!error) read_stderr(node);
                           });
}

void ProcessHost::on_stderr_line(Node& node, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), node.log);
  std::fputc('\n', node.log);
  if (node.last_stderr.size() == kept_stderr_lines) node.last_stderr.pop_front();
  node.last_stderr.emplace_back(line);
  if (options_.log_stderr) {
    fmt::print(stderr, "{}: {}\n", options_.nodes[node.index], line);
  }
}

void ProcessHost::on_child_signal() {
  child_signal_.async_wait([this](const boost::system::error_code& error, int) {
    if (error || stopped_) return;
    for (const auto& node : nodes_) {
      // Its stdout may hold lines that were read by nobody yet; its end of file reports the rest.
      if (node->process.has_ended() && !stopped_) report_end(*node);
    }
    if (!stopped_) on_child_signal();
  });
}

void ProcessHost::report_end(Node& node) {
  if (std::exchange(node.end_reported, true)) return;
  // The last words may still be in the pipe.
  ssize_t got = 0;
  while ((got = ::read(node.err.native_handle(), node.err_buffer.data(), read_size)) > 0) {
    split_lines(node.err_pending, {node.err_buffer.data(), static_cast<std::size_t>(got)},
                [&](std::string_view line) { on_stderr_line(node, line); });
  }
  fail(node, fmt::format("{} during the test", node.process.how_it_ended()));
}

void ProcessHost::fail(const Node& node, std::string_view what) {
  if (stopped_) return;
  std::string text = fmt::format("node {} {}", options_.nodes[node.index], what);
  if (!node.last_stderr.empty()) {
    text += fmt::format("\n  its last {} line{} on stderr:", node.last_stderr.size(),
                        node.last_stderr.size() == 1 ? "" : "s");
    for (const auto& line : node.last_stderr) text += "\n    " + line;
  } else {
    text += "\n  (it wrote nothing to stderr)";
  }
  callbacks_.fail(std::move(text));
}

}  // namespace bruit::workbench
