#!/usr/bin/env bash
# Answers reads with a type of its own.
source "$(dirname "$0")/protocol.bash"

answer_read() {
  send "$dest" "$src" "\"type\":\"read_reply\",\"in_reply_to\":$msg_id,\"messages\":[$values]"
}
serve
