#!/bin/bash
# What an earlier run left in the journal: a write that was broken off may still be under way, and its end is told only
# when it is seen, or when it is too old to come. Times are those of the journal, by --now.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
mkfifo "$work/tick"
pause() { read -rt "$1" <>"$work/tick"; }
at() { date -u -d "$now + $1 seconds" +%Y-%m-%dT%H:%M:%SZ; }
outcomes() { jq -rs --arg act "$1" '(map(select(.act == $act)) | map(.id)) as $ids | [.[] | select(.intent as $i | $ids | index($i)) | .result] | join(" ")' "$state/journal.jsonl"; }
# breaks_off ARGUMENTS: a write that is killed as soon as its intent is written.
breaks_off() {
    local pid tries=0
    rm -rf "$state"
    "$bin/portcullis" --now "$now" "$@" >/dev/null 2>&1 &
    pid=$!
    until grep -q '"kind":"intent"' "$state/journal.jsonl" 2>/dev/null || [ $((tries += 1)) -gt 1000 ]; do pause 0.02; done
    pause 0.5 # the request itself leaves a moment after its intent
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
}

# -- a create that the server works on for some seconds --
sandbox --fault POST:/api-keys:delay-ms=6000
profile demo "$work/keys/first"
run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
create=(create-key --kind workspace-service --workspace "$slug" --name slow-one --preset inference --yes)
breaks_off "${create[@]}"
run 0 keys
says 'An earlier console stopped while it made the key "slow-one". Unknown so far: it is not seen yet'
same "$(outcomes create-key)" ""
made() { api "$work/keys/first" GET '/api-keys?page_size=100&current_page=0' | jq -r '.data[] | select(.name == "slow-one").id'; }
tries=0
until [ -n "$(made)" ] || [ $((tries += 1)) -gt 100 ]; do pause 0.1; done
run 0 --now "$(at 20)" keys
says "The key $(made) may be what it made. Nobody has its secret: revoke it."
same "$(outcomes create-key)" unknown
# It is told until it is revoked, and written down once.
run 0 --now "$(at 30)" keys
says 'It was not known whether the key "slow-one" was made. The key '
same "$(outcomes create-key)" unknown
api "$work/keys/first" DELETE "/api-keys/$(made)" >/dev/null
run 0 --now "$(at 70)" keys
says "No key of that name that was made since is there."
same "$(outcomes create-key)" "unknown not-done"
run 0 --now "$(at 80)" keys
quiet

# -- one that never arrives: only its age settles it, and the same is not sent blindly meanwhile --
sandbox --fault POST:/api-keys:delay-ms=600000:1
profile demo "$work/keys/first"
breaks_off "${create[@]}"
run 0 --now "$(at 55)" keys
says "Unknown so far"
run 0 --now "$(at 55)" "${create[@]}" --dry-run
says "An earlier try"
run 0 --now "$(at 61)" keys
says "No key of that name that was made since is there."
same "$(outcomes create-key)" not-done
run 0 --now "$(at 62)" keys
quiet

# -- a revocation that is broken off --
sandbox --fault DELETE:/api-keys:delay-ms=600000:1
profile demo "$work/keys/first"
run 0 keys --format json
read -r id mask name <<<"$(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0] | .id + " " + .key + " " + .name' "$out")"
breaks_off revoke "$id" --confirm "${mask##*\*}"
run 0 --now "$(at 50)" keys
says "An earlier console stopped while it revoked the key \"$name\" ($mask $id). Unknown so far: it is still there"
same "$(outcomes revoke-key)" ""
run 0 --now "$(at 61)" keys
says "($mask $id). It is still there: it was not revoked."
same "$(outcomes revoke-key)" not-done

# -- an end that was not known when the run ended --
sandbox --fault DELETE:/api-keys:drop-before:1
profile demo "$work/keys/first"
rm -rf "$state"
run 6 revoke "$id" --confirm "${mask##*\*}"
run 0 --now "$(at 50)" keys
says "It was not known whether the key \"$name\" ($mask $id) was revoked. Unknown so far: it is still there"
same "$(outcomes revoke-key)" unknown
run 0 --now "$(at 61)" keys
says "It is still there: it was not revoked."
same "$(outcomes revoke-key)" "unknown not-done"
run 0 --now "$(at 62)" keys
quiet
rm -rf "$state"
sandbox --fault DELETE:/api-keys:drop-before:1
profile demo "$work/keys/first"
run 6 revoke "$id" --confirm "${mask##*\*}"
api "$work/keys/first" DELETE "/api-keys/$id" >/dev/null
run 0 keys
says "was revoked. It is gone."
same "$(outcomes revoke-key)" "unknown done"
run 0 keys
quiet
