#!/usr/bin/env bash
# Leaves its third request without an answer.
source "$(dirname "$0")/protocol.bash"

start_up
values=
requests=0
while true; do
  receive
  [[ $line =~ \"message\":([0-9]+) ]] && values+=${values:+,}${BASH_REMATCH[1]}
  requests=$((requests + 1))
  if ((requests == 3)); then continue; fi
  if [[ $type == read ]]; then reply_ok "\"messages\":[$values]"; else reply_ok; fi
done
