#!/usr/bin/env bash
# Rooms: holds every #include below a source folder against what the READMEs there allow.
#
#   rooms.sh SOURCE_FOLDER EXCEPTIONS
#
# A folder with a README.md is a room, and a file belongs to the nearest room above it. The README's line
# "May use: core, workbench/basics." names the rooms that its files may include, "nothing" if none. No room may
# use one that uses it, straight or through others. A line of EXCEPTIONS is an #include that breaks the rule
# today: "FILE -> FILE"; one that is not needed any more is an error, so that the list only gets shorter.
# Below SOURCE_FOLDER no folder has more than 25 sources side by side, a .h and its .cpp counted as one.
set -euo pipefail

readonly most_side_by_side=25
readonly source=${1%/} exceptions=$2
prefix=$(basename "$source")  # of every #include of ours
readonly prefix

failures=0
fail() {
  printf '%s\n' "$1" >&2
  failures=$((failures + 1))
}

# rooms["core"]="", rooms["maelstrom"]="core", ...
declare -A rooms=()
while IFS= read -r readme; do
  room=$(dirname "${readme#"$source/"}")
  if ! line=$(grep -E '^May use: .+\.$' "$readme"); then
    fail "$readme: expected a line \"May use: ROOM, ROOM.\" or \"May use: nothing.\""
    line='May use: nothing.'
  fi
  line=${line#May use: }
  line=${line%.}
  rooms[$room]=${line//,/}
  [[ ${rooms[$room]} != nothing ]] || rooms[$room]=''
done < <(find "$source" -name README.md | sort)

for room in "${!rooms[@]}"; do
  for used in ${rooms[$room]}; do
    [[ -v rooms[$used] ]] || fail "$source/$room/README.md: no room is called $used"
  done
done

# Each room after all that it may use.
if ! loop=$(for room in "${!rooms[@]}"; do
  for used in ${rooms[$room]}; do echo "$used $room"; done
done | tsort 2>&1 > /dev/null); then
  fail "READMEs allow a circle: $(sed '1d; /contains a loop/,$d; s/^tsort: //' <<< "$loop" | tr '\n' ' ')"
fi

# room_of FILE_OR_FOLDER: sets `room` to the nearest one.
room_of() {
  room=$1
  while [[ $room == */* && ! -v rooms[$room] ]]; do room=${room%/*}; done
  [[ -v rooms[$room] ]]
}

declare -A excepted=()
while read -r from arrow to; do
  if [[ -z $from || $from == '#'* ]]; then continue; fi
  if [[ $arrow != '->' || -z $to ]]; then fail "$exceptions: expected \"FILE -> FILE\", not \"$from $arrow $to\""; fi
  excepted["$from -> $to"]=unused
done < "$exceptions"

while IFS=: read -r file number line; do
  file=${file#"$source/"}
  included=${line#*\""$prefix"/}
  included=${included%%\"*}
  if ! room_of "$file"; then
    fail "$source/$file: no README.md says whose room this is"
    continue
  fi
  user=$room
  if ! room_of "$included"; then
    fail "$source/$file:$number: $included stands in no room"
    continue
  fi
  if [[ $room == "$user" || " ${rooms[$user]} " == *" $room "* ]]; then continue; fi
  if [[ -v excepted["$file -> $included"] ]]; then
    excepted["$file -> $included"]=used
    continue
  fi
  fail "$source/$file:$number: $user may not use $room ($source/$user/README.md says what it may)"
done < <(grep -rnE "^#include \"$prefix/" --include='*.h' --include='*.cpp' "$source")

for exception in "${!excepted[@]}"; do
  [[ ${excepted[$exception]} == used ]] || fail "$exceptions: \"$exception\" is no exception any more; take it out"
done

while read -r count folder; do
  ((count <= most_side_by_side)) ||
    fail "$folder: $count sources side by side; more than $most_side_by_side are not one room"
done < <(find "$source" -name '*.h' -o -name '*.cpp' | sed 's/\.[a-z]*$//' | sort -u | xargs -n 1 dirname | sort | uniq -c)

if ((failures > 0)); then
  printf '%s: %d things are wrong\n' "$(basename "$0")" "$failures" >&2
  exit 1
fi
printf '%d rooms, %d exceptions\n' "${#rooms[@]}" "${#excepted[@]}"
