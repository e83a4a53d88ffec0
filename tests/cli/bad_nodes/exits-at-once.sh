#!/usr/bin/env bash
# Ends before it has read anything.
source "$(dirname "$0")/protocol.bash"

echo "cannot open the database" >&2
exit 3
