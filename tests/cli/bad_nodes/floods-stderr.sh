#!/usr/bin/env bash
# Writes 20 MB to stderr, most of it in one line, before it ends.
source "$(dirname "$0")/protocol.bash"

head --bytes=20000000 /dev/zero | tr "\\0" x >&2
printf "\nlast words\n" >&2
exit 1
