// The checker of logs against a naive one, on random small histories: right ones, and ones in which
// nodes lose, repeat, reorder and invent. The naive one follows the definitions of the errors with
// nothing but maps, and looks at everything again and again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench::kafka {
namespace {

using Pairs = std::vector<std::pair<int, int>>;  // offset, value

// A completed operation; each begins when the one before has ended.
struct Step {
  int process = 0;
  std::string type{};  // ok, fail, info
  std::string f{};     // send, poll, assign
  std::string key{};   // of a send
  int value = 0;
  int offset = -1;  // of a send that is ok
  std::map<std::string, Pairs> polled{};
  std::set<std::string> assigned{};
};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::vector<Step> run() {
    const bool is_wrong = chance(0.7);
    std::vector<Step> steps;
    const int count = below(14) + 2;
    for (int i = 0; i < count; ++i) {
      Step step{.process = below(3)};
      const int kind = below(10);
      if (kind == 0) {
        step.f = "assign";
        step.type = chance(0.8) ? "ok" : chance(0.5) ? "info" : "fail";
        for (const char* key : {"a", "b"}) {
          if (chance(0.6)) step.assigned.insert(key);
        }
      } else if (kind < 6) {
        send(step, is_wrong);
      } else {
        poll(step, is_wrong);
      }
      steps.push_back(step);
      if (step.type == "info") ++renamed_[step.process];
      steps.back().process += 10 * (renamed_[step.process] - (step.type == "info" ? 1 : 0));
    }
    return steps;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool chance(double p) { return std::uniform_real_distribution<>()(random_) < p; }

  void send(Step& step, bool is_wrong) {
    step.f = "send";
    step.key = chance(0.6) ? "a" : "b";
    step.value = ++next_value_[step.key];
    Pairs& log = logs_[step.key];
    int offset = log.empty() ? below(2) : log.back().first + 1 + (chance(0.2) ? 1 : 0);
    if (is_wrong && !log.empty() && chance(0.15)) offset = log[log.size() - 1].first - below(2);
    const int outcome = below(10);
    step.type = outcome < 8 ? "ok" : outcome == 8 ? "info" : "fail";
    if (step.type == "ok") step.offset = offset;
    const bool is_stored = step.type != "fail" ? !(is_wrong && chance(0.15)) : is_wrong && chance(0.5);
    if (is_stored && (step.type == "ok" || chance(0.5))) log.emplace_back(offset, step.value);
    if (is_stored && is_wrong && chance(0.1)) log.emplace_back(offset + 1, step.value);
    std::stable_sort(log.begin(), log.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  void poll(Step& step, bool is_wrong) {
    step.f = "poll";
    step.type = chance(0.85) ? "ok" : chance(0.5) ? "info" : "fail";
    for (const char* key : {"a", "b"}) {
      if (!chance(0.7)) continue;
      std::size_t& next = next_[{step.process + 10 * renamed_[step.process], key}];
      const Pairs& log = logs_[key];
      if (is_wrong && chance(0.15)) next = next > 0 ? next - 1 : next + 1;
      Pairs seen;
      for (; next < log.size() && chance(0.9); ++next) {
        if (!(is_wrong && chance(0.1))) seen.push_back(log[next]);
      }
      if (is_wrong && seen.size() > 1 && chance(0.1)) std::swap(seen[0], seen[1]);
      // What nobody has sent yet.
      if (is_wrong && chance(0.03)) seen.emplace_back(40, next_value_[key] + 1);
      if (!seen.empty() || chance(0.3)) step.polled[key] = seen;
    }
    // Clients of Maelstrom say nothing then; those of others may.
    if (step.type != "ok" && chance(0.7)) step.polled.clear();
  }

  std::mt19937 random_;
  std::map<std::string, int> next_value_;
  std::map<std::string, Pairs> logs_;
  std::map<std::pair<int, std::string>, std::size_t> next_;
  std::map<int, int> renamed_;
};

std::string to_history(const std::vector<Step>& steps) {
  std::string text;
  int index = 0;
  for (const Step& step : steps) {
    std::string asked = "[[:poll]]";
    std::string answered = asked;
    if (step.f == "send") {
      asked = fmt::format("[[:send \"{}\" {}]]", step.key, step.value);
      answered = step.type == "ok" ? fmt::format("[[:send \"{}\" [{} {}]]]", step.key, step.offset,
                                                 step.value)
                                   : asked;
    } else if (step.f == "assign") {
      asked = "[";
      for (const auto& key : step.assigned) asked += "\"" + key + "\" ";
      answered = asked += "]";
    } else if (step.type == "ok" || !step.polled.empty()) {
      answered = "[[:poll {";
      for (const auto& [key, pairs] : step.polled) {
        answered += "\"" + key + "\" [";
        for (const auto& [offset, value] : pairs) answered += fmt::format("[{} {}]", offset, value);
        answered += "] ";
      }
      answered += "}]]";
    }
    for (const auto& [type, value] : {std::pair{std::string("invoke"), asked},
                                      std::pair{step.type, answered}}) {
      text += fmt::format("{{:index {}, :time {}, :type :{}, :process {}, :f :{}, :value {}}}\n",
                          index, 1000 * index, type, step.process, step.f, value);
      ++index;
    }
  }
  return text;
}

// Each error as a text; of keys on whose log there is no agreement only those that do not need one.
class Naive {
 public:
  explicit Naive(const std::vector<Step>& steps) : steps_(steps) {
    for (const char* key : {"a", "b"}) check(key);
  }
  std::set<std::string> errors;
  bool invented = false;

 private:
  bool was_read(const std::string& key, int value) const {
    return std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) {
      const auto found = step.polled.find(key);
      if (step.type != "ok" || found == step.polled.end()) return false;
      return std::any_of(found->second.begin(), found->second.end(),
                         [&](const auto& pair) { return pair.second == value; });
    });
  }

  void check(const std::string& key) {
    std::map<int, std::set<int>> log;
    for (const Step& step : steps_) {
      if (step.f == "send" && step.key == key && step.type == "ok") {
        log[step.offset].insert(step.value);
      }
      const auto found = step.polled.find(key);
      if (found == step.polled.end()) continue;
      for (const auto& [offset, value] : found->second) log[offset].insert(value);
    }
    bool agreed = true;
    std::map<int, std::set<int>> offsets_of;
    for (const auto& [offset, values] : log) {
      if (values.size() > 1) {
        errors.insert(fmt::format("inconsistent-offsets {} {}", key, offset));
        agreed = false;
      }
      for (const int value : values) offsets_of[value].insert(offset);
    }
    for (const auto& [value, offsets] : offsets_of) {
      if (offsets.size() > 1) errors.insert(fmt::format("duplicate {} {}", key, value));
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.f == "send" && step.key == key) {
        if (step.type == "ok" && !was_read(key, step.value)) {
          errors.insert(fmt::format("unseen {} {}", key, step.value));
        }
        if (step.type == "fail" && was_read(key, step.value)) {
          errors.insert(fmt::format("G1a {} {}", key, step.value));
        }
        // Polled before it was sent.
        for (std::size_t j = 0; j < i; ++j) {
          const auto found = steps_[j].polled.find(key);
          if (found == steps_[j].polled.end() || step.type == "fail") continue;
          // Only what is acknowledged comes before anything in time.
          if (steps_[j].type != "ok") continue;
          for (const auto& [offset, value] : found->second) {
            if (value == step.value) errors.insert("cycle");
          }
        }
      }
      const auto found = step.polled.find(key);
      if (found == step.polled.end()) continue;
      for (const auto& [offset, value] : found->second) {
        const bool is_sent = std::any_of(steps_.begin(), steps_.end(), [&](const Step& other) {
          return other.f == "send" && other.key == key && other.value == value;
        });
        if (!is_sent) invented = true;
      }
    }
    if (!agreed) {
      disputed.insert(key);
      return;
    }
    check_order(key, log, offsets_of);
  }

