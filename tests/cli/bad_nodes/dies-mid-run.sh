#!/usr/bin/env bash
# Is killed by a signal when the load begins.
source "$(dirname "$0")/protocol.bash"

start_up
receive
echo "about to fall" >&2
kill -SEGV $$
