#!/usr/bin/env bash
# Lists a value that nobody has broadcast.
source "$(dirname "$0")/protocol.bash"

answer_read() { reply_ok "\"messages\":[$values${values:+,}100000]"; }
serve
