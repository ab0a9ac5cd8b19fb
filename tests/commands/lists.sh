#!/bin/bash
# The lists and the overview of an organisation that can be read whole.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"

# -- keys --
run 0 keys --format json
quiet
json '.complete == true and .counted == .total and (.items | length) == .counted and .missing == []'
json '(keys_unsorted | .[0:7]) == ["as_of", "organisation_id", "read_with", "complete", "counted", "total", "missing"]'
json '(.as_of | test("^20..-..-..T")) and (.organisation_id | length == 36) and (.read_with | contains("*****"))'
json '[.items[] | select(.type == "organisation-service")] | length > 0'
json '[.items[].id] | (unique | length) == length'
counted=$(jq .counted "$out")
total=$(api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total)
same "$counted" "$total"
run 0 keys
prints "NAME"
prints "$counted of $counted keys"
run 0 keys --format csv
same "$(wc -l <"$out")" "$((counted + 1))"
run 0 keys --format csv --columns name,mask
same "$(head -1 "$out" | tr -d '\r')" "name,mask"

says "$counted of $counted keys, complete. Read at 20"
same "$(grep -c $'\r' "$out")" 0
run 0 keys --format csv --columns name --eol crlf --no-header
same "$(grep -c $'\r$' "$out")" "$counted"
run 0 keys --format csv --columns name --evidence
quiet
same "$(head -1 "$out")" name,as_of,organisation_id,read_with,complete
same "$(sed 1d "$out" | grep -cE ',20..-..-..T[0-9:.]+Z,[0-9a-f-]{36},..\*{5}...,true$')" "$counted"
run 2 keys --evidence
says "for --format csv"
run 2 keys --format csv --eol cr
says "lf or crlf"
# How many of how many: on stderr or in the head, never in the data. And in which order.
run 0 keys --filter type:=OS
prints "Shown: 5 of $counted keys."
prints "In the server's order: newest first."
run 0 keys --filter type:=OS --format csv --columns name
says "Shown: 5 of $counted keys."
same "$(wc -l <"$out")" 6
run 0 keys --filter type:=OS --format csv --columns name --evidence
says "Shown: 5 of $counted keys."
same "$(wc -l <"$out")" 6
run 0 keys --filter type:=OS --format json
quiet
json '.shown == 5 and .counted == '"$counted"' and (keys_unsorted | .[7]) == "shown"'
run 0 keys --sort -name
prints "Sorted by -name."
# Ids feed other commands.
run 0 keys --filter type:=OS --format ids
quiet
same "$(grep -cvE '^[0-9a-f-]{36}$' "$out")" 0
for id in $(head -1 "$out"); do run 0 key "$id"; done

# What a review asks, each in one command.
run 0 keys --filter 'scope:logs.view expires:never type:=WS' --format json
json '.items | length > 0 and all(.expires_at == null and .type == "workspace-service" and (.scopes | index("logs.view")))'
run 0 keys --filter 'age:>90d' --format json
json '.items | length > 0 and all(.created_at < "2026-09-25")'
run 0 keys --filter 'created:>=2026-11-01' --format json
json '.items | all(.created_at >= "2026-11-01")'
run 0 keys --filter 'scope:*_api_keys.create scope:logs.*' --format json
json '.items | length > 0 and all((.scopes | any(endswith("_api_keys.create"))) and (.scopes | any(startswith("logs."))))'
run 0 members --filter workspaces:=0 --format json
json '.items | all(.workspaces == [])'
run 0 members --filter 'role:owner|admin' --format json
json '.items | length == 3'
run 2 keys --filter mask:0123456789abcdefghij
says "whole key"
omits "0123456789"
run 2 keys --filter ownr:x
says 'did you mean "owner"?'

