#include "bruit/workbench/faults/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "bruit/core/duration.h"

namespace bruit::workbench {
namespace {

constexpr std::string_view header = "scenario 1";

using Words = std::span<const std::string_view>;

// Words are separated by blanks; a semicolon is a word of its own; a # ends the line.
std::vector<std::string_view> split(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  constexpr std::string_view blanks = " \t\r";
  for (std::size_t at = 0; at < line.size();) {
    if (blanks.find(line[at]) != std::string_view::npos) {
      ++at;
    } else if (line[at] == ';') {
      words.push_back(line.substr(at, 1));
      ++at;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\r;", at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end;
    }
  }
  return words;
}

class Parser {
 public:
  explicit Parser(const ScenarioBounds& bounds) : bounds_(bounds) {
    for (std::uint32_t node = 0; node < bounds.nodes.size(); ++node) {
      numbers_.emplace(bounds.nodes[node], node);
    }
  }

  Scenario parse(std::string_view text) {
    bool begun = false;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      const auto words = split(line);
      if (words.empty()) continue;
      if (!begun) {
        if (words.size() != 2 || fmt::format("{} {}", words[0], words[1]) != header) {
          fail(fmt::format("expected \"{}\", which every scenario begins with", header));
        }
        begun = true;
        continue;
      }
      parse_line(words);
    }
    if (!begun) fail(fmt::format("the file is empty; expected \"{}\"", header));
    return std::move(scenario_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ScenarioError(fmt::format("line {}: {}", line_, what));
  }

  void parse_line(Words words) {
    const Duration at = duration(words[0]);
    if (at >= bounds_.time_limit) {
      fail(fmt::format("{} is not before the end of the load, {}", words[0],
                       core::format_duration(bounds_.time_limit)));
    }
    if (words.size() < 2) fail("a time alone; expected what happens then");
    const std::string_view what = words[1];
    const Words rest = words.subspan(2);
    if (what == "client") {
      add_operation(at, rest);
      return;
    }
    if (!scenario_.faults.empty() && at < scenario_.faults.back().at) {
      fail(
          fmt::format("{} is before the fault above it; times of faults do not descend", words[0]));
    }
    scenario_.faults.push_back({at, fault(what, rest)});
  }

  void add_operation(Duration at, Words words) {
    if (words.size() != 2 || (words[1] != "read" && words[1] != "broadcast")) {
      fail("expected `client NUMBER broadcast` or `client NUMBER read`");
    }
    std::uint32_t client = 0;
    if (!number(words[0], client) || client >= bounds_.clients) {
      fail(fmt::format("\"{}\" is not a client; expected a number below {}", words[0],
                       bounds_.clients));
    }
    auto& operations = scenario_.operations;
    if (!operations) operations.emplace();
    if (!operations->empty() && at < operations->back().at) {
      fail("the operation above is later; times of operations do not descend");
    }
    operations->push_back({.at = at, .client = client, .read = words[1] == "read"});
  }

  Fault fault(std::string_view what, Words words) {
    if (what == "partition") return partition(words);
    if (what == "heal") {
      expect(words.empty(), "heal");
      return StopPartition{};
    }
    if (what == "cut") {
      expect(words.size() == 3, "cut NODES -> NODES");
      return CutLinks{links(words)};
    }
    if (what == "mend") {
      expect(words.size() == 3, "mend NODES -> NODES");
      return MendLinks{links(words)};
    }
    if (what == "latency") return latency(words);
    if (what == "loss") {
      expect(words.size() == 1, "loss PROBABILITY");
      return SetLoss{probability(words[0])};
    }
    if (what == "duplicate") {
      expect(words.size() == 1, "duplicate PROBABILITY");
      return SetDuplication{probability(words[0])};
    }
    if (what == "reorder") {
      expect(words.size() == 3 && words[1] == "by", "reorder PROBABILITY by DURATION");
      return SetReordering{probability(words[0]), latency_duration(words[2])};
    }
    if (what == "clock") return clock(words);
    if (what == "stall") return stall(words);
    if (what == "lose") return LoseMessage{message(what, words)};
    if (what == "hold") return HoldMessage{message(what, words)};
    if (what == "release") return ReleaseMessage{message(what, words)};
    if (what == "double") return doubling(words);
    constexpr std::string_view of_one_node = "kill, restart, pause or resume NODE";
    if (what == "kill" || what == "restart" || what == "pause" || what == "resume") {
      expect(words.size() == 1, of_one_node);
      const std::uint32_t on = node(words[0]);
      if (what == "kill") return Kill{on};
      if (what == "restart") return Restart{on};
      if (what == "pause") return Pause{on};
      return Resume{on};
    }
    fail(
        fmt::format("\"{}\" is unknown; expected partition, heal, cut, mend, latency, loss, "
                    "duplicate, reorder, kill, restart, pause, resume, clock, stall, lose, double, "
                    "hold, release or client",
                    what));
  }

  void expect(bool fine, std::string_view form) const {
    if (!fine) fail(fmt::format("expected `{}`", form));
  }

