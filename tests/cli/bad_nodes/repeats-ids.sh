#!/usr/bin/env bash
# Gives the numbers 0 to 9 as ids, again and again.
source "$(dirname "$0")/protocol.bash"

receive
reply_ok
id=0
while receive; do
  reply_ok "\"id\":$((id++ % 10))"
done
