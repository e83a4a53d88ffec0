#!/usr/bin/env bash
# Reads back only the latest value.
source "$(dirname "$0")/protocol.bash"

start_up
latest=
while true; do
  receive
  if [[ $type == read ]]; then
    reply_ok "\"messages\":[$latest]"
  else
    [[ $line =~ \"message\":([0-9]+) ]]
    latest=${BASH_REMATCH[1]}
    reply_ok
  fi
done
