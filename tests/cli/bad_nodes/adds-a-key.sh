#!/usr/bin/env bash
# Adds a key beside src, dest and body.
source "$(dirname "$0")/protocol.bash"

receive
printf '{"src":"%s","dest":"%s","time":1,"body":{"type":"init_ok","in_reply_to":1}}\n' "$dest" "$src"
exec sleep 1000
