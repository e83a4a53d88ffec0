#!/usr/bin/env bash
# Real processes of many kinds on the load of challenge 3d, each as the table of `bruit challenge`
# tells it: to be laid beside what Maelstrom finds for the same programs.
#
#     bench/spread.sh BIN      BIN: the build's bin folder; half a minute a row
#
# Rows whose limits are missed are meant to: the exit code says only whether all could be run.
set -euo pipefail

bin=${1:?usage: bench/spread.sh BIN}
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT

printf '%-24s %s\n' node 'challenge, nodes, valid, msgs/op between servers and in all, stable latency'
row() {
  local name=$1
  shift
  # 1: the limits of 3d were missed.
  { "$bin/bruit" challenge 3d --seed 1 --no-report --store "$store" "$@" 2>/dev/null || [[ $? -le 2 ]]; } |
    awk -v name="$name" '$1 == "3d" { printf "%-24s %s\n", name, $0 }'
}
for strategy in flood reliable-flood tree batched-tree rounds; do
  row "$strategy" --strategy "$strategy"
done
row 'example, 3b' --bin "$bin/simple-broadcast-3b"
row 'example, 3c' --bin "$bin/simple-broadcast-3c"
row 'example, 3e' --bin "$bin/simple-broadcast-3e"
row 'slow gossip' --bin "$bin/slow-node"
row 'chatty gossip' --bin "$bin/chatty-node"
