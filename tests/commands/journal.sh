#!/bin/bash
# What an earlier run left open in the journal. Its end is told only when it is seen, or when it is
# too old to come by the server's own clock; never of another organisation, and never while its
# writer lives. The waits of the program are hurried.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20
outcomes() { jq -rs --arg act "$1" '(map(select(.act == $act)) | map(.id)) as $ids | [.[] | select(.kind == "outcome") | select(.intent as $i | $ids | index($i)) | .result] | join(" ")' "$state/journal.jsonl"; }
# stops_at POINT ARGUMENTS: runs it until it stops itself there; $writer is its number.
stops_at() {
    PORTCULLIS_TEST_STOP=$1 "$bin/portcullis" --now "$now" "${@:2}" >"$work/seen/writer" 2>&1 &
    writer=$!
    until_true stopped "$writer"
}
dies() {
    kill -9 "$writer"
    wait "$writer" 2>/dev/null
}
fresh() { # a server and an empty journal
    rm -rf "$state"
    sandbox
    profile demo "$work/keys/first"
}
pending() { run "$1" pending --format json; }

fresh
run 0 keys --format json
read -r id mask name <<<"$(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0] | .id + " " + .key + " " + .name' "$out")"
revoke=(revoke "$id" --confirm "${mask##*\*}")

# -- a revocation that was not sent: it still works, whatever the clocks say, and that is said until
# it is revoked again --
stops_at after-intent "${revoke[@]}"
pending 6
json '.items[0] | .state == "running" and .target == "'"$id"'" and .act == "revoke-key" and .organisation_id != null'
intent=$(jq -r '.items[0].intent' "$out")
run 0 keys
hushes "$id"
run 1 settle "$intent" --as "done" --reason INC-2210
says "Its writer is still at work on it"
dies
pending 6
json '.items[0].state == "sent"'
for clock in 2026-11-24T02:37:10Z "$now" 2026-11-24T02:57:10Z; do
    run 0 --now "$clock" keys
    says "The key \"$name\" ($mask $id) still works. Revoke it again."
    hushes "not known"
done
later 600
run 0 keys
says "Revoke it again."
same "$(outcomes revoke-key)" ""
# What a look has seen is told without one too, and written down once.
pending 6
json '.items[0].state == "there"'
says "The key \"$name\" ($mask $id) still worked when it was last seen at 2026-11-24 02:47Z. Revoke it again."
found=$(grep -c '"kind":"found"' "$state/journal.jsonl")
run 0 keys
same "$(grep -c '"kind":"found"' "$state/journal.jsonl")" "$found"
# A server that is gone: one look, with its cause, and what was seen stands.
base=$base_url
base_url=http://127.0.0.1:9/v1 profile demo "$work/keys/first"
from=$SECONDS
run 6 pending --look
[ $((SECONDS - from)) -le 25 ] || fail "it looked for $((SECONDS - from)) s"
same "$(grep -c 'could not be looked for' "$err")" 1
says "It could not be looked for: "
hushes "There was no time"
base_url=$base profile demo "$work/keys/first"
pending 6
says "still worked when it was last seen"

# -- another organisation behind the same profile: nothing is said or settled --
profile demo "$work/keys/second"
run 3 keys # it may not list all
hushes "$id"
same "$(outcomes revoke-key)" ""
pending 6
profile demo "$work/keys/first"

# -- revoked again: both are at their end --
run 0 "${revoke[@]}"
pending 0
run 0 keys
hushes "$id"

# -- one that was carried out: gone is proven by two reads, and both are written down --
fresh
stops_at after-send "${revoke[@]}"
dies
pending 6
run 0 keys
says "($mask $id) is gone."
same "$(outcomes revoke-key)" done
jq -es '.[-1] | .reading != null and .control != null' "$state/journal.jsonl" >/dev/null || fail "the readings are not in the journal"
pending 0
quiet

# -- pending --look does the same --
fresh
stops_at after-send "${revoke[@]}"
dies
run 0 pending --look
says "($mask $id) is gone."
pending 0

# -- and in another organisation it does nothing --
fresh
stops_at after-send "${revoke[@]}"
dies
profile demo "$work/keys/second"
run 6 pending --look --format json
json '.items[0].target == "'"$id"'"'
same "$(outcomes revoke-key)" ""
profile demo "$work/keys/first"

# -- a damaged journal: no advice --
fresh
stops_at after-intent "${revoke[@]}"
dies
sed -i '1s/demo/dema/' "$state/journal.jsonl"
run 0 keys
hushes "Revoke it again"
says "Until then nothing is advised to be revoked."