# Filters, sorts and a workspace narrow it.
run 0 keys --filter 'type:=OS' --format json
json '.items | length > 0 and all(.type == "organisation-service")'
run 0 keys --filter '!type:=OS' --format json
json '.items | length > 0 and all(.type != "organisation-service")'
# What a filter looks at is what a table shows: days with their year.
run 0 keys --filter expires:2027-06 --format json
json '.items | length > 0 and all(.expires_at | startswith("2027-06"))'
run 0 keys --filter expires:never --format json
json '.items | length > 0 and all(.expires_at == null)'
run 0 keys --filter expires:2027-06 --format csv --columns expires
same "$(sed -n '2,$p' "$out" | grep -cvE '^2027-06-[0-9]{2}T[0-9:]{8}\.000Z$')" 0
run 0 keys --filter expires:2027-06 --columns expires
prints "2027-06-"
run 0 keys --sort name --format json
json '[.items[].name | ascii_downcase] | length > 0'
run 0 keys --sort -created --format json
json '[.items[].created_at] | . == (sort | reverse)'
run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
uuid=$(jq -r --arg slug "$slug" '.items[] | select(.slug == $slug).id' "$out")
run 0 keys --workspace "$slug" --format json
json '.items | length > 0'
same "$(jq -r '[.items[].workspace_id] | unique | join(",")' "$out")" "$uuid"

# -- bad input: a sentence, the right code, nothing on stdout --
run 2 keys --filter 'colour:red'
says "colour"
same "$(wc -c <"$out")" 0
run 2 keys --sort colour
says "colour"
run 2 keys --columns name,colour
says "colour"
run 2 keys --format yaml
says "table, json, csv or ids"
run 2 keys --nonsense
run 2 keys surplus
says "surplus"
run 1 keys --workspace no-such-workspace
says "no-such-workspace"
run 2 workspaces --workspace "$slug"
run 2 keyz
says "no such command"
run 2 --nonsense

# -- people --
run 0 members --format json
quiet
json '.complete == true and (.items | length) == .counted'
json '.items | all(.workspaces | type == "array")'
json '[.items[].workspaces[].role] | unique | all(IN("admin","manager","member"))'
json '[.items[].role] | unique == ["admin","member","owner"]'
run 0 members --workspace tools
prints "Shown: 10 of 32 users. 7 members of tools; 3 more act as admin of it by the role in the organisation."
run 0 members --workspace tools --format json
json '.members == 7 and .acting_everywhere == 3 and .shown == 10 and .counted == 32'
run 0 keys --workspace tools
prints "Shown: 16 of 150 keys. 5 keys of the organisation act in tools too."
run 0 keys --workspace tools --format json
json '.acting_everywhere == 5 and .shown == 16 and .counted == 150'
run 0 members --workspace "$slug" --format json
json '.items | length > 0'
# Who can reach it: its members, and those who act as admin in all workspaces.
json '.items | all(.access.workspace_id == "'"$uuid"'")'
json '.items | all((.access.by == "organisation") == .admin_in_all_workspaces)'
json '.items | all(.access.by != "organisation" or .access.role == "admin")'
json '[.items[] | select(.role == "owner" or .role == "admin")] | length == 3'
same "$(jq --arg id "$uuid" '[.items[] | select(([.workspaces[].workspace_id] | index($id)) or .admin_in_all_workspaces)] | length' "$out")" \
    "$(jq '.items | length' "$out")"
run 0 members --workspace "$slug" --filter role:member --columns name,role --format csv
omits "admin"
run 0 members --workspace "$slug" --filter org:owner --columns name,roles
prints "(A)"
run 0 members --filter role:owner --columns name,roles
prints "all:(A)"

