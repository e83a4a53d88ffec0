#!/usr/bin/env bash
# Acknowledges the first value after six seconds, when its client has gone.
source "$(dirname "$0")/protocol.bash"

answer_broadcast() {
  if [[ $values == *,* ]]; then
    reply_ok
  else
    (sleep 6 && reply_ok) &
  fi
}
serve
