#!/bin/bash
# Bad input anywhere: one sentence, the right code, nothing on stdout, nothing sent, nothing written.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
run 0 keys --format json
read -r id mask <<<"$(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0] | .id + " " + .key' "$out")"
tail=${mask##*\*}
run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
create=(create-key --kind workspace-service --workspace "$slug" --name probe --preset inference)
count() { api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total; }
before=$(count)
long=$(head -c 100000 /dev/zero | tr '\0' x)

# From here on the server stands still: what is wrong in the input is told without it.
kill -STOP "${sandboxes[0]}"
# bad TEXT ARGUMENTS: a usage error that says TEXT.
bad() {
    local text=$1
    shift
    run 2 "$@"
    says "$text"
    same "$(wc -c <"$out")" 0
    [ "$(wc -c <"$err")" -lt 1500 ] || fail "a sentence of $(wc -c <"$err") bytes"
    ! grep -q $'\033' "$err" || fail "an escape on stderr"
}

# The program's own flags, and commands that are nearly one.
bad "Did you mean keys?" keyz
bad "Did you mean workspaces?" worksapces
bad "Did you mean create-key?" create_key
bad "there is no such command" xyzzy
bad "there is no such command" ""
bad "there is no such command" "$long"
bad "there is no such command" $'a\033[31m\xff'
bad "did you mean --profile" --profle x keys
bad "--profile has to be written in full" --prof x keys
bad "--profile is given twice" --profile demo --profile demo keys
bad "--profile needs a value" --profile
bad "there is no flag -x" -x
bad "2026-05-03" --now yesterday keys
bad "not for a command" --script x keys
bad "no profile" --profile nobody keys
bad "name is made of" --profile ../demo keys
bad "needs a name" --profile "" keys

# What a command makes of its own flags is tried in one process (tests/app/flags.c); here it is one of each.
bad "did you mean --format" keys --formt json
bad "takes no argument" keys "$long"
bad 'no column' keys --columns "$(tr x , <<<"$long")"
bad "can be no key" key "$long"
bad "can be no key id" revoke ../users/1 --confirm x
bad "--reason is longer" revoke "$id" --confirm "$tail" --reason "$long"
bad "--kind is given twice" "${create[@]}" --kind workspace-user --yes
run 2 login --name x --secret-key-9f8e7d
says "there is no flag"
bad "takes no argument; a key is typed" login --name x secret-key-9f8e7d
hushes 9f8e7d
bad "cannot be read" login --name x --base-url "$base_url" --key-file "$work/keys/first" --ca-file /nonexistent
kill -CONT "${sandboxes[0]}"
same "$(count)" "$before"
[ ! -e "$state/journal.jsonl" ] || fail "something was written down as sent"
same "$(ls "$profiles")" demo.ini

# -- and what is odd, but good --
run 0 -- keys --format=JSON
json .complete
run 0 key -- "$id"
run 0 key "$id" --format json --
run 0 keys --sort -name
run 0 keys --sort=-name
run 0 keys --filter ''
run 1 keys --workspace ''
run 1 key nosuch # a server of another version may have such ids: it is asked
says "no key has the name"
run 0 create-key --kind workspace-service --workspace "$slug" --name=--yes --preset inference --dry-run
prints '"name": "--yes"'

# -- an environment that lacks things --
key=$(cat "$work/keys/first")
for lack in HOME TERM LC_ALL; do
    code=0
    env -u "$lack" PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$base_url" "$bin/portcullis" --now "$now" keys --format json \
        >"$out" 2>"$err" || code=$?
    [ "$code" = 0 ] || fail "keys without $lack ended with $code"
    json .complete
done
# A state folder that cannot be written: reading goes on, nothing is written to the server.
for arguments in "keys" "overview" "key $id"; do
    # shellcheck disable=SC2086
    XDG_STATE_HOME=/proc/nowhere run 0 $arguments
done
XDG_STATE_HOME=/proc/nowhere run 1 --log keys
says "/proc/nowhere"
XDG_STATE_HOME=/proc/nowhere run 1 "${create[@]}" --yes
says "/proc/nowhere"
XDG_STATE_HOME=/proc/nowhere run 1 revoke "$id" --confirm "$tail"
says "/proc/nowhere"
same "$(count)" "$before"
XDG_CONFIG_HOME=/proc/nowhere run 1 login --name x --base-url "$base_url" --key-file "$work/keys/first"
XDG_CONFIG_HOME=/proc/nowhere run 4 keys

# The log cuts out a key that looks like none, wherever it stands: here it is the name of a host, too.
export PORTKEY_API_KEY=odd-looking.key PORTKEY_BASE_URL=https://odd-looking.key.localhost:1/v1
code=0
"$bin/portcullis" --now "$now" --log keys >"$out" 2>"$err" || code=$?
[ "$code" = 5 ] || fail "a key that is a host ended with $code"
grep -q 'http' "$state/portcullis.log" || fail "there is no address in the log"
! grep -q 'odd-looking' "$state/portcullis.log" || fail "the key is in the log"
