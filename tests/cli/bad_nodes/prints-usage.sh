#!/usr/bin/env bash
# Takes itself for a command of its own: prints its usage and ends.
source "$(dirname "$0")/protocol.bash"

echo "usage: prints-usage [--help]"
exit 2
