#!/usr/bin/env bash
# Acknowledges everything twice, init too.
source "$(dirname "$0")/protocol.bash"

answer_broadcast() {
  reply_ok
  reply_ok
}
receive
reply_ok
reply_ok
receive
reply_ok
start_up() { :; }
serve
