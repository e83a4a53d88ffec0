#include "bruit/workbench/report/explanation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <iterator>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/basics/figures.h"

namespace bruit::workbench::report {
namespace {

namespace json = boost::json;
using Outcome = Explanation::Outcome;

// Of many nodes or messages the first and the last ones are shown.
constexpr std::size_t shown_nodes = 60;
constexpr std::size_t shown_lost = 12;

double seconds_of(Duration time) { return std::chrono::duration<double>(time).count(); }
std::string at(Duration time) { return fmt::format("{:.3f} s", seconds_of(time)); }
std::string milliseconds_text(Duration time) {
  const double count = milliseconds_of(time);
  return count < 10 ? fmt::format("{:.1f} ms", count) : fmt::format("{:.0f} ms", count);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::stable:
      return "stable";
    case Outcome::lost:
      return "lost";
    case Outcome::never_read:
      return "never-read";
  }
  return "?";
}

class Text {
 public:
  Text(const RunRecord& record, const Explanation& told) : record_(record), told_(told) {}

  std::string whole() {
    headline();
    clients();
    way();
    nodes();
    lost_messages();
    faults();
    return std::move(text_);
  }

 private:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  const std::string& name(std::uint32_t node) const { return record_.nodes[node]; }
  std::string asked(const ClientOperation& operation) const {
    const std::string process = fmt::format("process {}", operation.process);
    return operation.node ? fmt::format("{} ({})", name(*operation.node), process) : process;
  }
  std::string message(std::size_t index) const {
    const Message& shown = record_.messages[index];
    return fmt::format("message {} `{}`", shown.id, record_.types[shown.type].name);
  }
  Duration since_known(Duration time) const { return time - told_.known.value_or(time); }

  void headline() {
    const std::string& value = record_.history.elements.text(told_.element);
    switch (told_.outcome) {
      case Outcome::stable:
        if (told_.stable_latency->count() == 0) {
          line("value {}: in time; no read that began after it was known missed it", value);
        } else {
          line("value {}: late by {} ms, its stable latency", value, told_.stable_latency->count());
        }
        break;
      case Outcome::lost:
        line("value {}: LOST; it was known, and the last reads miss it", value);
        break;
      case Outcome::never_read:
        line("value {}: never read", value);
        break;
    }
    text_ += '\n';
  }

  void clients() {
    if (const auto& broadcast = told_.broadcast) {
      line("{:>10}  broadcast to {}", at(broadcast->begun), asked(*broadcast));
      if (!broadcast->ended) {
        line("{:>10}  the run ended before the answer", "");
      } else if (broadcast->outcome == OpType::ok) {
        line("{:>10}  acknowledged, after {}", at(*broadcast->ended),
             milliseconds_text(*broadcast->ended - broadcast->begun));
      } else {
        line("{:>10}  {}", at(*broadcast->ended),
             broadcast->outcome == OpType::fail
                 ? "the client was told that it did not happen"
                 : "no usable answer: nobody knows whether it happened");
      }
    }
    if (told_.known && (!told_.broadcast || told_.broadcast->ended != told_.known)) {
      line("{:>10}  a read lists it: from now on it is known", at(*told_.known));
    }
    if (const auto& missed = told_.last_missed) {
      line("{:>10}  the last read that misses it begins at {}; {} missed it since it was known",
           at(missed->begun), asked(*missed), counted(told_.missed_by, "read"));
    }
    if (!told_.arrivals.empty() && told_.without.empty()) {
      const Arrival& last = told_.arrivals.back();
      line("{:>10}  {} has it, the last of {}", at(last.at), name(last.node),
           counted(record_.nodes.size(), "node"));
    }
    text_ += '\n';
  }

  void way() {
    if (told_.arrivals.empty()) {
      if (record_.has_trace) {
        line("No message with it was recognised, and no read lists it.\n");
      } else {
        line("This run has no trace.jsonl: which way the value took cannot be told.\n");
      }
      return;
    }
    const Arrival& last = told_.arrivals.back();
    if (told_.way.empty()) {
      if (told_.arrivals.size() == 1 && record_.nodes.size() > 1) {
        line("It never got beyond {}, as far as is known.\n", name(last.node));
      } else if (last.node != told_.arrivals.front().node) {
        line("How it came to {} cannot be told: no message with it was recognised.\n",
             name(last.node));
      }
      return;
    }
    line("How it came to {}, the last that got it:", name(last.node));
    for (const Leg& leg : told_.way) {
      const Message& step = record_.messages[leg.message];
      line("  {} -> {}  sent {} ({} after {} had it), received {} ({} on its way), {}",
           name(step.from), name(step.to), at(step.sent), milliseconds_text(leg.waited),
           name(step.from), at(step.ended), milliseconds_text(leg.travelled), message(leg.message));
      for (const std::size_t lost : leg.lost_before) {
        line("      before that, {}, sent {}, was lost", message(lost),
             at(record_.messages[lost].sent));
      }
    }
    text_ += '\n';
    blame();
  }

