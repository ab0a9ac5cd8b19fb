#!/bin/bash
# Revoking: the phrase, the guards, the proof, and a reply that gets lost.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
export PORTCULLIS_TEST_HURRY=20

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
# Once more: it is gone already, and it is told what proved that, from the journal; nothing is looked for again.
run 1 revoke "$id" --confirm "$tail" --format json
says "It is gone already: that was proven at 2026-11-24 02:47Z, and stands in the journal (its id: 403 AB03 at "
says "Nothing was sent."
hushes "lacks"
json '.result == "gone" and .proven == true and (.reading | test("AB03")) and (.control | test("shows "))'
# A journal that was changed proves nothing.
cp "$state/journal.jsonl" "$work/journal"
sed -i '1s/revoke-key/revoke-kez/' "$state/journal.jsonl"
run 1 revoke "$id" --confirm "$tail" --format json
hushes "gone already"
json '.result != "gone"'
cp "$work/journal" "$state/journal.jsonl"

# -- ensure: gone already is as good, when it is proven and the journal shows that it was there --
run 2 revoke-key "$id" --ensure
run 0 revoke-key "$id" --confirm "$tail" --ensure --format json
json '.result == "gone" and .proven == true and (.reading | test("AB03")) and (.control | test("shows "))'
run 1 revoke-key 00000000-0000-4000-8000-000000000000 --confirm abc --ensure --format json
json '.result == "not sent" and .proven == false'
profile elsewhere "$work/keys/second"
run 1 --profile elsewhere revoke-key "$id" --confirm "$tail" --ensure
run 0 --profile demo revoke-key "$id" --confirm whatever --ensure

# Production needs a reason.
rm -f "$profiles/elsewhere.ini"
profile demo "$work/keys/first" PROD
read -r id mask <<<"$(target 1)"
run 1 revoke "$id" --confirm "${mask##*\*}"
says "reason"
same "$(there "$id")" "$id"
run 0 revoke "$id" --confirm "REVOKE ${mask##*\*}" --reason INC-2211
same "$(there "$id")" gone

# The own key lacks the scope: the server is not asked.
lists='"workspaces.list","workspace_service_api_keys.list","workspace_user_api_keys.list","organisation_service_api_keys.list","workspace_service_api_keys.read","organisation_service_api_keys.read"'
api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"reader\",\"scopes\":[$lists]}" >"$work/reader"
jq -r .key "$work/reader" >"$work/keys/reader"
cat "$work/keys/reader" >>"$work/secrets"
profile reader "$work/keys/reader"
echo "own_key_id = $(jq -r .id "$work/reader")" >>"$profiles/reader.ini"
rm "$work/reader"
read -r id mask <<<"$(target 2)"
run 1 --profile reader revoke "$id" --confirm "${mask##*\*}"
says "workspace_service_api_keys.delete"
same "$(there "$id")" "$id"

# Another admin key, when no list shows which is the own one: its mask tells. The server says yes, and nothing is left to
# compare with: this key may not list admin keys.
made() { # NAME [MORE]: makes an admin key; $admin and $tail are its id and the end of its mask
    api "$work/keys/first" POST /api-keys/organisation/service '{"name":"'"$1"'","scopes":["workspaces.list"]'"${2:-}"'}' >"$work/victim"
    jq -r .key "$work/victim" >>"$work/secrets"
    admin=$(jq -r .id "$work/victim")
    tail=$(jq -r .key "$work/victim" | tail -c 4)
    rm "$work/victim"
}
api "$work/keys/first" POST /api-keys/organisation/service '{"name":"blind","scopes":["workspaces.list","workspace_service_api_keys.list","organisation_service_api_keys.read","organisation_service_api_keys.delete"]}' >"$work/blind"
jq -r .key "$work/blind" >"$work/keys/blind"
cat "$work/keys/blind" >>"$work/secrets"
blind=$(jq -r .id "$work/blind")
rm "$work/blind"
profile blind "$work/keys/blind"
made victim
run 6 --profile blind revoke-key "$admin" --confirm "$tail" --format json
json '.result == "accepted" and .proven == false'
says "organisation_service_api_keys.list"
same "$(there "$admin")" gone
# It rotates by itself: its mask may be that of the next secret, and it the own one.
made rotates ',"rotation_policy":{"rotation_period":"weekly"}'
run 1 --profile blind revoke-key "$admin" --confirm "$tail"
says "not known which key is your own"
same "$(there "$admin")" "$admin"
run 6 --profile blind revoke-key "$admin" --confirm "$tail" --i-know-this-is-not-my-key
same "$(there "$admin")" gone
# With its id nothing is asked, and the own key, which can be read, is a control together with the 200.
echo "own_key_id = $blind" >>"$profiles/blind.ini"
made again ',"rotation_policy":{"rotation_period":"weekly"}'
run 0 --profile blind revoke-key "$admin" --confirm "$tail" --format json
json '.result == "revoked" and .proven == true'
same "$(there "$admin")" gone
# What fits is the own key, whatever is said.
tail=$(tail -c 4 "$work/keys/blind" | head -c 3)
run 1 --profile blind revoke-key "$blind" --confirm "$tail" --i-know-this-is-not-my-key
says "login --replace"
sed -i '/own_key_id/d' "$profiles/blind.ini"
run 1 --profile blind revoke-key "$blind" --confirm "$tail" --i-know-this-is-not-my-key
same "$(there "$blind")" "$blind"

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
says "It asks to wait 100 s."
json '.result == "refused"'
same "$(there "$id")" "$id"
sandbox --fault DELETE:/api-keys:status=403
profile lost "$work/keys/first"
run 1 --profile lost revoke "$id" --confirm "${mask##*\*}"
same "$(there "$id")" "$id"
