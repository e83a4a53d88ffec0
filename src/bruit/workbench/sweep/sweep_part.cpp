#include "bruit/workbench/sweep/sweep_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <limits>
#include <map>
#include <optional>
#include <variant>

#include "bruit/maelstrom/json.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;

constexpr std::uint64_t format = 2;  // of the file; a change that breaks old readers counts it up
constexpr std::array<std::string_view, 4> outcome_names{"passed", "failed", "unknown",
                                                        "ended early"};

json::value to_json(const std::optional<SimulationQuantiles>& quantiles) {
  if (!quantiles) return nullptr;
  json::array list;
  for (const Duration duration : *quantiles) list.emplace_back(duration.count());
  return list;
}

// Times in nanoseconds.
json::object to_json(const NumberedRun& numbered) {
  const auto& [number, run] = numbered;
  json::object object{{"run", number},
                      {"seed", run.seed},
                      {"outcome", outcome_names.at(static_cast<std::size_t>(run.outcome))},
                      {"operations", run.operations},
                      {"broadcasts", run.broadcasts},
                      {"server_messages", run.server_messages},
                      {"all_messages", run.all_messages},
                      {"lost", run.lost},
                      {"died", run.died},
                      {"violations", run.violations},
                      {"stable", to_json(run.stable)},
                      {"propagation", to_json(run.propagation)},
                      {"converged_after_last_heal", nullptr},
                      {"trace_hash", run.trace_hash}};
  if (run.converged_after_last_heal) {
    object["converged_after_last_heal"] = run.converged_after_last_heal->count();
  }
  return object;
}

const json::value& member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) throw std::invalid_argument(fmt::format("\"{}\" is missing", key));
  return *value;
}

std::uint64_t whole(const json::value& value, std::string_view what) {
  if (const auto* number = value.if_uint64()) return *number;
  if (const auto* number = value.if_int64(); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  throw std::invalid_argument(fmt::format("{} is not a whole number of 0 or more", what));
}

std::uint64_t whole(const json::object& object, std::string_view key) {
  return whole(member(object, key), fmt::format("\"{}\"", key));
}

Duration nanoseconds(const json::value& value, std::string_view what) {
  const std::uint64_t number = whole(value, what);
  if (number > static_cast<std::uint64_t>(Duration::max().count())) {
    throw std::invalid_argument(fmt::format("{} is no duration", what));
  }
  return Duration(static_cast<Duration::rep>(number));
}

std::string text(const json::value& value, std::string_view what) {
  if (!value.is_string()) throw std::invalid_argument(fmt::format("{} is not a text", what));
  return std::string(value.get_string());
}

const json::array& list(const json::object& object, std::string_view key) {
  const json::value& value = member(object, key);
  if (!value.is_array()) throw std::invalid_argument(fmt::format("\"{}\" is not a list", key));
  return value.get_array();
}

std::optional<SimulationQuantiles> quantiles(const json::object& object, std::string_view key) {
  if (member(object, key).is_null()) return std::nullopt;
  const json::array& times = list(object, key);
  SimulationQuantiles result{};
  if (times.size() != result.size()) {
    throw std::invalid_argument(fmt::format("\"{}\" has not {} times", key, result.size()));
  }
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = nanoseconds(times[i], key);
  return result;
}

SimulationOutcome outcome(const json::object& object) {
  const std::string name = text(member(object, "outcome"), "\"outcome\"");
  const auto* const found = std::find(outcome_names.begin(), outcome_names.end(), name);
  if (found == outcome_names.end()) {
    throw std::invalid_argument(fmt::format("\"{}\" is not an outcome", name));
  }
  return static_cast<SimulationOutcome>(found - outcome_names.begin());
}

NumberedRun run(const json::value& value) {
  if (!value.is_object()) throw std::invalid_argument("a run is not an object");
  const json::object& object = value.get_object();
  NumberedRun result{.number = whole(object, "run"),
                     .run = {.seed = whole(object, "seed"),
                             .outcome = outcome(object),
                             .operations = whole(object, "operations"),
                             .broadcasts = whole(object, "broadcasts"),
                             .server_messages = whole(object, "server_messages"),
                             .all_messages = whole(object, "all_messages"),
                             .lost = whole(object, "lost"),
                             .died = whole(object, "died"),
                             .violations = whole(object, "violations"),
                             .stable = quantiles(object, "stable"),
                             .propagation = quantiles(object, "propagation"),
                             .converged_after_last_heal = std::nullopt,
                             .trace_hash = whole(object, "trace_hash")}};
  const json::value& converged = member(object, "converged_after_last_heal");
  if (!converged.is_null()) {
    result.run.converged_after_last_heal = nanoseconds(converged, "\"converged_after_last_heal\"");
  }
  return result;
}

SweepPart read(const json::value& value) {
  if (!value.is_object() || !value.get_object().contains("bruit_sweep_part")) {
    throw std::invalid_argument("this is not a part of a sweep");
  }
  const json::object& object = value.get_object();
  if (whole(object, "bruit_sweep_part") != format) {
    throw std::invalid_argument("another version of bruit wrote this part");
  }
  SweepPart part;
  part.build = text(member(object, "build"), "\"build\"");
  for (const json::value& flag : list(object, "flags")) {
    if (!flag.is_array() || flag.get_array().size() != 2) {
      throw std::invalid_argument("a flag is not a name and a value");
    }
    part.flags.emplace_back(text(flag.get_array()[0], "a flag"),
                            text(flag.get_array()[1], "the value of a flag"));
  }
  const json::array& seeds = list(object, "seeds");
  const json::array& shard = list(object, "shard");
  if (seeds.size() != 2 || shard.size() != 2) {
    throw std::invalid_argument("\"seeds\" and \"shard\" are two numbers each");
  }
  part.seeds = {whole(seeds[0], "a seed"), whole(seeds[1], "a seed")};
  part.shard = {whole(shard[0], "a shard"), whole(shard[1], "the number of shards")};
  part.points = whole(object, "points");
  if (part.seeds.last < part.seeds.first || part.shard.index >= part.shard.count) {
    throw std::invalid_argument("\"seeds\" or \"shard\" is no range");
  }
  // What is checked below cannot overflow then.
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (part.seeds.last - part.seeds.first >= most || part.points > most || part.shard.count > most) {
    throw std::invalid_argument("the grid is too large");
  }
  for (const json::value& each : list(object, "runs")) part.runs.push_back(run(each));
  const std::uint64_t all = part.points * part.seeds.count();
  std::uint64_t least = part.shard.index;
  for (const NumberedRun& each : part.runs) {
    if (each.number < least || each.number >= all ||
        each.number % part.shard.count != part.shard.index ||
        each.run.seed != part.seeds.first + each.number % part.seeds.count()) {
      throw std::invalid_argument(fmt::format("run {} is not one of this shard", each.number));
    }
    least = each.number + 1;
  }
  return part;
}

}  // namespace