  void check_order(const std::string& key, const std::map<int, std::set<int>>& log,
                   const std::map<int, std::set<int>>& offsets_of) {
    // A value that is there twice counts where it is last.
    const auto index = [&](int value) -> std::optional<int> {
      const auto found = offsets_of.find(value);
      if (found == offsets_of.end()) return std::nullopt;
      return static_cast<int>(std::distance(log.begin(), log.find(*found->second.rbegin())));
    };
    const auto tell = [&](const std::string& prefix, int before, int after) {
      const auto from = index(before);
      const auto to = index(after);
      if (!from || !to || *to - *from == 1) return;
      errors.insert(fmt::format("{}{} {} {} {}", prefix,
                                *to - *from > 1 ? "skip" : "nonmonotonic", key, before, after));
    };
    int bound = -1;
    for (const auto& [value, offsets] : offsets_of) {
      if (!was_read(key, value)) continue;
      bound = std::max(bound, static_cast<int>(std::distance(log.begin(), log.find(*offsets.begin()))));
    }
    for (const Step& step : steps_) {
      if (step.f == "send" && step.key == key && step.type == "ok" && !was_read(key, step.value) &&
          *index(step.value) <= bound) {
        errors.insert(fmt::format("lost-write {} {}", key, step.value));
      }
    }
    struct Last {
      std::optional<int> polled;
      bool has_polled = false;
      std::optional<int> sent;
    };
    std::map<int, Last> last;
    for (const Step& step : steps_) {
      Last& mine = last[step.process];
      if (step.f == "assign" && step.type != "fail" && !step.assigned.contains(key)) mine = {};
      if (step.f == "send" && step.key == key && step.type != "fail") {
        if (mine.sent && index(*mine.sent) && index(step.value) &&
            *index(step.value) <= *index(*mine.sent)) {
          errors.insert(fmt::format("send-nonmonotonic {} {} {}", key, *mine.sent, step.value));
        }
        mine.sent = step.value;
      }
      const auto found = step.polled.find(key);
      if (found == step.polled.end()) continue;
      const Pairs& pairs = found->second;
      for (std::size_t i = 1; i < pairs.size(); ++i) {
        tell("int-", pairs[i - 1].second, pairs[i].second);
      }
      if (mine.polled && !pairs.empty()) tell("", *mine.polled, pairs.front().second);
      if (step.type != "ok") continue;
      mine.polled = pairs.empty() ? std::nullopt : std::optional(pairs.back().second);
    }
  }

