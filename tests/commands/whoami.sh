#!/bin/bash
# Your own key: which one it is, until when it lives, what it lacks.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
first=$work/keys/first
requests() { grep -cE '(GET|POST|DELETE) /' "$state/portcullis.log"; }
make() { # make PATH BODY NAME: a key, into keys/NAME; its id is printed
    api "$first" POST "$1" "$2" >"$work/made"
    jq -r .key "$work/made" >"$work/keys/$3"
    jq -r .key "$work/made" >>"$work/secrets"
    jq -r .id "$work/made"
    rm "$work/made"
}

# By its mask, among the newest keys; then by the id that was kept: one request.
run 0 whoami --format json
json '.type == "organisation-service" and (.id | test("^[0-9a-f-]{36}$")) and (.scopes | length) > 80 and .missing == []'
json '.key | test("^..[*]+...$")'
own=$(jq -r .id "$out")
api "$first" GET "/api-keys/$own" >"$work/wire"
same "$(jq -r .name "$out")" "$(jq -r .name "$work/wire")"
same "$(jq -c '.scopes | sort' "$out")" "$(jq -c '.scopes | sort' "$work/wire")"
same "$(jq -r '.expires_at // "null" | .[0:10]' "$out")" "$(jq -r '.expires_at // "null" | .[0:10]' "$work/wire")"
run 0 keys --format ids
grep -q "$own" "$profiles/demo.ini" || fail "the id is not kept"
rm -f "$state/portcullis.log"
run 0 --log whoami
same "$(requests)" 1
prints "$own"
quiet
run 0 whoami --format csv
prints "id,$own"

# The id of the key before this one is kept: looked for anew.
sed -i "s/^own_key_id.*/own_key_id = $(api "$first" GET '/api-keys?page_size=1&current_page=0' | jq -r '.data[0].id')/" "$profiles/demo.ini"
run 0 whoami --format json
json ".id == \"$own\""

# What is missing is named with what it is for; what a workspace key can never hold is not.
id=$(make /api-keys/organisation/service '{"name":"narrow","scopes":["workspaces.list","organisation_service_api_keys.list","organisation_service_api_keys.read"]}' narrow)
profile narrow "$work/keys/narrow"
run 0 --profile narrow whoami --format json
json ".id == \"$id\" and (.scopes | length) == 3"
json '[.missing[] | select(.act == "revoke-key").scope] | sort == ["organisation_service_api_keys.delete","workspace_service_api_keys.delete","workspace_user_api_keys.delete"]'
json '[.missing[].act] | unique == ["create-key","key","keys","members","members --workspace","revoke-key"]'
workspace=$(api "$first" GET '/admin/workspaces?page_size=100&current_page=0' | jq -r '[.data[] | select(.name | test("payments"))][0].id')
id=$(make /api-keys/workspace/service "{\"name\":\"mine\",\"workspace_id\":\"$workspace\",\"scopes\":[\"completions.write\",\"workspace_service_api_keys.list\",\"workspace_service_api_keys.read\"],\"expires_at\":\"2026-11-30T00:00:00Z\"}" mine)
PORTKEY_API_KEY=$(cat "$work/keys/mine") PORTKEY_BASE_URL=$base_url run 0 whoami --format json
json ".id == \"$id\" and .type == \"workspace-service\" and (.workspace_id | length) > 0"
json '[.missing[].scope | select(startswith("organisation_"))] == []'
says "This key expires at 2026-11-30T00:00:00"

# A key that may read no keys: its mask is all there is to know.
make /api-keys/organisation/service '{"name":"blind","scopes":["workspaces.list"]}' blind >"$work/id"
profile blind "$work/keys/blind"
run 3 --profile blind whoami --format json
json '.id == null and (.key | test("^..[*]+...$"))'
says "Which key it is cannot be told"
echo nonsense-key-that-nobody-made-0123456789 >"$work/keys/none"
profile none "$work/keys/none"
run 4 --profile none whoami
same "$(wc -c <"$out")" 0
run 2 whoami me

# Among more than a thousand newer ones it is not found, and --all finds it.
seed=scale sandbox --keys 1500
profile many "$first"
run 3 --profile many whoami
says "not among the newest 1000 keys: --all reads all of them"
run 0 --profile many whoami --all --format json
json '.type == "organisation-service"'
