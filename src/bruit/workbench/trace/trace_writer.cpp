#include "bruit/workbench/trace/trace_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/json.h"
#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/history/edn_json.h"
#include "bruit/workbench/network/client_codec.h"

namespace bruit::workbench {
namespace {

// Milliseconds, all nanoseconds of them and no more digits than it takes.
void append_milliseconds(Duration duration, std::string& out) {
  constexpr std::int64_t per_millisecond = 1'000'000;
  const std::int64_t count = duration.count();
  fmt::format_to(std::back_inserter(out), "{}", count / per_millisecond);
  if (count % per_millisecond == 0) return;
  fmt::format_to(std::back_inserter(out), ".{:06}", count % per_millisecond);
  out.erase(out.find_last_not_of('0') + 1);
}

// A number is the same text in JSON.
std::string json_of(ElementId element, const ElementTable& elements) {
  const std::string& edn = elements.text(element);
  const bool number = std::all_of(edn.begin(), edn.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
  if (number) return edn;
  std::string out;
  append_json_line(elements.value(element), out);
  return out;
}

}  // namespace

void TraceWriter::begin(Time now, std::string_view event) {
  line_ = "{\"at\":";
  append_milliseconds(now - Time{}, line_);
  add_string("event", event);
}

void TraceWriter::end() {
  line_ += "}\n";
  out_ << line_;
}

void TraceWriter::add_integer(std::string_view name, std::uint64_t number) {
  fmt::format_to(std::back_inserter(line_), ",\"{}\":{}", name, number);
}

void TraceWriter::add_string(std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(line_), ",\"{}\":", name);
  maelstrom::append_json_string(text, line_);
}

void TraceWriter::add_ends(const Packet& packet) {
  const auto name = [this](Endpoint endpoint) { return name_of(endpoint, options_); };
  add_integer("id", packet.id);
  add_string("from", name(packet.source));
  add_string("to", name(packet.destination));
}

void TraceWriter::add_value(ElementId element) {
  if (element >= json_.size()) json_.resize(elements_->size());
  std::string& text = json_[element];
  if (text.empty()) text = json_of(element, *elements_);
  line_ += text;
}

void TraceWriter::add_values(const ElementList& list) {
  line_ += '[';
  const char* separator = "";
  for (const ElementId element : list) {
    line_ += std::exchange(separator, ",");
    add_value(element);
  }
  line_ += ']';
}

void TraceWriter::add_body(const Packet& packet) {
  struct Body {
    TraceWriter& writer;
    const Packet& packet;

    void operator()(const core::Message& message) const {
      writer.line_ += '{';
      maelstrom::append_broadcast_members(message, writer.line_);
      writer.line_ += '}';
    }
    void operator()(const Request& request) const {
      const std::string_view value = request.kind == Request::Kind::broadcast
                                         ? std::string_view(writer.elements_->text(request.element))
                                         : "null";
      writer.line_ += encode_request(request, writer.options_, packet.destination.index(), value);
    }
    void operator()(const Reply& reply) const {
      fmt::format_to(std::back_inserter(writer.line_), "{{\"type\":\"{}\",\"in_reply_to\":{}",
                     reply.kind == Reply::Kind::error ? "error" : "ok", reply.in_reply_to);
      if (reply.kind == Reply::Kind::error)
        writer.add_integer("code", static_cast<std::int64_t>(reply.error_code));
      if (!reply.elements.empty()) {
        writer.line_ += ",\"messages\":";
        writer.add_values(reply.elements);
      }
      writer.line_ += '}';
    }
    void operator()(const JsonBody& body) const { writer.line_ += body.text; }
  };
  line_ += ",\"body\":";
  std::visit(Body{*this, packet}, packet.payload);
}

void TraceWriter::add_options() {
  fmt::format_to(std::back_inserter(line_),
                 R"(,"options":{{"rate":{},"time_limit_ms":{},"concurrency":{},"latency_ms":{},)"
                 R"("latency_distribution":"{}","topology":"{}","network":"{}","seed":{}}})",
                 options_.rate, milliseconds_of(options_.time_limit), options_.concurrency,
                 milliseconds_of(options_.latency), to_string(options_.latency_distribution),
                 to_string(options_.topology), to_string(options_.network), options_.seed);
}

void TraceWriter::on_start(const ElementTable& elements) {
  elements_ = &elements;
  begin(Time{}, "start");
  add_string("workload", to_string(options_.workload));
  line_ += ",\"nodes\":";
  char separator = '[';
  for (const std::string& node : options_.nodes) {
    line_ += std::exchange(separator, ',');
    maelstrom::append_json_string(node, line_);
  }
  line_ += ']';
  add_options();
  end();
}

void TraceWriter::on_sent(const Packet& packet) {
  begin(packet.sent_at, "sent");
  add_ends(packet);
  add_body(packet);
  end();
}

void TraceWriter::on_received(const Packet& packet, Time now) {
  begin(now, "received");
  add_ends(packet);
  end();
}

void TraceWriter::on_lost(const Packet& packet, Time now) {
  begin(now, "lost");
  add_ends(packet);
  end();
}

void TraceWriter::on_visible(std::uint32_t node, ElementId element, Time now) {
  begin(now, "visible");
  add_string("node", options_.nodes[node]);
  line_ += ",\"value\":";
  add_value(element);
  end();
}

void TraceWriter::on_operation(const Op& op, Time now) {
  begin(now, "operation");
  add_string("type", to_string(op.type));
  fmt::format_to(std::back_inserter(line_), ",\"process\":{}", op.process.id);
  add_string("f", op.f);
  if (const auto* element = std::get_if<ElementId>(&op.value)) {
    line_ += ",\"value\":";
    add_value(*element);
  } else if (const auto* edn = std::get_if<Edn>(&op.value)) {
    line_ += ",\"value\":";
    append_json_line(*edn, line_);
  } else if (const auto* list = std::get_if<ElementList>(&op.value)) {
    line_ += ",\"value\":";
    add_values(*list);
  }
  if (!op.error.is_nil()) add_string("error", to_string(op.error));
  if (op.final) line_ += ",\"final\":true";
  end();
}

void TraceWriter::on_fault(const Fault& fault, Time now) {
  begin(now, "fault");
  add_string("fault", to_text(fault, options_.nodes));
  end();
}

void TraceWriter::on_faults_over(Time now) {
  begin(now, "faults-over");
  end();
}

void TraceWriter::finish(bool passed, std::span<const Violation> violations,
                         std::optional<std::uint64_t> trace_hash) {
  for (const Violation& violation : violations) {
    begin(Time{} + violation.at, "violation");
    add_string("invariant", to_string(violation.invariant));
    add_string("what", violation.what);
    end();
  }
  line_ = fmt::format("{{\"event\":\"end\",\"passed\":{}", passed);
  if (trace_hash) add_string("trace_hash", fmt::format("{:016x}", *trace_hash));
  end();
}

}  // namespace bruit::workbench
