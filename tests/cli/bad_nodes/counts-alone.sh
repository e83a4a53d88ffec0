#!/usr/bin/env bash
# A counter that no other node hears of.
source "$(dirname "$0")/protocol.bash"

receive
reply_ok
total=0
while receive; do
  if [[ $type == read ]]; then
    reply_ok "\"value\":$total"
  else
    [[ $line =~ \"delta\":(-?[0-9]+) ]]
    ((total += BASH_REMATCH[1])) || true
    reply_ok
  fi
done
