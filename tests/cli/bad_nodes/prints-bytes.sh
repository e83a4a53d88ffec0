#!/usr/bin/env bash
# Prints what is not even text.
source "$(dirname "$0")/protocol.bash"

receive
printf '\xff\xfe\x00\x01"\n'
exec sleep 1000
