#include "bruit/workbench/checkers/conduct.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

namespace bruit::workbench {
namespace {

double seconds_of(Duration time) { return std::chrono::duration<double>(time).count(); }

// What one node has shown in reads so far.
struct Shown {
  struct Entry {
    ElementId element = 0;
    std::size_t since = 0;  // position of the completion of the first read that listed it
  };
  std::vector<Entry> entries;     // by `since`
  std::vector<bool> has_element;  // whether it is among them
  // The last read, if it listed just these, each once, and none that nobody had broadcast. A read
  // that shares its array (element_list.h) goes on where it ended.
  ElementList last;

  bool has(ElementId element) const { return element < has_element.size() && has_element[element]; }
  void add(ElementId element, std::size_t since) {
    if (element >= has_element.size()) has_element.resize(element + 1);
    has_element[element] = true;
    entries.push_back({element, since});
  }
};

class ReadCheck {
  struct Element {
    std::uint32_t listed_by = 0;  // number of the last read that listed it
    bool broadcast = false;       // its addition has begun
  };

 public:
  ReadCheck(const History& history, const Cluster& cluster, Findings& findings)
      : history_(history),
        cluster_(cluster),
        findings_(findings),
        elements_(history.elements.size()),
        shown_(cluster.nodes) {}

  void on_kill(std::uint32_t node) { shown_[node] = {}; }
  void on_addition(ElementId element) { elements_[element].broadcast = true; }

  // `begun` and `ended` are positions in the history.
  void on_read(std::size_t begun, std::size_t ended, const ElementList& list) {
    const std::uint32_t node = cluster_.node_of(history_.ops[ended].process);
    Shown& shown = shown_[node];
    const bool goes_on = !shown.last.empty() && shown.last.size() == shown.entries.size() &&
                         shown.last.begin() == list.begin() && shown.last.size() <= list.size();
    const bool clean =
        goes_on ? go_on(node, shown, ended, list) : look_at_all(node, shown, begun, ended, list);
    shown.last = clean && list.size() == shown.entries.size() ? list : ElementList{};
  }

 private:
  // Both: whether the list has no value twice and none that nobody had broadcast.
  bool go_on(std::uint32_t node, Shown& shown, std::size_t ended, const ElementList& list) {
    std::optional<ElementId> twice;
    std::optional<ElementId> phantom;
    for (std::size_t place = shown.last.size(); place < list.size(); ++place) {
      const ElementId element = list[place];
      if (shown.has(element)) {
        if (!twice) twice = element;
        continue;
      }
      if (!elements_[element].broadcast && !phantom) phantom = element;
      shown.add(element, ended);
    }
    if (twice) add(Conduct::duplicate, node, *twice, ended);
    if (phantom) add(Conduct::phantom, node, *phantom, ended);
    return !twice && !phantom;
  }

  bool look_at_all(std::uint32_t node, Shown& shown, std::size_t begun, std::size_t ended,
                   const ElementList& list) {
    ++read_;
    std::optional<ElementId> twice;
    std::optional<ElementId> phantom;
    for (const ElementId element : list) {
      Element& known = elements_[element];
      if (known.listed_by == read_) {
        if (!twice) twice = element;
        continue;
      }
      known.listed_by = read_;
      if (!known.broadcast && !phantom) phantom = element;
    }
    if (twice) add(Conduct::duplicate, node, *twice, ended);
    if (phantom) add(Conduct::phantom, node, *phantom, ended);
    forget_missing(node, shown, begun, ended);
    for (const ElementId element : list) {
      if (!shown.has(element)) shown.add(element, ended);
    }
    return !twice && !phantom;
  }

  void add(Conduct conduct, std::uint32_t node, ElementId element, std::size_t read) {
    findings_.add(conduct, node, [&] {
      const Op& op = history_.ops[read];
      return fmt::format("{}, in a read of process {} at {:.3f} s", history_.elements.text(element),
                         op.process.id, seconds_of(op.time));
    });
  }

  // What a read that ended before this one began had listed must be there. What is not counts once,
  // until it is listed again.
  void forget_missing(std::uint32_t node, Shown& shown, std::size_t begun, std::size_t ended) {
    const auto is_missing = [&](const Shown::Entry& entry) {
      return entry.since < begun && elements_[entry.element].listed_by != read_;
    };
    const auto first = std::find_if(shown.entries.begin(), shown.entries.end(), is_missing);
    if (first == shown.entries.end()) return;
    for (auto entry = first; entry != shown.entries.end(); ++entry) {
      if (!is_missing(*entry)) continue;
      shown.has_element[entry->element] = false;
      findings_.add(Conduct::vanished, node, [&] {
        return fmt::format("{}, listed at {:.3f} s and missing at {:.3f} s",
                           history_.elements.text(entry->element),
                           seconds_of(history_.ops[entry->since].time),
                           seconds_of(history_.ops[ended].time));
      });
    }
    shown.entries.erase(std::remove_if(first, shown.entries.end(), is_missing),
                        shown.entries.end());
  }

