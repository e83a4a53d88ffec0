#include "bruit/workbench/report/fault_bands.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "bruit/core/duration.h"

namespace bruit::workbench::report {
namespace {

// The first word, and what follows it.
std::pair<std::string_view, std::string_view> split(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

struct Pair {
  std::string_view begin;
  std::string_view end;
  bool same_subject;  // "restart n2" ends "kill n2" only
};

constexpr std::array<Pair, 7> pairs{{{"partition", "heal", false},
                                     {"start-partition", "stop-partition", false},
                                     {"cut", "mend", true},
                                     {"kill", "restart", true},
                                     {"pause", "resume", true},
                                     {"hold", "release", true},
                                     {"start", "stop", false}}};

// A setting is in force until the next of the same kind; zero is back to normal.
bool is_setting(std::string_view verb) {
  return verb == "latency" || verb == "loss" || verb == "duplicate" || verb == "reorder" ||
         verb == "clock";
}

// What a setting is about: the links of a latency, the node of a clock.
std::string_view subject_of(std::string_view verb, std::string_view rest) {
  if (verb == "clock") return split(rest).first;
  if (verb == "latency") {
    // "n0 <-> n1 constant 300ms": all but the last two words.
    const std::size_t amount = rest.rfind(' ');
    if (amount == std::string_view::npos || amount == 0) return {};
    const std::size_t distribution = rest.rfind(' ', amount - 1);
    return distribution == std::string_view::npos ? std::string_view()
                                                  : rest.substr(0, distribution);
  }
  return {};
}

bool is_zero(std::string_view rest) {
  const std::string_view amount = split(rest).first;
  return !amount.empty() && amount.find_first_not_of("0.") == std::string_view::npos;
}

// What a stall's line ends with; nothing if it does not.
Duration duration_at_end_of(std::string_view rest) {
  const std::size_t space = rest.rfind(' ');
  try {
    return core::parse_duration(space == std::string_view::npos ? rest : rest.substr(space + 1));
  } catch (const std::invalid_argument&) {
    return Duration::zero();
  }
}

class Bands {
 public:
  void take(const Note& fault) {
    const auto [verb, rest] = split(fault.text);
    for (const Pair& pair : pairs) {
      if (verb == pair.end) {
        close(pair.begin, pair.same_subject ? rest : std::string_view(), fault.at);
        return;
      }
      if (verb == pair.begin) {
        // A partition takes the place of the one before.
        if (!pair.same_subject) close(verb, {}, fault.at);
        open(fault, verb, pair.same_subject ? rest : std::string_view());
        return;
      }
    }
    if (verb == "lose" || verb == "double") {
      add(fault, verb, fault.at);
      return;
    }
    if (verb == "stall") {
      add(fault, verb, fault.at + duration_at_end_of(rest));
      return;
    }
    if (!is_setting(verb)) {
      open(fault, verb, {});
      return;
    }
    const std::string_view subject = subject_of(verb, rest);
    const bool was_set = close(verb, subject, fault.at);
    // Latencies jump up and back again.
    if (is_zero(rest) || (verb == "latency" && was_set)) return;
    open(fault, verb, subject);
  }

  std::vector<FaultBand> finish(std::optional<Duration> over) {
    for (auto& band : bands_) {
      if (!band.to || (over && *band.to > *over)) band.to = over;
    }
    return std::move(bands_);
  }

 private:
  struct Open {
    std::size_t band;
    std::string_view kind;
    std::string_view subject;
  };

  void open(const Note& fault, std::string_view kind, std::string_view subject) {
    open_.push_back({bands_.size(), kind, subject});
    add(fault, kind, {});
  }

  void add(const Note& fault, std::string_view kind, std::optional<Duration> to) {
    bands_.push_back({.from = fault.at, .to = to, .kind = std::string(kind), .text = fault.text});
  }

  bool close(std::string_view kind, std::string_view subject, Duration at) {
    const auto end = std::remove_if(open_.begin(), open_.end(), [&](const Open& open) {
      if (open.kind != kind || open.subject != subject) return false;
      bands_[open.band].to = at;
      return true;
    });
    const bool any = end != open_.end();
    open_.erase(end, open_.end());
    return any;
  }

  std::vector<FaultBand> bands_;
  std::vector<Open> open_;  // views of the lines, which outlive this
};

}  // namespace

std::vector<FaultBand> fault_bands(const std::vector<Note>& faults, std::optional<Duration> over) {
  Bands bands;
  for (const Note& fault : faults) bands.take(fault);
  return bands.finish(over);
}

}  // namespace bruit::workbench::report
