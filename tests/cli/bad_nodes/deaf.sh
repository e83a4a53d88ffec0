#!/usr/bin/env bash
# Runs, but never reads its input.
source "$(dirname "$0")/protocol.bash"

echo "thinking" >&2
exec sleep 1000