  const std::vector<Step>& steps_;

 public:
  std::set<std::string> disputed;
};

std::set<std::string> ours(const KafkaCheck& check, const std::set<std::string>& disputed) {
  const MessageHistory& history = check.history;
  const KafkaResult& result = check.result;
  std::set<std::string> errors;
  const auto key = [&](KeyId id) { return *history.key_edn(id).get_if<std::string>(); };
  const auto key_of = [&](MessageId m) { return key(history.messages()[m].key); };
  const auto value = [&](MessageId m) { return *history.value_edn(m).get_if<std::int64_t>(); };
  const auto jumps = [&](const std::vector<Jump>& all, const std::string& name) {
    for (const Jump& jump : all) {
      if (disputed.contains(key_of(jump.before))) continue;
      errors.insert(fmt::format("{} {} {} {}", name, key_of(jump.before), value(jump.before),
                                value(jump.after)));
    }
  };
  for (const MessageId m : result.duplicates) {
    errors.insert(fmt::format("duplicate {} {}", key_of(m), value(m)));
  }
  for (const auto& at : result.inconsistent_offsets) {
    errors.insert(fmt::format("inconsistent-offsets {} {}", key(at.key),
                              check.logs.log(at.key)[at.index].offset));
  }
  for (const MessageId m : result.unseen) {
    errors.insert(fmt::format("unseen {} {}", key_of(m), value(m)));
  }
  for (const auto& read : result.aborted_reads) {
    errors.insert(fmt::format("G1a {} {}", key_of(read.message), value(read.message)));
  }
  for (const auto& lost : result.lost_writes) {
    if (disputed.contains(key_of(lost.message))) continue;
    errors.insert(fmt::format("lost-write {} {}", key_of(lost.message), value(lost.message)));
  }
  jumps(result.poll_skips, "skip");
  jumps(result.nonmonotonic_polls, "nonmonotonic");
  jumps(result.inner_poll_skips, "int-skip");
  jumps(result.inner_nonmonotonic_polls, "int-nonmonotonic");
  jumps(result.nonmonotonic_sends, "send-nonmonotonic");
  if (!result.cycles.entries.empty()) errors.insert("cycle");
  return errors;
}

TEST(NaiveLog, FindsTheSameInEveryHistory) {
  constexpr std::uint32_t histories = 100'000;
  std::map<std::string, int> counts;
  for (std::uint32_t seed = 1; seed <= histories; ++seed) {
    const std::vector<Step> steps = Generator(seed).run();
    const std::string text = to_history(steps);
    std::istringstream in(text);
    const History history = read_history_edn(in, "history");
    const KafkaCheck check = check_kafka(history);
    const Naive naive(steps);
    ASSERT_EQ(check.result.invented.has_value(), naive.invented) << text;
    if (naive.invented) {
      ++counts["invented"];
      continue;
    }
    ASSERT_EQ(ours(check, naive.disputed), naive.errors) << "seed " << seed << "\n" << text;
    ASSERT_EQ(check.result.validity == Validity::valid, naive.errors.empty()) << text;
    std::set<std::string> kinds;
    for (const auto& error : naive.errors) kinds.insert(error.substr(0, error.find(' ')));
    for (const auto& kind : kinds) ++counts[kind];
    if (naive.errors.empty()) ++counts["valid"];
  }
  for (const auto& [kind, count] : counts) std::printf("%8d %s\n", count, kind.c_str());
  // Each kind was there often enough to mean something.
  for (const char* kind : {"valid", "invented", "duplicate", "inconsistent-offsets", "unseen", "G1a",
                           "lost-write", "skip", "nonmonotonic", "int-skip", "int-nonmonotonic",
                           "send-nonmonotonic", "cycle"}) {
    EXPECT_GT(counts[kind], 300) << kind;
  }
}

}  // namespace
}  // namespace bruit::workbench::kafka
