#!/usr/bin/env bash
# Lists every value twice.
source "$(dirname "$0")/protocol.bash"

answer_read() { reply_ok "\"messages\":[$values${values:+,}$values]"; }
serve
