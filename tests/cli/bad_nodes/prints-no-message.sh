#!/usr/bin/env bash
# Prints JSON that is no message.
source "$(dirname "$0")/protocol.bash"

receive
echo '{"hello":"world"}'
exec sleep 1000
