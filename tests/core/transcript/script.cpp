#include "core/transcript/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

#include "bruit/core/duration.h"
#include "bruit/core/make_strategy.h"

namespace bruit::core::transcript {
namespace {

using Words = std::vector<std::string_view>;

// What a mistake is; the parser adds where.
[[noreturn]] void fail(const std::string& text) { throw std::invalid_argument(text); }

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <typename Number>
Number parse_number(std::string_view text, Number least, Number most, std::string_view what) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    fail(fmt::format("\"{}\" is not {}; expected {} to {}", text, what, least, most));
  }
  return number;
}

Duration parse_duration(std::string_view text, Duration least, std::string_view what) {
  const Duration duration = core::parse_duration(text);
  if (duration < least || duration > longest_option) {
    fail(fmt::format("{} is out of range for {}; expected {} to 24h", text, what,
                     core::format_duration(least)));
  }
  return duration;
}

// The words after the command's name, taken one by one.
class Arguments {
 public:
  Arguments(Words words, std::uint32_t node_count)
      : words_(std::move(words)), node_count_(node_count) {}

  bool empty() const { return next_ == words_.size(); }

  std::string_view word(std::string_view what) {
    if (empty()) fail(fmt::format("{} is missing", what));
    return words_[next_++];
  }

  // Whether the next word is this one; takes it if so.
  bool flag(std::string_view name) {
    if (empty() || words_[next_] != name) return false;
    ++next_;
    return true;
  }

  NodeId node() { return parse_node(word("a node")); }

  // "n3", "n0,n3" or "n0..n4", or several of these with commas between.
  std::vector<NodeId> nodes() {
    std::vector<NodeId> result;
    std::string_view list = word("a list of nodes");
    for (bool more = true; more;) {
      const std::size_t comma = list.find(',');
      const std::string_view part = list.substr(0, comma);
      more = comma != std::string_view::npos;
      if (more) list.remove_prefix(comma + 1);
      const std::size_t dots = part.find("..");
      const NodeId first = parse_node(part.substr(0, dots));
      const NodeId last =
          dots == std::string_view::npos ? first : parse_node(part.substr(dots + 2));
      if (last < first) fail(fmt::format("{} counts backwards", part));
      for (std::uint32_t index = first.index; index <= last.index; ++index) {
        if (std::find(result.begin(), result.end(), NodeId{index}) != result.end()) {
          fail(fmt::format("n{} is listed twice", index));
        }
        result.push_back(NodeId{index});
      }
    }
    return result;
  }

  std::vector<NodeId> all_nodes() const {
    std::vector<NodeId> result;
    for (std::uint32_t index = 0; index < node_count_; ++index) result.push_back(NodeId{index});
    return result;
  }

  Duration duration(Duration least) { return parse_duration(word("a duration"), least, "this"); }

  void end() const {
    if (!empty()) fail(fmt::format("unexpected \"{}\"", words_[next_]));
  }

 private:
  NodeId parse_node(std::string_view text) const {
    if (text.empty() || text[0] != 'n') fail(fmt::format("\"{}\" is not a node such as n0", text));
    const std::string_view number = text.substr(1);
    if (number.size() > 1 && number[0] == '0') fail(fmt::format("\"{}\": write n0, n1, ...", text));
    return NodeId{parse_number<std::uint32_t>(number, 0, node_count_ - 1, "a node's number")};
  }

  Words words_;
  std::size_t next_ = 0;
  std::uint32_t node_count_;
};

template <typename Link>
Link parse_link(Arguments& arguments) {
  Link link;
  link.from = arguments.node();
  link.to = arguments.node();
  if (link.from == link.to) fail("a node has no link to itself");
  return link;
}

template <typename Pairs>
Pairs parse_pairs(Arguments& arguments) {
  Pairs pairs;
  pairs.some = arguments.nodes();
  pairs.others = arguments.nodes();
  for (const NodeId node : pairs.some) {
    if (std::find(pairs.others.begin(), pairs.others.end(), node) != pairs.others.end()) {
      fail(fmt::format("n{} is on both sides", node.index));
    }
  }
  return pairs;
}

template <typename Single>
Single parse_single_node(Arguments& arguments) {
  return {arguments.node()};
}

template <typename List>
List parse_list(Arguments& arguments) {
  return {arguments.empty() ? arguments.all_nodes() : arguments.nodes()};
}

