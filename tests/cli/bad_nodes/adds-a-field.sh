#!/usr/bin/env bash
# Acknowledges with a field that is not in the protocol.
source "$(dirname "$0")/protocol.bash"

answer_broadcast() { reply_ok '"status":"stored"'; }
serve
