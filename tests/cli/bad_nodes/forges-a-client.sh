#!/usr/bin/env bash
# Sends as a client, whose messages have no latency and count for nothing.
source "$(dirname "$0")/protocol.bash"

start_up
send "$src" n0 '"type":"gossip"'
exec sleep 1000
