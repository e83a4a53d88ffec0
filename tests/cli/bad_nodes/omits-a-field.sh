#!/usr/bin/env bash
# Answers reads without the field that they are for.
source "$(dirname "$0")/protocol.bash"

answer_read() { reply_ok "\"values\":[$values]"; }
serve