  Fault partition(Words words) {
    constexpr std::string_view form = "partition SHAPE NODES drop NODES; NODES drop NODES ...";
    expect(!words.empty(), form);
    const auto shape = parse_partition_shape(words[0]);
    if (!shape) {
      fail(
          fmt::format("\"{}\" is not a shape; expected one, minority-third, majority or "
                      "majorities-ring",
                      words[0]));
    }
    StartPartition partition{*shape, Grudge(bounds_.nodes.size())};
    for (words = words.subspan(1); !words.empty();) {
      expect(words.size() >= 3 && words[1] == "drop", form);
      const auto dropped = nodes(words[2]);
      for (const std::uint32_t on : nodes(words[0])) {
        if (!partition.grudge[on].empty()) {
          fail(fmt::format("{} stands twice on the left", bounds_.nodes[on]));
        }
        partition.grudge[on] = dropped;
      }
      words = words.subspan(3);
      if (words.empty()) break;
      expect(words[0] == ";", form);
      words = words.subspan(1);
    }
    return partition;
  }

  Fault latency(Words words) {
    expect(words.size() == 2 || words.size() == 5,
           "latency DISTRIBUTION MEAN` or `latency NODES -> NODES DISTRIBUTION MEAN");
    SetLatency latency;
    if (words.size() == 5) latency.links = links(words.first(3));
    const std::string_view name = words[words.size() - 2];
    const auto distribution = parse_latency_distribution(name);
    if (!distribution) {
      fail(fmt::format("\"{}\" is not a distribution; expected constant, uniform or exponential",
                       name));
    }
    latency.model = {*distribution, latency_duration(words.back())};
    return latency;
  }

  Fault clock(Words words) {
    constexpr std::string_view form = "clock NODE +200ppm";
    expect(words.size() == 2 && words[1].ends_with("ppm"), form);
    std::string_view digits = words[1].substr(0, words[1].size() - 3);
    const bool negative = digits.starts_with('-');
    expect(negative || digits.starts_with('+'), form);
    digits.remove_prefix(1);
    std::int64_t rate = 0;
    constexpr auto most = SetClockRate::most_parts_per_million;
    if (!number(digits, rate) || rate < 0 || rate > most) {
      fail(fmt::format("\"{}\" is not a rate; expected -{} to +{} ppm", words[1], most, most));
    }
    return SetClockRate{node(words[0]), negative ? -rate : rate};
  }

  Fault stall(Words words) const {
    expect(words.size() == 1 || words.size() == 4,
           "stall DURATION` or `stall NODES -> NODES DURATION");
    StallLinks stall;
    if (words.size() == 4) stall.links = links(words.first(3));
    stall.duration = latency_duration(words.back());
    if (stall.duration == Duration::zero()) {
      fail(fmt::format("{} is no time; expected a duration above zero", words.back()));
    }
    return stall;
  }

  Fault doubling(Words words) const {
    const bool has_delay = words.size() == 7 && words[5] == "after";
    expect(words.size() == 5 || has_delay,
           "double NODE -> NODE message NUMBER` or `double NODE -> NODE message NUMBER after "
           "DURATION");
    DoubleMessage fault{message("double", words.first(5)), {}};
    if (has_delay) fault.after = latency_duration(words.back());
    return fault;
  }

  NthMessage message(std::string_view what, Words words) const {
    if (words.size() != 5 || words[1] != "->" || words[3] != "message") {
      fail(fmt::format("expected `{} NODE -> NODE message NUMBER`", what));
    }
    NthMessage message{.source = node(words[0]), .destination = node(words[2])};
    if (message.source == message.destination) {
      fail(fmt::format("{} sends nothing to itself; expected two nodes", words[0]));
    }
    if (!number(words[4], message.number) || message.number == 0) {
      fail(fmt::format("\"{}\" is not the number of a message; expected a whole number from 1 on",
                       words[4]));
    }
    return message;
  }

  Links links(Words words) const {
    expect(words[1] == "->" || words[1] == "<->", "NODES -> NODES` or `NODES <-> NODES");
    return {nodes(words[0]), nodes(words[2]), words[1] == "<->"};
  }

