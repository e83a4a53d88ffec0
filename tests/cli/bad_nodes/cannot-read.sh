#!/usr/bin/env bash
# Answers reads with an error.
source "$(dirname "$0")/protocol.bash"

answer_read() {
  send "$dest" "$src" "\"type\":\"error\",\"in_reply_to\":$msg_id,\"code\":10,\"text\":\"read?\""
}
serve
