#!/usr/bin/env bash
# Mistakes stderr for stdout.
source "$(dirname "$0")/protocol.bash"

receive
reply_ok >&2
exec sleep 1000
