#!/usr/bin/env bash
# Starts processes that run on, one of them in a session of its own.
# Their ids go to the file $BRUIT_TEST_PROCESSES.
source "$(dirname "$0")/protocol.bash"

sleep 1000 < /dev/null &> /dev/null &
echo $! >> "$BRUIT_TEST_PROCESSES"
(setsid sleep 2000 < /dev/null &> /dev/null & echo $! >> "$BRUIT_TEST_PROCESSES")
serve
