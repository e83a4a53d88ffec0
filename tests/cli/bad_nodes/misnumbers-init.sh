#!/usr/bin/env bash
# Answers init under the number of another request.
source "$(dirname "$0")/protocol.bash"

receive
send "$dest" "$src" '"type":"init_ok","in_reply_to":7'
exec sleep 1000
