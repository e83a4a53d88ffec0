#!/usr/bin/env bash
# Sends to a client that does not exist.
source "$(dirname "$0")/protocol.bash"

start_up
send "$dest" c99999 '"type":"gossip"'
exec sleep 1000
