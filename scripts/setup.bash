# Set-up shared by ./run and ./check: install what is missing, configure, build.
#
# To be sourced by bash with the repository's root in $root. Everything said goes to standard error,
# one line a step; the long output of each step goes to a log below build/, and its end is shown when
# the step fails. Nothing here asks a question, except sudo for a password at a terminal.

# Exit codes are those of `bruit`: 254 for bad arguments, 255 when the job could not be started. 130 is that of
# shells for what Ctrl-C has ended.
readonly exit_bad_arguments=254
readonly exit_not_started=255
readonly exit_interrupted=130

# Ctrl-C ends a step in ways of its own (ninja fails, cmake dies): whatever the step says, this is what the command
# says. What it becomes by exec ends as that does.
trap 'exit "$exit_interrupted"' INT

# Package lists older than this are fetched again before anything is installed: the mirror drops the
# files of a package as soon as an update replaces it.
readonly package_lists_age_minutes_max=$((24 * 60))

# A compile job of Boost-heavy code takes up to about this much memory.
readonly memory_per_job_kib=$((1024 * 1024))

say() {
  printf 'bruit: %s\n' "$*" >&2
}

fail() {
  say "$@"
  exit "$exit_not_started"
}

fail_arguments() {
  say "$@"
  exit "$exit_bad_arguments"
}

# --- one step with its log --------------------------------------------------------------------------

# logged_step DOING DONE LOG COMMAND...: runs COMMAND with its output in LOG, showing only how far it
# is (ninja's "[12/80]" counter, where there is one) and how long it has taken. Returns COMMAND's status.
logged_step() {
  local doing=$1 done_message=$2 log=$3
  shift 3
  local started=$SECONDS status=0
  "$@" 2>&1 < /dev/null | show_progress "$doing" "$log" || status=$?
  local took=$((SECONDS - started))
  if ((status != 0)); then
    say "$doing failed after $took s. The end of ${log#"$root"/}:"
    tail -n 60 "$log" >&2
  elif ((took > 1)); then
    say "$done_message in $took s (log: ${log#"$root"/})"
  fi
  return "$status"
}