# -- workspaces and overview --
run 0 workspaces
prints "$slug"
prints "archive-2024 (archived)"
prints "9 of 9 workspaces"
# Counts are numbers of their own in a file; with the keys of no workspace the keys are all.
run 0 workspaces --format csv --columns name,members,admins,managers,plain_members,keys,service_keys,user_keys
same "$(sed 1d "$out" | awk -F, '{ all += $6 } END { print all }')" "$counted"
same "$(grep -c "[\"']" "$out")" 0
prints "(organisation),,,,,5,,"
same "$(sed 1d "$out" | awk -F, '$2 + 0 != $3 + $4 + $5 || ($7 != "" && $6 != $7 + $8)' | wc -l)" 0
run 0 workspaces --filter name:=tools --format csv --columns name
same "$(cat "$out")" "$(printf 'name\ntools')"
run 0 workspaces --format json
json '.organisation_keys == 5 and .unplaced_keys == 0'
run 0 workspaces --sort -keys --format csv --columns keys
same "$(sed '1d;$d' "$out")" "$(sed '1d;$d' "$out" | sort -rn)"
run 0 workspaces --format json
json '[.items[] | select(.status == "archived")] | length == 1'
json '.items | all(has("usage_limits") and has("rate_limits") and has("defaults") and has("scim_source_id"))'
json '[.items[] | select(.usage_limits[0].credit_limit == 500)] | length == 1'
run 0 keys --format json
json '.items | all(has("alert_emails") and has("defaults") and .organisation_id != null and .expiry_enforced == false)'
json '[.items[] | select(.usage_limits.status != null)] | length > 0'
# Nothing of what the API tells is dropped, whether a screen shows it or not.
api "$work/keys/first" GET '/api-keys?page_size=100&current_page=0' | jq '.data' >"$work/raw.json"
same "$(jq -c --slurpfile raw "$work/raw.json" '[.items[] | . as $ours | $raw[0][] | select(.id == $ours.id) | .usage_limits // empty |
    select(. != $ours.usage_limits)] | length' "$out")" 0
same "$(jq '[.[] | select(.usage_limits.is_threshold_alerts_sent == false)] | length > 0' "$work/raw.json")" true
# An archived workspace is said to be archived, whichever way it is named.
run 0 workspaces --format json
for archived in archive-2024 $(jq -r '.items[] | select(.status == "archived") | .slug, .id' "$out"); do
    run 2 create-key --kind workspace-service --workspace "$archived" --name x --scope logs.write --dry-run
    says "this workspace is archived: no key can be made in it"
done
run 1 create-key --kind workspace-service --workspace archive-2023 --name x --scope logs.write --dry-run
says "no workspace \"archive-2023\" in what this key can list"
run 0 overview --format json
quiet
json '.own_key.name != null and .lists.keys.complete and .lists.members.complete'
same "$(jq .lists.keys.counted "$out")" "$counted"
json '[.keys_by_place[]] | add == '"$counted"
json '.keys_by_place.organisation == 5 and .keys_by_place.unplaced == 0'
run 0 overview
prints "145 in workspaces, 5 (organisation)"
prints "$(printf '%-14s%s' Read 2026-11-24T02:)"
run 0 overview --format csv
prints "as_of,2026-11-24T02:"
prints "read_with,$(jq -r .read_with "$work/seen/1.out")"
prints "keys_by_place.organisation,5"
prints "keys.counted,$counted"
prints "keys.complete,true"
run 0 info
prints "$profiles"
prints "$state"
run 0 profiles
prints "demo"
prints "file"

# Whatever comes first, rows stand in the order of the server, in each format and each run.
for command in 'members --format csv' 'members --format json' 'workspaces --format csv' 'keys --format csv --columns id,name,owner,owner_state'; do
    # shellcheck disable=SC2086
    run 0 --profile demo $command
    sed 's/"as_of":"[^"]*"//' "$out" >"$work/in-time"
    for late in "GET:/admin/workspaces/$uuid/users:delay-ms=300" GET:/api-keys:delay-ms=200:1 GET:/admin/users:delay-ms=300; do
        sandbox --fault "$late"
        profile late "$work/keys/first"
        # shellcheck disable=SC2086
        run 0 --profile late $command
        same "$(sed 's/"as_of":"[^"]*"//' "$out" | cksum)" "$(cksum <"$work/in-time")"
    done
done
rm "$profiles/late.ini"
sandbox
profile demo "$work/keys/first"

# A name that means harm reaches the terminal harmless, and scripts as it came.
run 0 keys --filter owned
omits $'\033'
run 0 keys --filter owned --format json
json '[.items[].name | select(contains("\u001b"))] | length > 0'
