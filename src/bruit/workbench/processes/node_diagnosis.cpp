#include "bruit/workbench/processes/node_diagnosis.h"

#include <fmt/format.h>

#include <variant>

#include "bruit/workbench/basics/excerpt.h"

namespace bruit::workbench {

std::string last_words(const NodeProcess& node) {
  const auto& lines = node.last_stderr();
  if (lines.empty()) return "\n  (it wrote nothing to stderr)";
  std::string text = lines.size() == 1
                         ? std::string("\n  its last line on stderr:")
                         : fmt::format("\n  its last {} lines on stderr:", lines.size());
  for (const auto& line : lines) text += "\n    " + excerpt(line);
  return text;
}

std::string explain_silence(NodeProcess& node, maelstrom::MessageReader& reader) {
  node.drain_stderr();
  for (const auto& line : node.last_stderr()) {
    if (std::holds_alternative<maelstrom::Message>(reader.read(line))) {
      return "\n  it printed a message on stderr; messages belong on stdout";
    }
  }
  if (!node.begun_line().empty()) {
    return fmt::format(
        "\n  its stdout holds the beginning of a line; expected a line break after each message, "
        "and stdout to be flushed: {}",
        excerpt(node.begun_line()));
  }
  if (const auto lines = node.line_count(); lines > 0) {
    return fmt::format("\n  it has printed {} line{} so far, and none is this answer", lines,
                       lines == 1 ? "" : "s");
  }
  if (const int unread = node.unread_bytes(); unread > 0) {
    return fmt::format("\n  it has not read its stdin: {} bytes wait there", unread);
  }
  const std::string text = node.output_without_stdin();
  if (text.empty()) return "\n  it has read its stdin and printed nothing";
  return fmt::format(
      "\n  it printed only when its stdin was closed: {}\n  is stdout flushed after each message? "
      "Many languages hold output back that goes to a pipe",
      excerpt(text.substr(0, text.find('\n'))));
}

}  // namespace bruit::workbench
