#!/usr/bin/env bash
# Answers init with an error.
source "$(dirname "$0")/protocol.bash"

receive
send "$dest" "$src" '"type":"error","in_reply_to":1,"code":13,"text":"no"'
exec sleep 1000