void parse_uptimes(StartCluster& cluster, std::string_view list) {
  while (true) {
    const std::size_t comma = list.find(',');
    cluster.uptimes.push_back(parse_duration(list.substr(0, comma), Duration::zero(), "uptime"));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  if (cluster.uptimes.size() != cluster.count) {
    fail(
        fmt::format("uptime has {} durations for {} nodes", cluster.uptimes.size(), cluster.count));
  }
}

void set_option(StartCluster& cluster, std::string_view name, std::string_view value) {
  constexpr Duration shortest = Duration(1);
  if (name == "strategy") {
    const auto kind = parse_strategy(value);
    if (!kind) fail(fmt::format("\"{}\" is not a strategy", value));
    cluster.options.kind = *kind;
  } else if (name == "latency") {
    cluster.latency = parse_duration(value, Duration::zero(), name);
  } else if (name == "flush-interval") {
    cluster.options.flush_interval = parse_duration(value, shortest, name);
  } else if (name == "retry-first") {
    cluster.options.retry.first = parse_duration(value, shortest, name);
  } else if (name == "retry-longest") {
    cluster.options.retry.longest = parse_duration(value, shortest, name);
  } else if (name == "queue-limit") {
    cluster.options.queue_limit =
        parse_number<std::size_t>(value, 1, 1'000'000, "a length of a queue");
  } else if (name == "budget-worst") {
    cluster.options.rounds.budget.worst = parse_duration(value, shortest, name);
  } else if (name == "budget-median") {
    cluster.options.rounds.budget.median = parse_duration(value, shortest, name);
  } else if (name == "fan-out") {
    cluster.options.rounds.fan_out =
        parse_number<std::uint32_t>(value, 1, most_nodes, "a number of children");
  } else if (name == "uptime") {
    parse_uptimes(cluster, value);
  } else {
    fail(
        fmt::format("\"{}\" is not an option of a cluster; expected strategy, latency, "
                    "flush-interval, retry-first, retry-longest, queue-limit, budget-worst, "
                    "budget-median, fan-out or uptime",
                    name));
  }
}

Command parse_cluster(Arguments& arguments) {
  StartCluster cluster;
  cluster.count = parse_number<std::uint32_t>(arguments.word("the number of nodes"), 1, most_nodes,
                                              "a number of nodes");
  std::vector<std::string_view> given;
  while (!arguments.empty()) {
    const std::string_view option = arguments.word("an option");
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) {
      fail(fmt::format("\"{}\" is not an option such as latency=100ms", option));
    }
    const std::string_view name = option.substr(0, equals);
    if (std::find(given.begin(), given.end(), name) != given.end()) {
      fail(fmt::format("{} is given twice", name));
    }
    given.push_back(name);
    set_option(cluster, name, option.substr(equals + 1));
  }
  if (std::find(given.begin(), given.end(), "strategy") == given.end()) {
    fail("strategy=NAME is missing");
  }
  if (cluster.options.retry.longest < cluster.options.retry.first) {
    fail("retry-longest is below retry-first");
  }
  return cluster;
}

Command parse_broadcast(Arguments& arguments) {
  Broadcast broadcast{.node = arguments.node(), .values = {}};
  do {
    const std::string_view value = arguments.word("a value");
    // Such values need no quotes in the output.
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
      return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
    });
    if (!plain || value.size() > 40) {
      fail(fmt::format("\"{}\" is not a value; expected up to 40 letters, digits, - _ and .",
                       value));
    }
    broadcast.values.emplace_back(value);
  } while (!arguments.empty());
  return broadcast;
}

Command parse_advance(Arguments& arguments) {
  Advance advance{.duration = arguments.duration(Duration(1))};
  advance.brief = arguments.flag("brief");
  return advance;
}

Command parse_latency(Arguments& arguments) {
  auto latency = parse_pairs<SetLatency>(arguments);
  latency.latency = arguments.duration(Duration::zero());
  return latency;
}

Command parse_release(Arguments& arguments) {
  auto release = parse_link<Release>(arguments);
  release.next_only = arguments.flag("next");
  return release;
}

Command parse_drop(Arguments& arguments) {
  auto drop = parse_link<Drop>(arguments);
  drop.held = arguments.flag("held");
  if (!drop.held && !arguments.empty()) {
    drop.count = parse_number<std::uint32_t>(arguments.word("a number"), 1, 1'000'000,
                                             "a number of messages");
  }
  return drop;
}

Command parse_cut(Arguments& arguments) {
  auto cut = parse_pairs<Cut>(arguments);
  cut.one_way = arguments.flag("oneway");
  return cut;
}

Command parse_heal(Arguments& arguments) {
  if (arguments.empty()) return Heal{};
  return parse_pairs<Heal>(arguments);
}

struct Grammar {
  std::string_view name;
  Command (*parse)(Arguments&);
};

template <typename T>
Command parse_bare(Arguments&) {
  return T{};
}

