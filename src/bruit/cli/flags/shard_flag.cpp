#include "bruit/cli/flags/shard_flag.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <stdexcept>

namespace bruit::cli {
namespace {

using workbench::Shard;

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

// A variable that is a whole number; nothing if it is not set or empty.
std::optional<std::uint64_t> variable(const Environment& environment, const char* name) {
  const char* text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  const auto number = parse_whole(text);
  if (!number) {
    throw std::invalid_argument(
        fmt::format("the environment variable {} is \"{}\"; expected a whole number (--shard 0/1 "
                    "runs everything here)",
                    name, text));
  }
  return number;
}

Shard checked(std::uint64_t index, std::uint64_t count, std::string_view source) {
  if (index >= count || count > most_shards) {
    throw std::invalid_argument(
        fmt::format("{} says shard {} of {}; shards count from 0, up to {} of them", source, index,
                    count, most_shards));
  }
  return {index, count};
}

Shard from_flag(std::string_view flag, const Environment& environment) {
  const std::size_t slash = flag.find('/');
  const std::string_view index_text = flag.substr(0, slash);
  const auto count =
      slash == std::string_view::npos ? std::nullopt : parse_whole(flag.substr(slash + 1));
  std::optional<std::uint64_t> index = parse_whole(index_text);
  if (index_text.empty() && count) {
    const auto sequence = variable(environment, "PARALLEL_SEQ");
    if (!sequence || *sequence == 0) {
      throw std::invalid_argument(
          fmt::format("--shard {}: GNU parallel says which one in PARALLEL_SEQ, which is not set; "
                      "give it yourself, as in --shard 0{}",
                      flag, flag));
    }
    index = *sequence - 1;
  }
  if (!index || !count) {
    throw std::invalid_argument(
        fmt::format("--shard {}: expected i/N, such as 0/8 for the first of eight", flag));
  }
  return checked(*index, *count, fmt::format("--shard {}", flag));
}

struct Named {
  Shard shard;
  std::string source;
};

// One process of many that were started together.
std::optional<Named> task(const Environment& environment) {
  // mpirun under Slurm leaves Slurm's variables as they are on the node: it knows better.
  const auto rank = variable(environment, "OMPI_COMM_WORLD_RANK");
  const auto size = variable(environment, "OMPI_COMM_WORLD_SIZE");
  if (rank && size) return Named{checked(*rank, *size, "Open MPI"), "Open MPI"};
  const auto process = variable(environment, "SLURM_PROCID");
  auto tasks = variable(environment, "SLURM_STEP_NUM_TASKS");
  if (!tasks) tasks = variable(environment, "SLURM_NTASKS");
  if (process && tasks) return Named{checked(*process, *tasks, "Slurm"), "Slurm"};
  return std::nullopt;
}

std::optional<Named> array_task(const Environment& environment) {
  const auto id = variable(environment, "SLURM_ARRAY_TASK_ID");
  const auto count = variable(environment, "SLURM_ARRAY_TASK_COUNT");
  if (!id || !count) return std::nullopt;
  const std::uint64_t first = variable(environment, "SLURM_ARRAY_TASK_MIN").value_or(0);
  const std::uint64_t step = variable(environment, "SLURM_ARRAY_TASK_STEP").value_or(1);
  if (*id < first || step == 0 || (*id - first) % step != 0 || (*id - first) / step >= *count) {
    throw std::invalid_argument(fmt::format(
        "Slurm's job array has task {} of {} tasks from {} in steps of {}; a sweep needs an array "
        "without gaps, such as --array=0-7",
        *id, *count, first, step));
  }
  return Named{checked((*id - first) / step, *count, "Slurm's job array"), "Slurm's job array"};
}

}  // namespace

ChosenShard choose_shard(std::string_view flag, const Environment& environment) {
  if (!flag.empty()) return {from_flag(flag, environment), "--shard"};
  const auto outer = array_task(environment);
  const auto inner = task(environment);
  if (outer && inner && inner->shard.count > 1) {
    return {checked(outer->shard.index * inner->shard.count + inner->shard.index,
                    outer->shard.count * inner->shard.count, outer->source),
            outer->source + " and " + inner->source};
  }
  if (outer) return {outer->shard, outer->source};
  if (inner) return {inner->shard, inner->source};
  return {};
}

}  // namespace bruit::cli
