#include "bruit/maelstrom/node_process.h"

#include <algorithm>
#include <exception>
#include <unordered_set>
#include <vector>

namespace bruit::maelstrom {
namespace {

// Enough of a bad line to recognise it in a log.
std::string excerpt(std::string_view line) {
  constexpr std::size_t most = 200;
  std::string text;
  append_json_string(line.substr(0, most), text);
  if (line.size() > most) text += " (" + std::to_string(line.size()) + " bytes)";
  return text;
}

std::vector<std::string> node_ids_of(const json::object& body, std::string_view node_id) {
  std::vector<std::string> node_ids;
  std::unordered_set<std::string_view> seen;
  for (const auto& element : required_array(body, "node_ids")) {
    const auto id = string_in(element);
    if (!id) {
      std::string text = "field \"node_ids\" must be an array of strings; it holds ";
      throw RpcError(ErrorCode::malformed_request, text.append(kind_name(element)));
    }
    node_ids.emplace_back(*id);
    if (!seen.insert(*id).second) {
      throw RpcError(ErrorCode::malformed_request,
                     "field \"node_ids\" lists " + node_ids.back() + " twice");
    }
  }
  if (!seen.contains(node_id)) {
    std::string text = "field \"node_ids\" does not list node_id ";
    throw RpcError(ErrorCode::malformed_request, text.append(node_id));
  }
  return node_ids;
}

}  // namespace

NodeProcess::NodeProcess(Application application, NodeOptions options)
    : application_(std::move(application)), options_(std::move(options)) {}

Node* NodeProcess::node() {
  auto* running = std::get_if<Running>(&state_);
  return running == nullptr ? nullptr : running->node.get();
}

void NodeProcess::refuse(const Message& request, ErrorCode code, std::string_view text) {
  if (const auto* msg_id = request.request_id()) {
    append_error_message(request.dest, request.src, *msg_id, code, text, output_);
  }
}

void NodeProcess::reject(std::string_view line, const ParseError& error, Time now) {
  options_.log(LogLevel::warning, "skipped a line: " + error.text + ": " + excerpt(line));
  if (!error.sent) return;
  if (!error.sent->is_reply()) {
    refuse(*error.sent, ErrorCode::malformed_request, error.text);
  } else if (Node* running = node(); running != nullptr && error.sent->in_reply_to()) {
    running->fail_call(*error.sent, error.text, now);
  }
}

void NodeProcess::receive(std::string_view line, Time now) {
  auto parsed = reader_.read(line);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    reject(line, *error, now);
    return;
  }
  auto& message = std::get<Message>(parsed);
  if (message.type().empty()) {
    // A network may carry it, but it says nothing to this node.
    const std::string text = find_breach(message.body)->text;
    options_.log(LogLevel::warning, "skipped a message: " + text);
    if (!message.is_reply()) refuse(message, ErrorCode::malformed_request, text);
    return;
  }
  const bool is_init = message.type() == "init" && !message.is_reply();
  if (Node* running = node()) {
    if (is_init) {
      refuse(message, ErrorCode::precondition_failed, "this node is " + running->id() + " already");
    } else {
      running->receive(std::move(message), now);
    }
  } else if (is_init) {
    initialise(message, now);
  } else {
    options_.log(LogLevel::warning, "refused a message before init: " + excerpt(line));
    if (!message.is_reply()) {
      refuse(message, ErrorCode::temporarily_unavailable, "this node has not received init yet");
    }
  }
}

void NodeProcess::initialise(const Message& request, Time now) {
  // What the application writes before it fails must not leave the process.
  const std::size_t written = output_.size();
  const auto fail = [&](ErrorCode code, std::string_view text) {
    options_.log(LogLevel::error, std::string("init failed: ").append(text));
    output_.resize(written);
    refuse(request, code, text);
  };
  try {
    Running running;
    std::string node_id(required_string(request.body, "node_id"));
    auto node_ids = node_ids_of(request.body, node_id);
    running.node.reset(new Node(std::move(node_id), std::move(node_ids), now, options_, output_));
    running.program = application_(*running.node);
    running.node->finish_init(request);
    state_ = std::move(running);
  } catch (const RpcError& error) {
    fail(error.code(), error.what());
  } catch (const std::exception& error) {
    fail(ErrorCode::crash, error.what());
  } catch (...) {
    fail(ErrorCode::crash, "unknown exception");
  }
}

void NodeProcess::tick(Time now) {
  if (Node* running = node()) running->tick(now);
}

std::optional<Time> NodeProcess::next_tick() const {
  const auto* running = std::get_if<Running>(&state_);
  return running == nullptr ? std::nullopt : running->node->timers_.next();
}

}  // namespace bruit::maelstrom
