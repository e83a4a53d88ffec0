// Which part of a sweep this process does: said by a flag, or by what started many of them.
//
//   --shard 2/8         the third of eight, counted from 0
//   --shard /8          one of eight; which one, GNU parallel says (PARALLEL_SEQ, from 1)
//   Open MPI            OMPI_COMM_WORLD_RANK of OMPI_COMM_WORLD_SIZE
//   Slurm, srun         SLURM_PROCID of SLURM_STEP_NUM_TASKS, or SLURM_NTASKS if that is not set
//   Slurm, job array    SLURM_ARRAY_TASK_ID of SLURM_ARRAY_TASK_COUNT, from SLURM_ARRAY_TASK_MIN in
//                       steps of SLURM_ARRAY_TASK_STEP
//
// A flag wins over the environment. A job array of srun or mpirun jobs is split by both.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "bruit/workbench/sweep/sweep.h"

namespace bruit::cli {

inline constexpr std::uint64_t most_shards = 1'000'000;

// The value of an environment variable; null if it is not set. std::getenv has this type.
using Environment = std::function<const char*(const char* name)>;

struct ChosenShard {
  workbench::Shard shard;
  std::string source;  // for people: "--shard", "Open MPI", ...; empty if nothing chose one
};

// `flag` is the value of --shard, empty if it was not given. Throws std::invalid_argument, which
// names the flag or the variable, if one of them makes no sense.
ChosenShard choose_shard(std::string_view flag, const Environment& environment);

}  // namespace bruit::cli