std::string to_text(const SweepPart& part) {
  json::array flags;
  for (const auto& [flag, value] : part.flags) flags.push_back(json::array{flag, value});
  const json::object head{
      {"bruit_sweep_part", format}, {"build", part.build},
      {"flags", std::move(flags)},  {"seeds", json::array{part.seeds.first, part.seeds.last}},
      {"points", part.points},      {"shard", json::array{part.shard.index, part.shard.count}}};
  std::string text = json::serialize(head);
  text.pop_back();  // the closing brace
  text += ",\"runs\":[";
  for (const NumberedRun& each : part.runs) {
    text += text.back() == '[' ? "\n" : ",\n";
    text += json::serialize(to_json(each));
  }
  return text + "\n]}\n";
}

SweepPart parse_part(std::string_view text, const std::string& name) {
  const auto parsed = maelstrom::read_json(text);
  if (const auto* error = std::get_if<maelstrom::JsonError>(&parsed)) {
    throw SweepPartError(fmt::format("{}: not JSON: {}", name, error->text));
  }
  try {
    return read(std::get<json::value>(parsed));
  } catch (const boost::system::system_error& error) {
    throw SweepPartError(fmt::format("{}: {}", name, error.code().message()));
  } catch (const std::invalid_argument& error) {
    throw SweepPartError(fmt::format("{}: {}", name, error.what()));
  }
}

std::vector<NumberedRun> merge_parts(const std::vector<SweepPart>& parts,
                                     const std::vector<std::string>& names) {
  if (parts.empty()) throw SweepPartError("there are no parts to merge");
  const SweepPart& first = parts.front();
  std::map<std::uint64_t, const std::string*> file_of;  // by shard
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const SweepPart& part = parts[i];
    if (part.build != first.build) {
      throw SweepPartError(
          fmt::format("{} was written by bruit {} and {} by bruit {}: parts of "
                      "different builds do not mix",
                      names.at(0), first.build, names.at(i), part.build));
    }
    if (part.flags != first.flags || part.seeds.first != first.seeds.first ||
        part.seeds.last != first.seeds.last || part.points != first.points ||
        part.shard.count != first.shard.count) {
      throw SweepPartError(
          fmt::format("{} and {} are parts of different sweeps: their flags, seeds or number of "
                      "shards differ",
                      names.at(0), names.at(i)));
    }
    const std::uint64_t due = run_count(part.points * part.seeds.count(), part.shard);
    if (part.runs.size() != due) {
      throw SweepPartError(
          fmt::format("{} has {} of its {} runs: shard {}/{} was interrupted and must be run again",
                      names.at(i), part.runs.size(), due, part.shard.index, part.shard.count));
    }
    const auto [found, is_new] = file_of.emplace(part.shard.index, &names.at(i));
    if (!is_new) {
      throw SweepPartError(fmt::format("{} and {} are both shard {}/{}", *found->second,
                                       names.at(i), part.shard.index, part.shard.count));
    }
  }
  std::uint64_t expected = 0;
  for (const auto& [index, file] : file_of) {
    if (index != expected) break;
    ++expected;
  }
  if (expected != first.shard.count) {
    throw SweepPartError(fmt::format("shard {}/{} is missing; {} of {} are here", expected,
                                     first.shard.count, file_of.size(), first.shard.count));
  }
  // Every part is complete, so there is a run for each number.
  std::vector<NumberedRun> runs(first.points * first.seeds.count());
  for (const SweepPart& part : parts) {
    for (const NumberedRun& each : part.runs) runs.at(each.number) = each;
  }
  return runs;
}

}  // namespace bruit::workbench
