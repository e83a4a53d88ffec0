#!/usr/bin/env bash
# A node that works, and writes to stderr as fast as it can.
source "$(dirname "$0")/protocol.bash"

yes "chatter chatter chatter" | head --lines=200000 >&2 &
start_up
while true; do
  receive
  if [[ $type == read ]]; then reply_ok '"messages":[]'; else reply_ok; fi
done
