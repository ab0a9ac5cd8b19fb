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
prints "that can be seen"

# Several profiles and none chosen is a usage error that lists them.
rm -rf "$state"
run 2 keys
says "members-only, no-members, users-only"
run 2 --profile nobody keys
says "nobody"
