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

# Flags of commands: unknown, cut short, twice, without a value, with one too many, before and after their place.
bad "did you mean --format" keys --formt json
bad "--format has to be written in full" keys --form json
bad "--format is given twice" keys --format json --format csv
bad "--format needs a value" keys --format
bad "--format needs a value, and a flag follows" keys --format --filter x
bad "table, json, csv or ids" keys --format xml
bad "table, json, csv or ids" keys --format=
bad "--help takes no value" keys --help=yes
bad "there is no flag -F" keys -F
bad "--profile needs a value" keys --profile
bad "takes no argument" keys surplus
bad "takes no argument" keys "$long"
bad "takes no argument" keys -- --format json
bad "takes one key: its id" key
bad "takes one key: its id" key "$id" "$id"
bad "takes one key id" revoke --confirm x
bad "one profile" logout
bad "one profile" logout demo demo
for command in profiles info overview workspaces members; do
    bad "takes no argument" "$command" surplus
done

# Columns and filters, before a list is read.
bad 'no column "colour"' keys --columns colour
bad 'no column ""' keys --columns ''
bad 'no column ""' keys --columns "$(tr x , <<<"$long")"
bad 'no column' keys --sort colour
bad 'colour' keys --filter colour:red
bad 'no column' keys --columns $'\033[31m\xff'

# Ids that can never be one, or lead somewhere else.
for odd in '' $'a\nb' $'a\033[2J' $'\xff' "$long"; do
    bad "can be no key" key "$odd"
done
bad "small letters" key "${id^^}"
for odd in '' ../users/1 $'a\033[2J' "$long"; do
    bad "can be no key id" revoke "$odd" --confirm x
done

# Revoking: what vouches must be written out; a reason is written down as it is, or not at all.
bad "--i-know-this-is-not-my-key has to be written in full" revoke "$id" --confirm "$tail" --i-know
bad "--confirm SUFFIX is needed" revoke "$id" --reason x
bad "--confirm is given twice" revoke "$id" --confirm "$tail" --confirm "$tail"
bad "--confirm needs a value" revoke "$id" --confirm --dry-run
bad "--reason is longer" revoke "$id" --confirm "$tail" --reason "$long"
bad "--reason has a newline" revoke "$id" --confirm "$tail" --reason $'INC\n1'
bad "--reason is no UTF-8" revoke "$id" --confirm "$tail" --reason $'INC\xff'

# Making: the same.
bad "--kind is needed" create-key --name x --yes
bad "--kind is given twice" "${create[@]}" --kind workspace-user --yes
bad "--name needs a value, and a flag follows" create-key --kind workspace-service --name --yes
bad "--workspace is longer" create-key --kind workspace-service --workspace "$long" --name x --yes
bad "--workspace is no UTF-8" create-key --kind workspace-service --workspace $'\xff' --name x --yes
bad "--owner has a newline" create-key --kind workspace-user --owner $'a\nb' --name x --yes
bad "--name is longer" create-key --kind workspace-service --name "$long" --yes
bad "There is no scope" create-key --kind workspace-service --name x --scope '' --yes
bad "There is no scope" create-key --kind workspace-service --name x --scope $'\033]0;x\a' --yes
bad "Presets:" "${create[@]:0:7}" --preset nonsense --yes
bad "A rotation is weekly, monthly" "${create[@]}" --rotate daily --yes
bad "A rate limit reads" "${create[@]}" --rate-limit a:b --yes
bad "A budget reads" "${create[@]}" --budget 1e400 --yes

# Login: a key in the wrong place is not repeated, and nothing is typed for a name or an address that cannot be.
for wrong in --secret-key-9f8e7d -9f8e7d secret-key-9f8e7d --key=secret-key-9f8e7d --nokey=secret-key-9f8e7d; do
    run 2 login --name x "$wrong"
    case $wrong in
    --secret*) says "there is no flag" ;;
    *) hushes 9f8e7d ;;
    esac
done
bad "--name is needed" login
bad "name is made of" login --name ../x --base-url "$base_url"
bad "base URL is empty" login --name x --base-url ''
bad "https" login --name x --base-url http://portkey.example/v1
bad "--key is keyring, command, file or ask" login --name x --key wallet
bad "key_file is needed" login --name x --base-url "$base_url" --key file
bad "belongs to key" login --name x --base-url "$base_url" --key-file a --key-command b
bad "cannot be read" login --name x --base-url "$base_url" --key-file "$work/keys/first" --ca-file /nonexistent
bad "control character" login --name x --base-url "$base_url" --key-file "$work/keys/first" --tag $'a\nb'
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
