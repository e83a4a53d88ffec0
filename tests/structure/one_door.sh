#!/usr/bin/env bash
# One door: nothing below SOURCE_FOLDER parses JSON but maelstrom/json.cpp, since Boost's own way from text
# to value changes numbers (docs/decisions/0011-one-door-for-json.md).
#
#   one_door.sh SOURCE_FOLDER
set -euo pipefail

readonly source=${1%/}
if found=$(grep -rnE 'json::(stream_)?pars(e|er)\b|parse_into|basic_parser|boost/json/(parse|stream_parser|parser|basic_parser)' \
  --include='*.h' --include='*.cpp' "$source" | grep -v "^$source/maelstrom/json\.cpp:"); then
  printf '%s\n' "$found" >&2
  printf '%s: JSON comes in through bruit/maelstrom/json.h\n' "$(basename "$0")" >&2
  exit 1
fi