  // The step that took longest, and why.
  void blame() {
    const Leg* longest_wait = &told_.way.front();
    const Leg* longest_travel = &told_.way.front();
    Duration total{};
    for (const Leg& leg : told_.way) {
      total += leg.waited + leg.travelled;
      if (leg.waited > longest_wait->waited) longest_wait = &leg;
      if (leg.travelled > longest_travel->travelled) longest_travel = &leg;
    }
    if (longest_wait->waited >= longest_travel->travelled) {
      const Message& step = record_.messages[longest_wait->message];
      line("Of {} it lay {} at {} before it went on to {}{}.", milliseconds_text(total),
           milliseconds_text(longest_wait->waited), name(step.from), name(step.to),
           longest_wait->lost_before.empty()
               ? std::string()
               : fmt::format(", after {} had been lost",
                             counted(longest_wait->lost_before.size(), "message")));
    } else {
      const Message& step = record_.messages[longest_travel->message];
      line("Of {} it was under way for {} in {}, the longest from {} to {} ({}).",
           milliseconds_text(total), milliseconds_text(travelled()),
           counted(told_.way.size(), "step"), name(step.from), name(step.to),
           milliseconds_text(longest_travel->travelled));
    }
    text_ += '\n';
  }
  Duration travelled() const {
    Duration sum{};
    for (const Leg& leg : told_.way) sum += leg.travelled;
    return sum;
  }

  void nodes() {
    if (!told_.arrivals.empty()) {
      line("When each node had it{}, and how long after (-: before) it was known:",
           record_.arrivals_are_inferred ? " (inferred from messages and reads)" : "");
      for (std::size_t i = 0; i < told_.arrivals.size(); ++i) {
        if (told_.arrivals.size() > shown_nodes && i == shown_nodes / 2) {
          line("  ... {} more", told_.arrivals.size() - shown_nodes);
          i = told_.arrivals.size() - shown_nodes / 2;
        }
        const Arrival& arrival = told_.arrivals[i];
        // + 0.0: what rounds to zero from below would be -0.
        const double since = std::round(milliseconds_of(since_known(arrival.at))) + 0.0;
        line("  {:<6} {:>10} {:>+9.0f} ms  {}", name(arrival.node), at(arrival.at), since,
             from(arrival));
      }
    }
    if (!told_.without.empty() && record_.has_trace) without();
    text_ += '\n';
  }

  std::string from(const Arrival& arrival) const {
    if (arrival.source == Arrival::Source::read) return "listed in a read";
    if (arrival.message == no_message) return "";
    const Message& shown = record_.messages[arrival.message];
    if (shown.from == a_client) return "from its client";
    return fmt::format("from {}, {}", name(shown.from), message(arrival.message));
  }

  void without() {
    line("{} never had it, as far as is known:", counted(told_.without.size(), "node"));
    for (const std::uint32_t node : told_.without) {
      std::size_t sent = 0;
      std::size_t lost = 0;
      for (const std::size_t carrier : told_.carried_by) {
        if (record_.messages[carrier].to != node) continue;
        ++sent;
        if (record_.messages[carrier].fate == Message::Fate::lost) ++lost;
      }
      if (sent == 0) {
        line("  {:<6} nobody sent it a message with the value", name(node));
      } else {
        line("  {:<6} {} with the value went there, {}", name(node), counted(sent, "message"),
             lost == sent ? "all lost" : fmt::format("{} lost", lost));
      }
    }
    if (!told_.carried_by.empty()) {
      line("  The last message with it was sent at {}; nobody sent it again after that.",
           at(record_.messages[told_.carried_by.back()].sent));
    }
  }

  void lost_messages() {
    if (!record_.has_trace) return;
    line("{} between nodes carried it, {} lost{}", counted(told_.carried_by.size(), "message"),
         told_.lost.empty() ? "none was" : fmt::format("{} of them", told_.lost.size()),
         told_.lost.empty() ? "." : ":");
    for (std::size_t i = 0; i < told_.lost.size() && i < shown_lost; ++i) {
      const Message& lost = record_.messages[told_.lost[i]];
      line("  {} -> {}  sent {}, lost {}, {}", name(lost.from), name(lost.to), at(lost.sent),
           at(lost.ended), message(told_.lost[i]));
    }
    if (told_.lost.size() > shown_lost) line("  ... {} more", told_.lost.size() - shown_lost);
  }