# Copies standard input to a log. At a terminal one line shows the progress and is wiped at the end;
# elsewhere (a CI log) a line is printed at the start and then every half minute.
show_progress() {
  local doing=$1 log=$2
  local started=$SECONDS said=-1 line='' rest='' step='' read_status
  : > "$log"
  while true; do
    read_status=0
    IFS= read -r -t 1 rest || read_status=$?
    line+=$rest
    if ((read_status == 0)); then
      printf '%s\n' "$line" >> "$log"
      [[ $line =~ ^\[[0-9]+/[0-9]+\] ]] && step=" ${BASH_REMATCH[0]}"
      line=''
    elif ((read_status <= 128)); then
      printf '%s' "$line" >> "$log"  # the end of the input; above 128 only the second is over
      break
    fi
    local elapsed=$((SECONDS - started))
    if [[ -t 2 ]]; then
      ((elapsed > 0)) && printf '\r\033[Kbruit: %s%s, %d s' "$doing" "$step" "$elapsed" >&2
    elif ((said < 0 && elapsed > 0)); then
      say "$doing"
      said=$elapsed
    elif ((said > 0 && elapsed - said >= 30)); then
      say "$doing$step, $elapsed s"
      said=$elapsed
    fi
  done
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# --- packages ---------------------------------------------------------------------------------------

# package_lines PURPOSE...: the lines of scripts/packages for these purposes, as "names|description".
package_lines() {
  local purposes=" $* " purpose names description
  while IFS='|' read -r purpose names description; do
    purpose=${purpose// /}
    [[ -z $purpose || $purpose == '#'* || $purposes != *" $purpose "* ]] && continue
    printf '%s|%s\n' "${names// /}" "${description# }"
  done < "$root/scripts/packages"
}

# missing_packages PURPOSE...: of those lines the names of which no alternative is installed.
missing_packages() {
  local choices=() choice description
  while IFS='|' read -r choice description; do
    choices+=("$choice")
  done < <(package_lines "$@")
  local names=() name installed
  read -r -a names <<< "${choices[*]//\// }"
  # dpkg-query prints what it knows and fails for what it does not; its failure says nothing new.
  installed=$(dpkg-query --show --showformat '${db:Status-Abbrev}${Package}\n' "${names[@]}" 2> /dev/null |
    sed -n 's/^.i *//p' || true)
  for choice in "${choices[@]}"; do
    for name in ${choice//\// }; do
      grep -qxF -- "$name" <<< "$installed" && continue 2
    done
    printf '%s\n' "$choice"
  done
}

has_debian_packages() {
  command -v dpkg-query > /dev/null && command -v apt-get > /dev/null
}

# as_root COMMAND...: COMMAND as root, through sudo where needed. At a terminal sudo may ask for a
# password; elsewhere it must not.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo --non-interactive "$@"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    apt-get --quiet --yes --option DPkg::Lock::Timeout=300 "$@"
}

package_lists_are_fresh() {
  local lists=/var/lib/apt/lists
  compgen -G "$lists/*_Packages*" > /dev/null &&
    [[ -n $(find "$lists" -maxdepth 1 -mmin "-$package_lists_age_minutes_max" -print -quit) ]]
}

update_package_lists() {
  logged_step 'fetching the package lists' 'package lists fetched' "$root/build/package-lists.log" \
    apt_get update
}

# offered_package NAMES: the first of "a/b/c" that apt can install, or nothing.
offered_package() {
  local name
  for name in ${1//\// }; do
    if [[ $(LC_ALL=C apt-cache policy -- "$name" 2> /dev/null) =~ Candidate:\ [^\(] ]]; then
      printf '%s\n' "$name"
      return
    fi
  done
}

# install_packages PURPOSE...: installs what is missing. Calls nothing but dpkg-query if nothing is.
# With BRUIT_INSTALL=no it never installs and leaves it to the build to find what it needs.
install_packages() {
  [[ ${BRUIT_INSTALL:-yes} == no ]] && return
  if ! has_debian_packages; then
    look_for_tools "$@"
    return
  fi
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) && return

  if ((EUID != 0)); then
    command -v sudo > /dev/null ||
      fail_with_packages 'you are neither root nor is there sudo' "${missing[@]%%/*}"
    # Ask for the password now, before a progress line is on the terminal.
    as_root true || fail_with_packages 'sudo refused' "${missing[@]%%/*}"
  fi

  if ! package_lists_are_fresh && ! update_package_lists; then
    say 'going on with the package lists that are there'
  fi

  local names name packages=()
  for names in "${missing[@]}"; do
    name=$(offered_package "$names")
    if [[ -z $name ]]; then
      fail "no package source of this system offers ${names//\// or }. bruit is built on Debian 12;" \
        "elsewhere install the following by hand and set BRUIT_INSTALL=no:$(needed_things "$@")"
    fi
    packages+=("$name")
  done

  say "installing ${#packages[@]} Debian packages and what they need: ${packages[*]}"
  # --no-remove: never take away what somebody else put there (Debian lets only one Boost be installed).
  if ! logged_step 'installing packages' 'packages installed' "$root/build/packages.log" \
    apt_get install --no-install-recommends --no-remove "${packages[@]}"; then
    fail_with_packages 'apt-get could not install them' "${packages[@]}"
  fi
}

# fail_with_packages REASON PACKAGE...
fail_with_packages() {
  local reason=$1
  shift
  say "packages are missing, and $reason. To install them by hand, as root:"
  printf '    apt-get install --no-install-recommends %s\n' "$*" >&2
  exit "$exit_not_started"
}

# needed_things PURPOSE...: a list for people whose system has no Debian packages.
needed_things() {
  local names description
  while IFS='|' read -r names description; do
    printf '\n  * %s' "$description"
  done < <(package_lines "$@")
}

# look_for_tools PURPOSE...: without Debian's package manager: checks for the tools; the libraries are
# looked for by cmake.
look_for_tools() {
  local missing=()
  command -v cmake > /dev/null || missing+=(cmake)
  command -v ninja > /dev/null || missing+=(ninja)
  command -v "${CXX:-c++}" > /dev/null || missing+=("a C++ compiler (${CXX:-c++})")
  if ((${#missing[@]} > 0)); then
    local list
    list=$(printf ', %s' "${missing[@]}")
    fail "not found: ${list#, }. This system has no Debian packages, so please install by hand:$(needed_things "$@")"
  fi
}

# --- configure and build ----------------------------------------------------------------------------

# parallel_jobs: one for each core, fewer where memory is short.
parallel_jobs() {
  local cores memory_kib jobs
  cores=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)
  command -v nproc > /dev/null && cores=$(nproc)
  jobs=$cores
  if [[ -r /proc/meminfo ]]; then
    memory_kib=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
    if [[ -n $memory_kib ]] && ((memory_kib / memory_per_job_kib < jobs)); then
      jobs=$((memory_kib / memory_per_job_kib))
    fi
  fi
  printf '%d\n' "$((jobs > 0 ? jobs : 1))"
}

# configure PRESET CMAKE-OPTIONS...
configure() {
  local preset=$1
  shift
  local build="$root/build/$preset"
  mkdir -p "$build" 2> /dev/null || true
  [[ -w $build ]] || fail "cannot write to $build. If root made it, remove it or give it to your user."
  # Presets are looked up in the current directory.
  if ! (cd "$root" && logged_step 'configuring' 'configured' "$build/configure.log" cmake --preset "$preset" "$@"); then
    if ! has_debian_packages || [[ ${BRUIT_INSTALL:-yes} == no ]]; then
      say "bruit needs:$(needed_things build test)"
    fi
    exit "$exit_not_started"
  fi
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  local build="$root/build/$preset"
  NINJA_STATUS='[%f/%t] ' logged_step 'building' 'built' "$build/build.log" \
    cmake --build "$build" --parallel "$(parallel_jobs)" --target "$@" || exit "$exit_not_started"
}

# one_at_a_time COMMAND...: two set-ups at once in one clone (./run and ./check) wait for each other.
# COMMAND runs in a subshell.
one_at_a_time() {
  mkdir -p "$root/build" 2> /dev/null || true
  [[ -w $root/build ]] || fail "cannot write to $root/build. If root made it, remove it or give it to your user."
  (
    if command -v flock > /dev/null; then
      flock --nonblock 9 || {
        say 'waiting for another ./run or ./check in this clone to finish its set-up'
        flock 9
      }
    fi
    "$@" 9>&-
  ) 9> "$root/build/set-up.lock"
}
