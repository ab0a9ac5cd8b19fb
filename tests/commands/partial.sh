#!/bin/bash
# A key that may not read everything: what was read is shown, what is missing is named, and the exit code says so.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox

# make NAME SCOPES_JSON: an admin key with these scopes, in keys/NAME.
make() {
    api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"$1\",\"scopes\":$2}" |
        jq -r .key >"$work/keys/$1"
    cat "$work/keys/$1" >>"$work/secrets"
    profile "$1" "$work/keys/$1"
}
make users-only '["organisation_users.list"]'
make no-members '["organisation_users.list","workspaces.list","organisation_service_api_keys.list"]'
make only-service '["workspace_service_api_keys.list","workspaces.list","organisation_users.list","workspace_users.list"]'
make no-workspaces '["organisation_users.list","organisation_service_api_keys.list","workspace_service_api_keys.list","workspace_user_api_keys.list"]'
make members-only '["workspaces.list","workspace_users.list"]'

run 3 --profile no-members keys --format json
json '.complete == false and (.items | length) > 0'
json '[.missing[].scope] | index("workspace_service_api_keys.list") and index("workspace_user_api_keys.list")'
json '.items | all(.type == "organisation-service")'
says "workspace_service_api_keys.list"

run 3 --profile users-only keys --format json
json '.items == [] and .complete == false and .total == null'
says "api_keys.list"

# Members: users and memberships are two lists; either may be refused.
run 3 --profile no-members members --format json
json '(.items | length) > 0 and (.items | all(.workspaces == null))'
json '[.missing[].scope] | index("workspace_users.list")'
says "workspace_users.list"
run 3 --profile members-only members --format json
json '(.items | length) > 0 and .complete == false'
json '[.missing[].scope] | index("organisation_users.list")'
run 3 --profile users-only overview --format json
json '.lists.keys.complete == false and .lists.users.complete and .lists.users.missing == []'

# A kind that may not be listed is not counted as zero.
run 3 --profile no-members overview --format json
json '.keys_by_kind["organisation-service"] > 0 and .keys_by_kind["workspace-user"] == null'
run 3 --profile no-members overview
prints "? workspace-user"
prints "10 of ? keys, not complete"

# The own key is not in the list: the kinds that did not come are named, and no number of keys is exact.
run 3 --profile only-service overview --format json
json '.keys_by_kind == {"organisation-service":null,"workspace-service":null,"workspace-user":null,"unknown":null}'
json '.at_least.keys_by_kind["workspace-service"] > 0 and (.at_least.keys_by_kind | length) == 1'
json '[.lists.keys.missing[].scope] == ["organisation_service_api_keys.list","workspace_user_api_keys.list"]'
run 3 --profile only-service overview
prints "? organisation-service"
omits "0 organisation-service"

# What the columns are made of is accounted for.
run 3 --profile members-only workspaces --format json
json '[.missing[].list] | index("keys")'
run 3 --profile no-members workspaces --format json
json '[.missing[].scope] | index("workspace_users.list") and index("workspace_user_api_keys.list")'
run 3 --profile no-workspaces keys --format json
json '[.missing[].scope] == ["workspaces.list"] and .complete == false'

# A key of one workspace sees that workspace: nothing about the organisation is whole.
workspace=$(api "$work/keys/first" GET '/admin/workspaces?page_size=100' | jq -r '.data[0].id')
scopes='["workspace_service_api_keys.list","workspace_user_api_keys.list","workspaces.list","workspace_users.list"]'
api "$work/keys/first" POST /api-keys/workspace/service \
    "{\"name\":\"own-workspace\",\"workspace_id\":\"$workspace\",\"scopes\":$scopes}" | jq -r .key >"$work/keys/own-workspace"
cat "$work/keys/own-workspace" >>"$work/secrets"
profile own-workspace "$work/keys/own-workspace"
for list in workspaces members keys; do
    run 3 --profile own-workspace "$list" --format json
    json '.complete == false and .total == null and (.items | length) > 0'
    json '.missing | all(.scope == null and (.reason | contains("own workspace only")))'
    says "log in with an admin key"
    hushes "organisation_service_api_keys.list"
done
run 3 --profile own-workspace overview
omits "0 owner"
prints "? owner"

# faulty FAULT: a sandbox with that fault, and a profile for it.
faulty() {
    sandbox --fault "$1"
    profile faulty "$work/keys/first"
}

# A list that fails is no reason to throw away what another one told, whatever the answer is.
for status in 404 500; do
    faulty "GET:/admin/users:status=$status"
    run 3 --profile faulty members --format json
    json '(.items | length) > 20 and .complete == false and .total == null'
    json '[.missing[] | select(.list == "users")] | length == 1'
    json '.items | all(.created_at == null)'
    hushes "Check the base URL"
    run 3 --profile faulty members --columns name,since --filter name:hiro
    prints "?"
    run 3 --profile faulty overview --format json
    json '.users_by_role == {"owner":null,"admin":null,"member":null,"other":null}'
    json '.at_least.users_by_role.member > 0 and .members_by_role.member > 0'
done

# A server that does not know the filter for archived workspaces gives the others all the same, and it is told.
faulty GET:/admin/workspaces:status=400:1
run 0 --profile faulty workspaces --format json
json '(.items | length) == 9 and .complete and .total == 9 and .missing == []'
# One that takes one status at a time is asked for the archived ones by themselves.
sandbox --quirk workspace-status=single
profile single "$work/keys/first"
run 0 --profile single workspaces --format json
json '(.items | length) == 9 and .complete and .total == 9 and .missing == []'
json '[.items[] | select(.status == "archived")] | length == 1'
run 0 --profile single members --format json
run 0 --profile single overview --format json

# Not one row of what was asked for, because of the server: that is no partial answer.
faulty GET:/api-keys:status=500
run 5 --profile faulty keys --format json
json '.items == [] and .complete == false'

# The members of one workspace fail: so many are the least there are, and the workspace is named.
sandbox
workspace=$(api "$work/keys/first" GET '/admin/workspaces?page_size=100' | jq -r '.data[0].id')
faulty "GET:/admin/workspaces/$workspace/users:status=500"
run 3 --profile faulty overview --format json
json '.members_by_role.member == null and .at_least.members_by_role.member > 0'
run 3 --profile faulty members --workspace "$workspace" --format json
json '.counted == null and .total == null and (.items | all(.access.by == "organisation"))'
json '[.missing[] | select(.list == "members" and (.reason | contains("1 of 8")))] | length == 1'
run 3 --profile faulty members --workspace "$workspace"
prints "Shared Team Workspace: ? could not be read. The server failed"
omits "Shown: 0"

# Several profiles and none chosen is a usage error that lists them.
rm -rf "$state"
run 2 keys
says "members-only, no-members, no-workspaces"
run 2 --profile nobody keys
says "nobody"
