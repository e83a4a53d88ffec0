#!/usr/bin/env bash
# Good ids, but larger than 64 bits: as doubles they would all be the same.
source "$(dirname "$0")/protocol.bash"

receive
reply_ok
id=0
while receive; do
  printf -v number '1000000000000000000000%03d%06d' "${dest#n}" "$((id++))"
  reply_ok "\"id\":$number"
done
