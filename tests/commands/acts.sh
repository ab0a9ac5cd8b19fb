#!/bin/bash
# rotate-key, freeze-key, thaw-key: what is sent, what is said, and what is true then. `acts.sh BIN_DIR SOURCE_DIR PROXY`.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
first=$work/keys/first
of() { api "$first" GET "/api-keys/$1"; }
events() { jq -r '.event // .result // .kind' "$state/journal.jsonl" | tail -"$1" | tr '\n' ' '; }
run 0 keys --format json
cp "$out" "$work/keys.json"
victim() { # victim N: the Nth active service key without expiry; sets $id, $tail
    read -r id tail < <(jq -r --argjson n "$1" '[.items[] | select(.type == "workspace-service" and .status == "active" and .expires_at == null
        and .rotation_policy == null)][$n] | .id + " " + (.key | sub(".*\\*"; ""))' "$work/keys.json")
}
works() { # works KEY_FILE: does the server take this key?
    api "$1" POST /chat/completions '{"model":"m","messages":[]}' >"$work/chat"
    ! grep -q 'Invalid API Key\|AB05' "$work/chat"
}

# -- rotate --
victim 0
before=$(of "$id")
run 0 rotate-key "$id" --dry-run
says "POST /v1/api-keys/$id/rotate"
says '{"key_transition_period_ms":86400000}'
says "Not containment"
same "$(of "$id")" "$before"
run 2 rotate-key "$id"
run 1 rotate-key "$id" --confirm xyz
says "--confirm is not what the mask"
run 2 rotate-key "$id" --confirm "$tail" --overlap 29m
says "30 minutes at least"
run 2 rotate-key "$id" --confirm "$tail" --overlap soon
says "--overlap is a span like 30m, 24h or 2d"
same "$(of "$id")" "$before"
run 0 rotate-key "$id" --confirm "$tail" --overlap 2h --reason INC-7
json ".id == \"$id\" and (.key | length) > 20 and .read_back == true and (.key_transition_expires_at | startswith(\"2026-11-24T04:4\"))"
says "The old secret works on until 2026-11-24T04:4"
says "Read back: its mask fits the new secret"
jq -r .key "$out" >"$work/keys/new"; cat "$work/keys/new" >>"$work/secrets"; : >"$out"
same "$(events 6)" "intent accepted made handing taken done "
jq -es 'any(.[]; .reason == "INC-7" and (.before | test("[*]")) and (.body | test("7200000")))' "$state/journal.jsonl" >/dev/null ||
    fail "the intent lacks what was before"
same "$(of "$id" | jq -r '.key[0:2] + .key[7:10]')" "$(cut -c1-2 "$work/keys/new")$(tail -c4 "$work/keys/new")"
# Still in transition: the server refuses another.
tail=$(of "$id" | jq -r '.key[7:10]')
run 1 rotate-key "$id" --confirm "$tail" --format json
json '.result == "refused"'
says "was not rotated: the server refused it, and it reads as before"
run 0 pending

# Unseen, into a program.
victim 1
run 0 rotate-key "$id" --confirm "$tail" --hand-to "cat >'$work/keys/new'"
cat "$work/keys/new" >>"$work/secrets"
json '.key | test("^..[*]+...$")'

# -- freeze and thaw --
victim 2
run 0 freeze-key "$id" --dry-run
says '{"expires_at":"2026-11-24T02:4'
(later 12) & # the server's clock goes on while it is waited for
run 0 freeze-key "$id" --confirm "$tail" --format json
wait "$!"
json ".id == \"$id\" and .act == \"freeze-key\" and .result == \"done\" and .expires_before == null and (.stops_at | length) > 10"
says "by the server's clock"
same "$(jq -r .stops_at "$out")" "$(of "$id" | jq -r .expires_at)"
jq -es 'any(.[]; .act == "freeze-key" and (.before | fromjson | has("expires_at")))' "$state/journal.jsonl" >/dev/null || fail "the old expiry is not kept"
run 2 thaw-key "$id"
run 0 thaw-key "$id" --yes --format json
json '.result == "done" and .expires_at == null'
same "$(of "$id" | jq -r .expires_at)" null
run 1 thaw-key "$id" --yes
says "Its expiry was changed since freeze-key set it"
run 1 thaw-key "$id" --yes --expires never
says "expires so already"
run 0 thaw-key "$id" --yes --expires 30d
same "$(of "$id" | jq -r '.expires_at[0:10]')" 2026-12-24
victim 3
run 2 thaw-key "$id" --yes
says "The journal does not know how this key was before"

# -- the own key, and a scope that is missing --
own=$(run 0 whoami --format json; jq -r .id "$out")
run 1 freeze-key "$own" --confirm "$(of "$own" | jq -r '.key[7:10]')"
says "This is the key that this profile works with"
api "$first" POST /api-keys/organisation/service '{"name":"reader","scopes":["organisation_service_api_keys.list","organisation_service_api_keys.read","workspace_service_api_keys.read"]}' |
    jq -r .key >"$work/keys/reader"
cat "$work/keys/reader" >>"$work/secrets"
profile reader "$work/keys/reader"
run 1 --profile reader freeze-key "$id" --confirm "$tail"
says "workspace_service_api_keys.update"
