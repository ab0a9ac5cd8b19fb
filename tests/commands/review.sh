#!/bin/bash
# The questions of an access review, each in one command, with answers that were found without the console: in the
# sandbox's database. Each again with a key that lacks a list scope: it says so, and exits 3. Needs python3.
# `review.sh BIN_DIR SOURCE_DIR`.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
source=$2
world=$work/world.db
truth() { python3 "$(dirname "$0")/review_world.py" "$@"; }

# The demo, with people who left, and keys that call no models and have powers.
sandbox --db "$world"
kill "${sandboxes[0]}"
wait "${sandboxes[0]}"
truth change "$world" || exit 1
sandboxes=()
mkfifo "$work/again"
"$bin/portcullis-sandbox" --listen 127.0.0.1:0 --db "$world" --now "$now" >"$work/again" 2>>"$work/sandbox.log" &
sandboxes+=("$!")
IFS= read -r ready <"$work/again"
base_url=$(jq -r .base_url <<<"$ready")
profile demo "$work/keys/first"
truth answers "$world" "$source/assets/scopes.json" >"$work/answers" || exit 1

# lacking NAME SCOPE: a key like the first one without this scope. It is made in the world, and is no answer: it is gone
# from the list when the answers are compared.
scopes=$(jq -c '[.[] | select(.admin) | .scope]' "$source/assets/scopes.json")
declare -A lacks_id
lacking() {
    local made
    made=$(api "$work/keys/first" POST /api-keys/organisation/service \
        "{\"name\":\"lacks $2\",\"scopes\":$(jq -c --arg scope "$2" '. - [$scope]' <<<"$scopes"),\"expires_at\":\"2027-01-01T00:00:00Z\"}")
    jq -r .key <<<"$made" >"$work/keys/$1"
    lacks_id[$1]=$(jq -r .id <<<"$made")
    cat "$work/keys/$1" >>"$work/secrets"
    profile "$1" "$work/keys/$1"
}

# answer NAME: the right ids, a line each. asked NAME LIST FLAGS: the command gives exactly these.
answer() { sed -n "s/^$1 //p" "$work/answers" | tr ' ' '\n'; }
asked() {
    local name=$1
    shift
    run 0 --profile demo "$@" --format ids
    [ "$(wc -l <"$out")" -gt 0 ] || fail "$name: no answer, so nothing is compared"
    same "$(sort "$out")" "$(answer "$name")"
}
# refused PROFILE SCOPE LIST FLAGS: the answer is not whole, and the scope is named.
refused() {
    local profile=$1 scope=$2
    shift 2
    run 3 --profile "$profile" "$@" --format json
    json '.complete == false'
    json "[.missing[].scope] | index(\"$scope\")"
    says "$scope"
    run 3 --profile "$profile" "$@" --format ids
    says "$scope"
}

# The columns are quoted from the manual, which lists the same questions.
logs_forever=(keys --filter 'type:WS|OS risk:L expires:never')
without_workspace=(members --filter 'workspaces:=0')
left_organisation=(keys --filter 'owner_state:organisation')
left_workspace=(keys --filter 'owner_state:workspace')
left=(keys --filter 'owner:left')
privileged=(members --filter 'role:owner|admin')
workspace_admins=(members --filter 'roles::A|:(A)')
make_keys=(keys --filter 'risk:M !status:expired')
since=(keys --filter 'created:>=2026-11-01')
older=(keys --filter 'age:>90d')
make_and_logs=(keys --filter 'risk:M risk:L')
may_make=(members --filter '!make:=none')
one=(members --filter mail:d.nowak@acme.example)
keys_of_one=(keys --filter owner:d.nowak@acme.example)
dangerous=(keys --filter 'flag:x risk:M|P|D|C|L|A|O|V')

asked service-logs-forever "${logs_forever[@]}"
asked without-workspace "${without_workspace[@]}"
asked left-organisation "${left_organisation[@]}"
asked left-workspace "${left_workspace[@]}"
asked left "${left[@]}"
asked left keys --filter 'owner_state:left'
asked privileged "${privileged[@]}"
asked workspace-admins "${workspace_admins[@]}"
asked make-keys "${make_keys[@]}"
asked since "${since[@]}"
asked older "${older[@]}"
asked make-and-logs "${make_and_logs[@]}"
asked may-make "${may_make[@]}"
asked may-not-make members --filter 'make:=none'
asked one "${one[@]}"
asked keys-of-one "${keys_of_one[@]}"
asked dead-but-dangerous "${dangerous[@]}"

