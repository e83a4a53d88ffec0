#!/usr/bin/env bash
# Holds its output back until its input ends, as a program does that does not flush.
source "$(dirname "$0")/protocol.bash"

held=
while IFS= read -r line; do
  [[ $line =~ \"dest\":\"([^\"]*)\" ]]
  held+="{\"src\":\"${BASH_REMATCH[1]}\",\"dest\":\"c0\",\"body\":{\"type\":\"init_ok\",\"in_reply_to\":1}}"$'\n'
done
printf '%s' "$held"