  const History& history_;
  Cluster cluster_;
  Findings& findings_;
  std::vector<Element> elements_;
  std::uint32_t read_ = 0;    // the number of the latest read; they count from 1
  std::vector<Shown> shown_;  // by node
};

bool is_addition(const Op& op) { return op.f == "broadcast" || op.f == "add"; }

// What clients that look at no error (workload_rules.h) note before it.
constexpr std::string_view indeterminate = "indeterminate: ";

bool is_timeout(const Edn& error) {
  const auto* text = error.get_if<std::string>();
  return error.is_keyword("net-timeout") ||
         (text != nullptr && *text == std::string(indeterminate) + "Client read timeout");
}

// Errors that say that the node did not know what to do, and not that it could not.
bool says_that_it_cannot(const Edn& error) {
  constexpr std::array names{"not-supported", "malformed-request", "crash", "unknown"};
  if (const auto* text = error.get_if<std::string>(); text != nullptr) {
    return text->starts_with(indeterminate) &&
           std::any_of(names.begin(), names.end(), [&](const char* name) {
             return text->substr(indeterminate.size()).starts_with(name);
           });
  }
  const auto* parts = error.get_if<EdnVector>();
  return parts != nullptr && !parts->items.empty() &&
         std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return parts->items.front().is_keyword(name); });
}

// What stands before and after the count, and before the example.
struct Wording {
  std::string_view name;
  std::string_view before;
  std::string_view after;
};

constexpr std::array<Wording, 24> wordings{{
    {"duplicate", "listed a value more than once in", "read(s); the first: "},
    {"phantom", "listed a value that nobody had broadcast in", "read(s); the first: "},
    {"vanished", "no longer listed", "value(s) that it had listed before; the first: "},
    {"last-read-lacks", "did not list in its last read",
     "value(s) that another node listed in its own; the first: "},
    {"malformed-answer", "gave", "answer(s) against the protocol; the first: "},
    {"stray-answer", "sent clients", "message(s) in answer to nothing they wait for; the first: "},
    {"untyped-message", "sent", "message(s) whose body has no type; the first: "},
    {"odd-id", "sent", "message(s) whose msg_id or in_reply_to is no 64-bit integer; the first: "},
    {"borrowed-name", "sent", "message(s) under a name that is not its own; the first: "},
    {"untidy-init-ok", "gave", "init_ok with more than it must have: "},
    {"field-left-out", "sent services", "request(s) without a field that they need; the first: "},
    {"no-interpreter-line", "is",
     "script(s) without a first line such as #!/usr/bin/env python3: "},
    {"acknowledgement-held-back", "held back", "acknowledgement(s): "},
    {"read-held-back", "held back", "read(s): "},
    {"other-transaction", "answered",
     "transaction(s) with other operations than asked; the first: "},
    {"invented-value", "showed", "value(s) that nobody had written; the first: "},
    {"offset-forgotten", "forgot", "committed offset(s); the first: "},
    {"offset-invented", "told of", "committed offset(s) that nobody had committed; the first: "},
    {"poll-below", "gave", "message(s) below the offset that was asked for; the first: "},
    {"unread-tail", "did not give the end of", "log(s) in ten seconds of quiet; the first: "},
    {"late-answer", "gave", "answer(s) that nobody waited for any more; the first: "},
    {"no-answer", "left", "request(s) without an answer; the first: "},
    {"error-answer", "answered", "request(s) with an error; the first: "},
    {"process-left-behind", "left", "process(es) behind that it had started; the first: "},
}};

const Wording& wording(Conduct conduct) { return wordings[static_cast<std::size_t>(conduct)]; }

// "3 reads", "1 read" of "read(s)", "process(es)".
std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = fmt::format("{} ", count);
  const std::size_t open = noun.find('(');
  const std::size_t close = noun.find(')');
  text.append(noun.substr(0, open));
  if (count != 1) text.append(noun.substr(open + 1, close - open - 1));
  return text.append(noun.substr(close + 1));
}

