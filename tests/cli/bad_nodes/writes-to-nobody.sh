#!/usr/bin/env bash
# Sends to a node that does not exist.
source "$(dirname "$0")/protocol.bash"

start_up
send "$dest" n99 '"type":"gossip"'
exec sleep 1000
