#!/usr/bin/env bash
# Sends other messages than the answer to init.
source "$(dirname "$0")/protocol.bash"

receive
send "$dest" n0 '"type":"hello"'
exec sleep 1000