  void faults() {
    if (told_.faults.empty()) return;
    line("\nWhat was broken meanwhile:");
    for (const FaultBand& band : told_.faults) {
      line("  {} to {}  {}", at(band.from), band.to ? at(*band.to) : "the end", band.text);
    }
  }

  const RunRecord& record_;
  const Explanation& told_;
  std::string text_;
};

json::value value_json(const std::string& text) {
  const auto value = maelstrom::read_json(text);
  const auto* found = std::get_if<json::value>(&value);
  return found == nullptr ? json::value(text) : *found;  // what is no JSON stays text
}

class Json {
 public:
  Json(const RunRecord& record, const Explanation& told) : record_(record), told_(told) {}

  json::object whole() const {
    json::object object{{"value", value_json(record_.history.elements.text(told_.element))},
                        {"outcome", outcome_name(told_.outcome)}};
    object["stable_latency_ms"] =
        told_.stable_latency ? json::value(told_.stable_latency->count()) : json::value(nullptr);
    object["broadcast"] = operation(told_.broadcast);
    object["known_ms"] =
        told_.known ? json::value(milliseconds_of(*told_.known)) : json::value(nullptr);
    object["missed_by"] = told_.missed_by;
    object["last_missed"] = operation(told_.last_missed);
    object["arrivals_are_inferred"] = record_.arrivals_are_inferred;
    json::array arrivals;
    for (const Arrival& arrival : told_.arrivals) {
      json::object each{{"node", record_.nodes[arrival.node]},
                        {"at_ms", milliseconds_of(arrival.at)}};
      if (arrival.message != no_message) each["message"] = message(arrival.message);
      arrivals.push_back(std::move(each));
    }
    object["arrivals"] = std::move(arrivals);
    json::array without;
    for (const std::uint32_t node : told_.without) without.emplace_back(record_.nodes[node]);
    object["without"] = std::move(without);
    json::array way;
    for (const Leg& leg : told_.way) {
      json::array lost_before;
      for (const std::size_t lost : leg.lost_before) lost_before.push_back(message(lost));
      way.push_back(json::object{{"message", message(leg.message)},
                                 {"waited_ms", milliseconds_of(leg.waited)},
                                 {"travelled_ms", milliseconds_of(leg.travelled)},
                                 {"lost_before", std::move(lost_before)}});
    }
    object["way"] = std::move(way);
    object["carried_by"] = told_.carried_by.size();
    json::array lost;
    for (const std::size_t index : told_.lost) lost.push_back(message(index));
    object["lost"] = std::move(lost);
    json::array faults;
    for (const FaultBand& band : told_.faults) {
      faults.push_back(json::object{
          {"text", band.text},
          {"from_ms", milliseconds_of(band.from)},
          {"to_ms", band.to ? json::value(milliseconds_of(*band.to)) : json::value(nullptr)}});
    }
    object["faults"] = std::move(faults);
    return object;
  }

 private:
  json::object message(std::size_t index) const {
    const Message& shown = record_.messages[index];
    const auto name = [this](std::uint32_t end) {
      return end == a_client ? json::value("a client") : json::value(record_.nodes[end]);
    };
    return {{"id", shown.id},
            {"type", record_.types[shown.type].name},
            {"from", name(shown.from)},
            {"to", name(shown.to)},
            {"sent_ms", milliseconds_of(shown.sent)},
            {"ended_ms", shown.fate == Message::Fate::under_way
                             ? json::value(nullptr)
                             : json::value(milliseconds_of(shown.ended))},
            {"lost", shown.fate == Message::Fate::lost}};
  }
  json::value operation(const std::optional<ClientOperation>& operation) const {
    if (!operation) return nullptr;
    return json::object{
        {"begun_ms", milliseconds_of(operation->begun)},
        {"ended_ms",
         operation->ended ? json::value(milliseconds_of(*operation->ended)) : json::value(nullptr)},
        {"outcome", to_string(operation->outcome)},
        {"process", operation->process},
        {"node",
         operation->node ? json::value(record_.nodes[*operation->node]) : json::value(nullptr)}};
  }

  const RunRecord& record_;
  const Explanation& told_;
};

}  // namespace

std::string to_text(const RunRecord& record, const Explanation& explanation) {
  return Text(record, explanation).whole();
}

json::object to_json(const RunRecord& record, const Explanation& explanation) {
  return Json(record, explanation).whole();
}

}  // namespace bruit::workbench::report
