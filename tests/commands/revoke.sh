#!/bin/bash
# Revoking: the phrase, the guards, the proof, and a reply that gets lost.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"

run 0 keys --format json
cp "$out" "$work/keys.json"
target() { jq -r --argjson n "$1" '[.items[] | select(.type == "workspace-service" and .status == "active")][$n] | .id + " " + .key' "$work/keys.json"; }
there() { api "$work/keys/first" GET "/api-keys/$1" | jq -r '.id // "gone"'; }
read -r id mask <<<"$(target 0)"
tail=${mask##*\*}

# -- nothing is sent --
run 2 revoke "$id"
says "--confirm"
run 1 revoke "$id" --confirm "${tail}x"
says "--confirm is not what the mask"
run 1 revoke "$id" --confirm "${tail}x" --dry-run
run 1 revoke "$id" --confirm ""
run 0 revoke "$id" --dry-run
says "DELETE /v1/api-keys/$id"
says "Nothing was sent."
own=$(run 0 overview --format json; jq -r .own_key.id "$out")
run 1 revoke "$own" --confirm "$(jq -r --arg id "$own" '.items[] | select(.id == $id).key' "$work/keys.json" | sed 's/.*\*//')"
says "works with"
run 1 revoke 00000000-0000-4000-8000-000000000000 --confirm abc
run 2 revoke "${id^^}" --confirm abc
says "an id is written in small letters"
same "$(there "$id")" "$id"
[ ! -e "$state/journal.jsonl" ] || fail "an intent was written for what was never sent"

# -- and now --
run 0 revoke "$id" --confirm "$tail" --reason INC-2210
same "$(cat "$out")" "$id"
says "Revoked: "
hushes "Nothing was sent"
same "$(there "$id")" gone
grep -q '"reason":"INC-2210"' "$state/journal.jsonl" || fail "the reason is not in the journal"
run 1 revoke "$id" --confirm "$tail"

# Production needs a reason.
profile demo "$work/keys/first" PROD
read -r id mask <<<"$(target 1)"
run 1 revoke "$id" --confirm "${mask##*\*}"
says "reason"
same "$(there "$id")" "$id"
run 0 revoke "$id" --confirm "REVOKE ${mask##*\*}" --reason INC-2211
same "$(there "$id")" gone

# The own key lacks the scope: the server is not asked.
lists='"workspaces.list","workspace_service_api_keys.list","workspace_user_api_keys.list","organisation_service_api_keys.list","workspace_service_api_keys.read"'
api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"reader\",\"scopes\":[$lists]}" | jq -r .key >"$work/keys/reader"
cat "$work/keys/reader" >>"$work/secrets"
profile reader "$work/keys/reader"
read -r id mask <<<"$(target 2)"
run 1 --profile reader revoke "$id" --confirm "${mask##*\*}"
says "workspace_service_api_keys.delete"
same "$(there "$id")" "$id"

# The own key cannot be found in the list: an admin key is only revoked with a word for it.
api "$work/keys/first" POST /api-keys/organisation/service '{"name":"blind","scopes":["workspaces.list","workspace_service_api_keys.list","organisation_service_api_keys.read","organisation_service_api_keys.delete"]}' | jq -r .key >"$work/keys/blind"
cat "$work/keys/blind" >>"$work/secrets"
profile blind "$work/keys/blind"
admin=$(api "$work/keys/first" POST /api-keys/organisation/service '{"name":"victim","scopes":["workspaces.list"]}' | tee "$work/victim" | jq -r .id)
tail=$(jq -r .key "$work/victim" | tail -c 4)
jq -r .key "$work/victim" >>"$work/secrets"
rm "$work/victim"
run 1 --profile blind revoke "$admin" --confirm "$tail"
says "not known which key is your own"
run 0 --profile blind revoke "$admin" --confirm "$tail" --i-know-this-is-not-my-key
same "$(there "$admin")" gone

# -- a lost reply: found out by reading --
sandbox --fault DELETE:/api-keys:drop-after
profile lost "$work/keys/first"
read -r id mask <<<"$(target 0)"
run 0 --profile lost revoke "$id" --confirm "${mask##*\*}"
says "the key is gone"
same "$(there "$id")" gone
sandbox --fault DELETE:/api-keys:drop-before
profile lost "$work/keys/first"
run 6 --profile lost revoke "$id" --confirm "${mask##*\*}"
same "$(there "$id")" "$id"
sandbox --fault DELETE:/api-keys:retry-after=100
profile lost "$work/keys/first"
run 5 --profile lost revoke "$id" --confirm "${mask##*\*}" --format json
says "Nothing was done; try again in 100 s."
json '.result == "refused"'
same "$(there "$id")" "$id"
sandbox --fault DELETE:/api-keys:status=403
profile lost "$work/keys/first"
run 1 --profile lost revoke "$id" --confirm "${mask##*\*}"
same "$(there "$id")" "$id"
