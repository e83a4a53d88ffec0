#!/usr/bin/env bash
# Closes its output and goes on.
source "$(dirname "$0")/protocol.bash"

start_up
echo "goodbye" >&2
exec sleep 1000 >&-
