#!/usr/bin/env bash
# Acknowledges everything and reads nothing back.
source "$(dirname "$0")/protocol.bash"

while true; do
  receive
  if [[ $type == read ]]; then reply_ok '"messages":[]'; else reply_ok; fi
done
