# What the bad nodes of this folder share: enough of the protocol to get into a test. Sourced.
#
# After `receive`: $line, and its $src, $dest, $type and $msg_id.

receive() {
  IFS= read -r line || exit 0
  field src
  src=$value
  field dest
  dest=$value
  field type
  type=$value
  [[ $line =~ \"msg_id\":([0-9]+) ]]
  msg_id=${BASH_REMATCH[1]}
}

field() {
  [[ $line =~ \"$1\":\"([^\"]*)\" ]]
  value=${BASH_REMATCH[1]}
}

# send FROM TO MEMBERS-OF-THE-BODY
send() {
  printf '{"src":"%s","dest":"%s","body":{%s}}\n' "$1" "$2" "$3"
}

# Answers with "<type>_ok" and these further members of the body.
reply_ok() {
  send "$dest" "$src" "\"type\":\"${type}_ok\",\"in_reply_to\":$msg_id${1:+,$1}"
}

# Behaves well until the topology has been answered.
start_up() {
  receive
  reply_ok
  receive
  reply_ok
}

# Answers every request as a single broadcast node should, but for what the script defines anew:
# `answer_read` and `answer_broadcast`. $values are those broadcast so far, with commas between.
values=
answer_read() { reply_ok "\"messages\":[$values]"; }
answer_broadcast() { reply_ok; }

serve() {
  start_up
  while true; do
    receive
    if [[ $type == read ]]; then
      answer_read
    else
      [[ $line =~ \"message\":([0-9]+) ]]
      values+=${values:+,}${BASH_REMATCH[1]}
      answer_broadcast
    fi
  done
}
