#!/usr/bin/env bash
# Sends as somebody else.
source "$(dirname "$0")/protocol.bash"

start_up
send n1 n0 '"type":"gossip"'
exec sleep 1000