  // Names with commas between them; ascending and without repetition afterwards.
  std::vector<std::uint32_t> nodes(std::string_view list) const {
    std::vector<std::uint32_t> result;
    while (true) {
      const std::size_t comma = list.find(',');
      result.push_back(node(list.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      list.remove_prefix(comma + 1);
    }
    std::sort(result.begin(), result.end());
    if (std::adjacent_find(result.begin(), result.end()) != result.end()) {
      fail("a node stands twice in a list");
    }
    return result;
  }

  std::uint32_t node(std::string_view name) const {
    const auto found = numbers_.find(name);
    if (found == numbers_.end()) {
      fail(fmt::format("\"{}\" is not a node; expected {} to {}", name, bounds_.nodes.front(),
                       bounds_.nodes.back()));
    }
    return found->second;
  }

  Duration duration(std::string_view text) const {
    try {
      return core::parse_duration(text);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
  }

  Duration latency_duration(std::string_view text) const {
    const Duration result = duration(text);
    if (result > longest_latency) {
      fail(fmt::format("{} is too long; expected at most {}", text,
                       core::format_duration(longest_latency)));
    }
    return result;
  }

  double probability(std::string_view text) const {
    double result = 0;
    if (!number(text, result) || !(result >= 0 && result <= 1)) {
      fail(fmt::format("\"{}\" is not a probability; expected 0 to 1", text));
    }
    return result;
  }

  template <typename Number>
  static bool number(std::string_view text, Number& result) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    return error == std::errc{} && rest == text.data() + text.size();
  }

  const ScenarioBounds& bounds_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  Scenario scenario_;
  std::size_t line_ = 0;
};

class Printer {
 public:
  explicit Printer(std::span<const std::string> names) : names_(names) {}

  std::string operator()(const StartPartition& partition) const {
    // Nodes that drop the same are told together, in the order of the first of them.
    std::vector<std::pair<std::vector<std::uint32_t>, const std::vector<std::uint32_t>*>> groups;
    std::map<std::vector<std::uint32_t>, std::size_t> places;
    for (std::uint32_t node = 0; node < partition.grudge.size(); ++node) {
      const auto& dropped = partition.grudge[node];
      if (dropped.empty()) continue;
      const auto [place, is_new] = places.emplace(dropped, groups.size());
      if (is_new) groups.push_back({{}, &dropped});
      groups[place->second].first.push_back(node);
    }
    std::string text = fmt::format("partition {}", to_string(partition.shape));
    const char* separator = " ";
    for (const auto& [nodes, dropped] : groups) {
      text +=
          fmt::format("{}{} drop {}", std::exchange(separator, "; "), list(nodes), list(*dropped));
    }
    return text;
  }
  std::string operator()(const StopPartition&) const { return "heal"; }
  std::string operator()(const CutLinks& cut) const { return "cut " + text(cut.links); }
  std::string operator()(const MendLinks& mend) const { return "mend " + text(mend.links); }
  std::string operator()(const SetLatency& latency) const {
    return fmt::format("latency {}{} {}", latency.links ? text(*latency.links) + " " : "",
                       to_string(latency.model.distribution),
                       core::format_duration(latency.model.mean));
  }
  std::string operator()(const SetLoss& loss) const {
    return fmt::format("loss {}", loss.probability);
  }
  std::string operator()(const SetDuplication& duplication) const {
    return fmt::format("duplicate {}", duplication.probability);
  }
  std::string operator()(const SetReordering& reordering) const {
    return fmt::format("reorder {} by {}", reordering.probability,
                       core::format_duration(reordering.most));
  }
  std::string operator()(const Kill& kill) const { return "kill " + names_[kill.node]; }
  std::string operator()(const Restart& restart) const { return "restart " + names_[restart.node]; }
  std::string operator()(const Pause& pause) const { return "pause " + names_[pause.node]; }
  std::string operator()(const Resume& resume) const { return "resume " + names_[resume.node]; }
  std::string operator()(const SetClockRate& rate) const {
    return fmt::format("clock {} {:+}ppm", names_[rate.node], rate.parts_per_million);
  }
  std::string operator()(const StallLinks& stall) const {
    return fmt::format("stall {}{}", stall.links ? text(*stall.links) + " " : "",
                       core::format_duration(stall.duration));
  }
  std::string operator()(const LoseMessage& lose) const { return "lose " + text(lose.message); }
  std::string operator()(const DoubleMessage& doubled) const {
    const std::string when =
        doubled.after == Duration::zero() ? "" : " after " + core::format_duration(doubled.after);
    return "double " + text(doubled.message) + when;
  }
  std::string operator()(const HoldMessage& hold) const { return "hold " + text(hold.message); }
  std::string operator()(const ReleaseMessage& release) const {
    return "release " + text(release.message);
  }

 private:
  std::string text(const NthMessage& message) const {
    return fmt::format("{} -> {} message {}", names_[message.source], names_[message.destination],
                       message.number);
  }
  std::string text(const Links& links) const {
    return fmt::format("{} {} {}", list(links.sources), links.both_ways ? "<->" : "->",
                       list(links.destinations));
  }
  std::string list(const std::vector<std::uint32_t>& nodes) const {
    std::string text;
    for (const std::uint32_t node : nodes) {
      if (!text.empty()) text += ',';
      text += names_[node];
    }
    return text;
  }

  std::span<const std::string> names_;
};

}  // namespace

Scenario parse_scenario(std::string_view text, const ScenarioBounds& bounds) {
  return Parser(bounds).parse(text);
}

std::string to_text(const Fault& fault, std::span<const std::string> names) {
  return std::visit(Printer(names), fault);
}

std::string to_text(const Scenario& scenario, std::span<const std::string> names) {
  std::string text = std::string(header) + "\n";
  for (const auto& [at, fault] : scenario.faults) {
    text += fmt::format("{:<15} {}\n", core::format_duration(at), to_text(fault, names));
  }
  if (scenario.operations) {
    for (const auto& [at, client, read] : *scenario.operations) {
      text += fmt::format("{:<15} client {} {}\n", core::format_duration(at), client,
                          read ? "read" : "broadcast");
    }
  }
  return text;
}

}  // namespace bruit::workbench
