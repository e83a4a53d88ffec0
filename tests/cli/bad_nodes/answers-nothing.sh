#!/usr/bin/env bash
# Sends an answer to a request that was never made, and one to none, before the right one.
source "$(dirname "$0")/protocol.bash"

answer_read() {
  send "$dest" "$src" '"type":"read_ok","in_reply_to":100000,"messages":[]'
  send "$dest" "$src" '"type":"hello"'
  reply_ok "\"messages\":[$values]"
}
serve
