#!/usr/bin/env bash
# Takes its time with every answer, as a node does that waits for others first.
source "$(dirname "$0")/protocol.bash"

answer_read() {
  sleep 0.2
  reply_ok "\"messages\":[$values]"
}
answer_broadcast() {
  sleep 0.3
  reply_ok
}
serve
