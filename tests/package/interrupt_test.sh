#!/usr/bin/env bash
# Ctrl-C while a step of the set-up runs: the command ends with 130, however the step's program takes it.
#
#   interrupt_test.sh SOURCE_FOLDER
set -euo pipefail -m  # -m: the command gets a process group, as at a terminal

readonly source=$1
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT
mkfifo "$work/begun"

cat > "$work/command" << 'END'
set -euo pipefail
root=$1
source "$2/scripts/setup.bash"
set_up() {
  logged_step doing done "$root/build/step.log" bash -c "$3" step "$root/begun" || exit "$exit_not_started"
}
one_at_a_time set_up "$@"
END

# expect HOW PROGRAM
expect() {
  local status=0
  bash "$work/command" "$work" "$source" "$2" 2> "$work/said" &
  local command=$!
  read -r < "$work/begun"
  kill -INT -- "-$command"
  wait "$command" || status=$?
  if ((status != 130)); then
    printf 'a program that %s: expected 130, found %d, and was told:\n%s\n' "$1" "$status" "$(cat "$work/said")" >&2
    exit 1
  fi
}

expect 'dies' 'echo > "$1"; sleep 60'
expect 'fails' 'trap "exit 2" INT; echo > "$1"; sleep 60'
expect 'succeeds' 'trap "exit 0" INT; echo > "$1"; sleep 60'
