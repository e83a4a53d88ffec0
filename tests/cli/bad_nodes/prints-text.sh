#!/usr/bin/env bash
# Mistakes stdout for a log.
source "$(dirname "$0")/protocol.bash"

receive
echo "starting node $dest"
exec sleep 1000
