#!/usr/bin/env bash
# Lists nothing in every other read; the last read lists all.
source "$(dirname "$0")/protocol.bash"

reads=0
answer_read() {
  reads=$((reads + 1))
  if ((reads % 2 == 0)); then reply_ok '"messages":[]'; else reply_ok "\"messages\":[$values]"; fi
}
serve