// Which of two nodes is behind the verdict may not see: it looks at the read that was asked last.
void compare(const std::map<std::uint32_t, const ElementList*>& last_reads,
             const ElementTable& elements, Findings& findings) {
  std::vector<bool> listed(elements.size());
  for (const auto& [node, list] : last_reads) {
    for (const ElementId element : *list) listed[element] = true;
  }
  for (const auto& [node, list] : last_reads) {
    std::vector<bool> lacking = listed;
    for (const ElementId element : *list) lacking[element] = false;
    const auto first = std::find(lacking.begin(), lacking.end(), true);
    if (first == lacking.end()) continue;
    findings.add(
        {.conduct = Conduct::last_read_lacks,
         .node = node,
         .count = static_cast<std::uint64_t>(std::count(first, lacking.end(), true)),
         .example = std::string(elements.text(static_cast<ElementId>(first - lacking.begin())))});
  }
}

std::string_view name_of(std::uint32_t node, std::span<const std::string> nodes) {
  return node == unknown_node ? std::string_view("a node") : nodes[node];
}

}  // namespace

std::string_view to_string(Conduct conduct) { return wording(conduct).name; }

bool is_breach(Conduct conduct) { return conduct < Conduct::late_answer; }

Finding& Findings::of(Conduct conduct, std::uint32_t node) {
  const auto found = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& finding) {
    return finding.conduct == conduct && finding.node == node;
  });
  if (found != findings_.end()) return *found;
  return findings_.emplace_back(
      Finding{.conduct = conduct, .node = node, .count = 0, .example = {}});
}

void Findings::add(Finding finding) {
  Finding& known = of(finding.conduct, finding.node);
  if (known.count == 0) known.example = std::move(finding.example);
  known.count += finding.count;
}

std::vector<Finding> Findings::sorted() const {
  std::vector<Finding> sorted = findings_;
  std::sort(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) {
    return std::tuple(a.conduct, a.node) < std::tuple(b.conduct, b.node);
  });
  return sorted;
}

std::string describe(const Finding& finding, std::span<const std::string> nodes) {
  const Wording& words = wording(finding.conduct);
  return fmt::format("{} {} {}{}", name_of(finding.node, nodes), words.before,
                     counted(finding.count, words.after), finding.example);
}

Findings check_conduct(const History& history, const Cluster& cluster,
                       std::span<const NodeKilled> kills) {
  Findings findings;
  ReadCheck reads(history, cluster, findings);
  std::map<std::uint32_t, const ElementList*> last_reads;  // by node
  std::vector<std::size_t> begun(cluster.concurrency);     // by worker, the open operation
  for (std::size_t position = 0; position < history.ops.size(); ++position) {
    const Op& op = history.ops[position];
    for (; !kills.empty() && kills.front().at <= op.time; kills = kills.subspan(1)) {
      reads.on_kill(kills.front().node);
    }
    if (op.process.is_nemesis()) continue;
    std::size_t& open = begun[cluster.worker_of(op.process)];
    if (op.type == OpType::invoke) {
      open = position;
      const auto* element = std::get_if<ElementId>(&op.value);
      if (element != nullptr && is_addition(op)) reads.on_addition(*element);
      continue;
    }
    const auto* list = std::get_if<ElementList>(&op.value);
    if (op.type == OpType::ok && op.f == "read" && list != nullptr) {
      reads.on_read(open, position, *list);
      if (op.final) last_reads.emplace(cluster.node_of(op.process), list);
    } else if (is_timeout(op.error)) {
      findings.add(Conduct::no_answer, cluster.node_of(op.process), [&] {
        return fmt::format("`{}` at {:.3f} s; {:.0f} s later its client gave up", op.f,
                           seconds_of(history.ops[open].time),
                           seconds_of(op.time - history.ops[open].time));
      });
    } else if (says_that_it_cannot(op.error)) {
      findings.add(Conduct::error_answer, cluster.node_of(op.process),
                   [&] { return fmt::format("`{}`: {}", op.f, to_string(op.error)); });
    }
  }
  compare(last_reads, history.elements, findings);
  return findings;
}

Edn to_edn(std::span<const Finding> findings, std::span<const std::string> nodes, bool strict) {
  std::vector<Edn> list;
  list.reserve(findings.size());
  for (const Finding& finding : findings) {
    list.push_back(Edn::map({{"kind", Edn::keyword(std::string(to_string(finding.conduct)))},
                             {"node", name_of(finding.node, nodes)},
                             {"count", finding.count},
                             {"breach?", is_breach(finding.conduct)},
                             {"what", describe(finding, nodes)}}));
  }
  EdnMap map;
  map.set("count", findings.size());
  map.set("list", Edn::list(std::move(list)));
  if (strict) {
    map.set("valid?", std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
              return is_breach(finding.conduct);
            }));
  }
  return map;
}

}  // namespace bruit::workbench
