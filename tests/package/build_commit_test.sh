#!/usr/bin/env bash
# The commit that a build names: of a clone, of a clone with changes, of an archive, and of sources without git.
#
#   build_commit_test.sh SOURCE_FOLDER CMAKE
set -euo pipefail

readonly source=$1 cmake=$2
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git=$(command -v git) || { echo 'git is not installed' >&2; exit 77; }
readonly git

# expect WHAT FOLDER COMMIT [GIT]
expect() {
  "$cmake" "-DGIT=${4-$git}" "-DSOURCE=$2" "-DOUTPUT=$work/commit.h" -P "$2/cmake/build_commit.cmake"
  if ! grep -qxF "#define BRUIT_COMMIT \"$3\"" "$work/commit.h"; then
    printf '%s: expected "%s", found:\n%s\n' "$1" "$3" "$(cat "$work/commit.h")" >&2
    exit 1
  fi
}

mkdir -p "$work/clone/cmake"
cp "$source/.gitattributes" "$work/clone"
cp "$source/cmake/build_commit.cmake" "$work/clone/cmake"
# As it is in a clone, even if this is an archive.
printf '$Format:%%H$\n' > "$work/clone/cmake/commit.txt"
in_clone() { git -C "$work/clone" -c user.name=Test -c user.email=test@localhost "$@"; }
in_clone init --quiet
in_clone add .
in_clone commit --quiet --message first
in_clone tag v9  # does not name a build
commit=$(in_clone rev-parse HEAD | cut -c 1-12)

expect 'a clone' "$work/clone" "$commit"
touch --date '2000-01-01' "$work/commit.h"
before=$(stat --format %Y "$work/commit.h")
expect 'the same again' "$work/clone" "$commit"
[[ $(stat --format %Y "$work/commit.h") == "$before" ]] || { echo 'the header was written again' >&2; exit 1; }
expect 'a clone without git' "$work/clone" unknown ''

mkdir "$work/archive"
in_clone archive HEAD | tar --extract --directory "$work/archive"
expect 'an archive' "$work/archive" "$commit" ''

mkdir "$work/clone/copy"
cp -r "$work/clone/cmake" "$work/clone/copy"
expect 'sources in a clone of something else' "$work/clone/copy" unknown

echo >> "$work/clone/cmake/build_commit.cmake"
expect 'a clone with a change' "$work/clone" "$commit.modified"