# The whole population, proven: all that the database has, and nothing else; and what says so.
asked all-keys keys
asked all-people members
asked all-workspaces workspaces
run 0 overview --format json
json '[.lists[].complete] | all'
json ".lists.keys.counted == $(answer all-keys | wc -l) and .lists.keys.counted == .lists.keys.total"
json ".lists.users.counted == $(answer all-people | wc -l) and .lists.users.counted == .lists.users.total"
json ".lists.workspaces.counted == $(answer all-workspaces | wc -l)"
json ".keys_of_owners_who_left_the_organisation == $(answer left-organisation | wc -l)"
json ".keys_of_owners_who_left_the_workspace == $(answer left-workspace | wc -l)"
json ".people_without_workspace == $(answer without-workspace | wc -l)"
json ".active_that_change_keys == $(answer make-keys | wc -l)"
json '[.keys_by_place[]] | add == '"$(answer all-keys | wc -l)"
run 0 overview
prints "Of all keys: $(answer left-organisation | wc -l) belong to people who left the organisation, $(answer left-workspace | wc -l) to people who left the workspace."
# One person: every role, by name, in each format; the other one of the same workspace is not.
run 0 "${one[@]}" --format csv --columns mail,role,workspaces,keys,roles
prints "d.nowak@acme.example,member,3,$(answer keys-of-one | wc -l),Shared Team Workspace:U ml-eval:M tools:A"
run 0 "${one[@]}"
prints "Shared Team Workspace:U ml-eval:M tools:A" # no terminal: nothing is cut
run 0 "${one[@]}" --format json
json '[.items[0].workspaces[].role] == ["member","manager","admin"]'
# Owners who left say so wherever the owner stands.
run 0 "${left[@]}" --format csv --columns owner_state
same "$(sed 1d "$out" | sort | uniq -c | tr -s ' ')" "$(printf ' %s left the organisation\n %s left the workspace' "$(answer left-organisation | wc -l)" "$(answer left-workspace | wc -l)")"

# -- with a key that may not list one of what is asked about --
lacking no-service workspace_service_api_keys.list
lacking no-user workspace_user_api_keys.list
lacking no-admin organisation_service_api_keys.list
lacking no-people organisation_users.list
lacking no-workspaces workspaces.list
lacking no-members workspace_users.list
refused no-service workspace_service_api_keys.list "${logs_forever[@]}"
refused no-members workspace_users.list "${without_workspace[@]}"
refused no-people organisation_users.list "${left_organisation[@]}"
refused no-members workspace_users.list "${left_workspace[@]}"
refused no-members workspace_users.list "${left[@]}"
refused no-user workspace_user_api_keys.list "${left[@]}"
refused no-people organisation_users.list "${privileged[@]}"
refused no-members workspace_users.list "${workspace_admins[@]}"
refused no-admin organisation_service_api_keys.list "${make_keys[@]}"
refused no-user workspace_user_api_keys.list "${since[@]}"
refused no-service workspace_service_api_keys.list "${older[@]}"
refused no-admin organisation_service_api_keys.list "${make_and_logs[@]}"
refused no-members workspace_users.list "${may_make[@]}"
refused no-workspaces workspaces.list "${may_make[@]}"
refused no-people organisation_users.list "${one[@]}"
refused no-user workspace_user_api_keys.list "${keys_of_one[@]}"
refused no-service workspace_service_api_keys.list "${dangerous[@]}"
for profile in no-service no-user no-admin no-people no-workspaces no-members; do
    run 3 --profile "$profile" overview --format json
    json '[.lists[].complete] | all | not'
done
# Who left is not known then: never "here", never "left".
run 3 --profile no-members overview --format json
json '.keys_of_owners_who_left_the_workspace == null and .people_without_workspace == null'
run 3 --profile no-people keys --format csv --columns owner_state --filter 'type:=WU'
same "$(sed 1d "$out" | sort -u | grep -v '^left the workspace$')" "?"