constexpr Grammar grammar[] = {
    {"cluster", parse_cluster},
    {"broadcast", parse_broadcast},
    {"advance", parse_advance},
    {"latency", parse_latency},
    {"hold", [](Arguments& arguments) -> Command { return parse_link<Hold>(arguments); }},
    {"release", parse_release},
    {"resume", [](Arguments& arguments) -> Command { return parse_link<Resume>(arguments); }},
    {"drop", parse_drop},
    {"duplicate", [](Arguments& arguments) -> Command { return parse_link<Duplicate>(arguments); }},
    {"cut", parse_cut},
    {"heal", parse_heal},
    {"kill", [](Arguments& arguments) -> Command { return parse_single_node<Kill>(arguments); }},
    {"restart",
     [](Arguments& arguments) -> Command { return parse_single_node<Restart>(arguments); }},
    {"state", [](Arguments& arguments) -> Command { return parse_list<ShowState>(arguments); }},
    {"counters",
     [](Arguments& arguments) -> Command { return parse_list<ShowCounters>(arguments); }},
    {"messages", parse_bare<ShowMessages>},
    {"expect-silence", parse_bare<ExpectSilence>},
    {"expect-agreement", parse_bare<ExpectAgreement>},
};

// `node_count` is 0 before the cluster.
Command parse_command(std::string_view line, std::uint32_t node_count) {
  Words words;
  for (std::size_t begin = 0; begin < line.size();) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    if (end == begin) fail("words are separated by one space");
    words.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  const std::string_view name = words.front();
  const auto* const found = std::find_if(std::begin(grammar), std::end(grammar),
                                         [name](const Grammar& each) { return each.name == name; });
  if (found == std::end(grammar)) {
    std::string known;
    for (const Grammar& each : grammar) known.append(" ").append(each.name);
    fail(fmt::format("\"{}\" is not a command; there are{}", name, known));
  }
  if ((name == "cluster") != (node_count == 0)) {
    fail(node_count == 0 ? "the first command must be `cluster`" : "there is a cluster already");
  }
  words.erase(words.begin());
  Arguments arguments(std::move(words), node_count);
  Command command = found->parse(arguments);
  arguments.end();
  return command;
}

void check_characters(std::string_view line) {
  if (line.empty()) return;
  if (line.back() == ' ') fail("a space at the end of the line");
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      fail(fmt::format("a control character (code {})", static_cast<unsigned char>(c)));
    }
  }
}

}  // namespace

ScriptError::ScriptError(std::string_view file, std::size_t line, std::string_view text)
    : std::runtime_error(fmt::format("{}:{}: {}", file, line, text)) {}

Script parse_script(std::string_view text, std::string name) {
  Script script{.name = std::move(name), .lines = {}, .steps = {}};
  std::uint32_t node_count = 0;
  bool output_may_follow = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::size_t number = script.lines.size() + 1;
    const std::string_view line = text.substr(begin, end - begin);
    try {
      if (end == std::string_view::npos) fail("the last line does not end with a line break");
      check_characters(line);
      script.lines.emplace_back(line);
      if (line.empty() || line.starts_with('#')) {
        output_may_follow = false;
      } else if (line.starts_with("  ")) {
        if (!output_may_follow) fail("recorded output must stand directly below a command");
        script.steps.back().recorded.emplace_back(line);
      } else {
        if (line[0] == ' ') fail("indent recorded output by two spaces, commands not at all");
        if (script.steps.size() == most_steps) fail("too many commands in one file");
        script.steps.push_back({number, parse_command(line, node_count), {}});
        if (const auto* cluster = std::get_if<StartCluster>(&script.steps.back().command)) {
          node_count = cluster->count;
        }
        output_may_follow = true;
      }
    } catch (const std::invalid_argument& error) {
      throw ScriptError(script.name, number, error.what());
    }
    begin = end + 1;
  }
  if (script.steps.empty()) {
    throw ScriptError(script.name, script.lines.size() + 1, "there is no command in this file");
  }
  return script;
}

std::string with_outputs(const Script& script,
                         const std::vector<std::vector<std::string>>& outputs) {
  std::string text;
  std::size_t step = 0;
  for (std::size_t index = 0; index < script.lines.size(); ++index) {
    const bool is_command = step < script.steps.size() && script.steps[step].line == index + 1;
    text.append(script.lines[index]).append("\n");
    if (!is_command) continue;
    for (const std::string& line : outputs.at(step)) text.append(line).append("\n");
    index += script.steps[step].recorded.size();
    ++step;
  }
  return text;
}

}  // namespace bruit::core::transcript
