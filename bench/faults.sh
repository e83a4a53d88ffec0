#!/usr/bin/env bash
# What `rounds` costs, and how soon all nodes agree, under every fault: a table of many simulations.
#
#     bench/faults.sh BRUIT [SEEDS]       BRUIT: the program; SEEDS: A..B, 0..999 unless given
#
# A row is a challenge with one fault, and a run passes if it is valid and breaks no invariant. Also
# cmake --build build/release --target faults, which writes docs/faults.txt.
set -euo pipefail

bruit=${1:?usage: bench/faults.sh BRUIT [SEEDS]}
seeds=${2:-0..999}

# One row from the lines of `bruit sim --csv -`.
summarise() {
  awk -F, -v name="$1" '
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
    function figure(key) { return $column[key] }
    function add(key) {
      if (figure(key) == "") return
      sum[key] += figure(key); ++count[key]
      if (!(key in worst) || figure(key) + 0 > worst[key]) worst[key] = figure(key) + 0
    }
    function ms(key) { return key in worst ? sprintf("%.0f", worst[key]) : "-" }
    function mean(key) { return key in worst ? sprintf("%.0f", sum[key] / count[key]) : "-" }
    {
      ++runs; passed += figure("passed") == "true"; lost += figure("lost"); died += figure("died")
      add("msgs_per_op_servers"); add("propagation_0.5_ms"); add("propagation_1_ms")
      add("converged_after_last_heal_ms"); add("backlog_after_last_heal_ms")
      add("component_progress_ms"); add("silent_after_ms")
    }
    END {
      ratio = sum["msgs_per_op_servers"] / count["msgs_per_op_servers"]
      printf "%-30s %5d/%-5d %4d %6d %8.3f %7.2f %7s %7s %9s %9s %9s %9s %8s\n", name, passed, runs,
             lost, died, ratio, worst["msgs_per_op_servers"], mean("propagation_0.5_ms"),
             ms("propagation_1_ms"), ms("converged_after_last_heal_ms"),
             mean("backlog_after_last_heal_ms"), ms("backlog_after_last_heal_ms"),
             ms("component_progress_ms"), ms("silent_after_ms")
    }'
}

row() {
  local name=$1
  shift
  # Exit code 1: some runs did not pass, which the row tells.
  { "$bruit" sim --strategy rounds --seeds "$seeds" --csv - "$@" || [[ $? -le 2 ]]; } |
    summarise "$name"
}

# Failover may take a round, four hops and half a second; then values keep arriving.
declare -A grace=([3c]=1.1s [3d]=1.3s [3e]=2.5s)

echo "rounds under faults, seeds $seeds; times in milliseconds, of true propagation"
printf '%-30s %11s %4s %6s %8s %7s %7s %7s %9s %9s %9s %9s %8s\n' '' '' '' '' msgs/op msgs/op 'true 0.5' \
  'true 1' 'after' 'backlog' 'backlog' 'component' 'silent'
printf '%-30s %11s %4s %6s %8s %7s %7s %7s %9s %9s %9s %9s %8s\n' 'challenge and fault' passed lost died \
  mean worst mean worst 'heal' mean worst worst worst
row '3b' --challenge 3b
row '3d' --challenge 3d
row '3e' --challenge 3e
row '3b, ideal network' --challenge 3b --network ideal
row '3d, ideal network' --challenge 3d --network ideal
row '3e, ideal network' --challenge 3e --network ideal
row '3d, 105 ms' --challenge 3d --max-latency 105ms --median-latency 105ms
for challenge in 3c 3d 3e; do
  for shape in one minority-third majority majorities-ring; do
    row "$challenge, $shape" --challenge "$challenge" --nemesis partition --nemesis-shape "$shape" \
      --failover-grace "${grace[$challenge]}"
  done
done
for fault in oneway loss=0.01 loss=0.05 loss=0.2 duplicate=0.1 reorder latency-jump pause kill drift \
  chaos; do
  for challenge in 3b 3d 3e; do
    row "$challenge, $fault" --challenge "$challenge" --faults "$fault" \
      --failover-grace "${grace[${challenge/3b/3c}]}"
  done
done
for challenge in 3d 3e; do
  row "$challenge, exponential" --challenge "$challenge" --latency-dist exponential
  row "$challenge, uniform" --challenge "$challenge" --latency-dist uniform
  row "$challenge, 20 -> 200 ms" --challenge "$challenge" --latency 20 --faults latency-jump
done

# Noise: what machines do.
for challenge in 3d 3e; do
  for noise in jitter start-noise stall=300ms stall=1s stall-node=1s; do
    row "$challenge, $noise" --challenge "$challenge" --network ideal --faults "$noise"
  done
done

# Quiet clusters, in which no traffic repairs what a protocol forgot, and several restarts at once.
for challenge in 3b 3d 3e; do
  for rate in '' 1 0.2; do
    at=${rate:+--rate $rate}
    # shellcheck disable=SC2086  # a flag and its value, or nothing
    row "$challenge, kills each second${rate:+, rate $rate}" --challenge "$challenge" $at \
      --nemesis kill --nemesis-interval 1
  done
  row "$challenge, chaos, rate 1" --challenge "$challenge" --rate 1 --faults chaos
done
for nodes in 2 3 100; do
  row "3d, $nodes nodes, chaos" --challenge 3d --node-count "$nodes" --concurrency "$nodes" \
    --faults chaos
done

# Halves that cannot reach each other for long. Each has one value for the other, and is silent.
schedule=$(mktemp)
trap 'rm -f "$schedule"' EXIT
for nodes in 5 25 100; do
  for seconds in 20 60 200 3600; do
    half=$((nodes / 2))
    halves="$(seq -f n%.0f -s, 0 $((half - 1))) <-> $(seq -f n%.0f -s, $half $((nodes - 1)))"
    cat > "$schedule" << END
scenario 1
5s            cut $halves
$((5 + seconds))s  mend $halves
1s            client 0 broadcast
6s            client 1 broadcast
7s            client $((nodes - 1)) broadcast
END
    row "$nodes nodes, halves cut for $seconds s" --node-count "$nodes" --concurrency "$nodes" \
      --latency 100 --network ideal --time-limit "$((seconds + 30))" --schedule "$schedule"
  done
done
