#!/usr/bin/env bash
# Prints its messages without a line break.
source "$(dirname "$0")/protocol.bash"

receive
printf '{"src":"%s","dest":"%s","body":{"type":"init_ok","in_reply_to":1}}' "$dest" "$src"
exec sleep 1000
