#!/bin/bash
# Making keys: every kind, the checks before anything is sent, what the server refuses, and a reply that gets lost.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
count() { api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total; }

run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
uuid=$(jq -r --arg slug "$slug" '.items[] | select(.slug == $slug).id' "$out")
run 0 members --workspace "$slug" --format json
owner=$(jq -r '.items[0].email' "$out")
owner_id=$(jq -r '.items[0].id' "$out")
stranger=$(run 0 members --format json; jq -r --arg ws "$uuid" '[.items[] | select([.workspaces[].workspace_id] | index($ws) | not)][0].email' "$out")
before=$(count)

# -- nothing is sent --
run 2 create-key --kind workspace-service --workspace "$slug" --name probe --preset inference
says "--yes"
run 0 create-key --kind workspace-service --workspace "$slug" --name probe --preset inference --dry-run
prints "POST /v1/api-keys/workspace/service"
prints '"completions.write"'
run 2 create-key --kind workspace-service --workspace "$slug" --name '' --preset inference --yes
says "name"
run 2 create-key --kind workspace-service --workspace "$slug" --name default_user_key --preset inference --yes
run 2 create-key --kind workspace-service --workspace "$slug" --name probe --yes
says "error: --scope: at least one"
run 2 create-key --kind workspace-service --workspace "$slug" --name probe --scope completion.write --yes
says "Did you mean completions.write"
run 2 create-key --kind organisation-service --name probe --scope completions.write --yes
says "completions.write"
run 2 create-key --kind workspace-user --workspace "$slug" --name probe --preset inference --yes
says "error: --owner: "
run 2 create-key --kind workspace-user --workspace "$slug" --owner "$stranger" --name probe --preset inference --yes
run 2 create-key --kind workspace-service --name probe --preset inference --yes
says "workspace"
run 1 create-key --kind workspace-service --workspace nowhere --name probe --preset inference --yes
run 2 create-key --kind robot --name probe --yes
run 2 create-key --kind workspace-service --workspace "$slug" --name probe --preset nonsense --yes
says "Presets:"
run 2 create-key --kind organisation-service --name probe --preset nonsense --yes
says "for an organisation-service key"
for bad in --expires=yesterday --expires=2020-01-01 --rate-limit=requests:rpm:many --rate-limit=cost:rpm:1 --budget=cost:-1 --rotate=daily; do
    run 2 create-key --kind workspace-service --workspace "$slug" --name probe --preset inference "$bad" --yes
    says "${bad%%=*}"
done

# What calls bring along, and who is told: each is checked, and no value is repeated in a sentence.
refuses() { # words flags...: nothing is sent, and why
    run 2 create-key --kind workspace-service --workspace "$slug" --name probe --preset inference "${@:2}" --yes
    says "$1"
    silent zq91
}
silent() { if grep -qF -- "$1" "$err"; then fail "\"$1\" is in $(cat "$err")"; fi; }
refuses "reads owner=team-tools" --metadata zq91
refuses "--metadata: rows 1 and 2 have the same key" --metadata owner=zq91 --metadata owner=x
refuses "--metadata: row 1: a value is needed" --metadata zq91=
refuses "--config: a slug" --config 'pc zq91'
refuses "give --config too" --allow-config-override yes
refuses "is yes or no" --config pc-a --allow-config-override zq91
refuses "--alert: the alert is above the budget" --budget cost:10 --alert 11
refuses "--alert: an alert needs a budget" --alert 11
refuses "--first-reset: a first reset needs to know how often" --budget cost:10 --first-reset 2027-01-31
refuses "--first-reset: there is no such day" --budget cost:10 --reset 30d --first-reset 2027-02-30
refuses "--overlap: the old secret lives on for 30 minutes at least" --rotate weekly --overlap 29m
refuses "--overlap: the old secret must die before the next rotation" --rotate 1d --overlap 24h
refuses "--overlap: there is no rotation" --overlap 24h
refuses "--alert is longer than" --budget cost:10 --alert 1234567890123456789012345
refuses "--alert-email: address 2: not like" --alert-email oncall@acme.example --alert-email zq91
same "$(count)" "$before"

# -- each kind --
run 0 create-key --kind workspace-service --workspace "$slug" --name made-service --description 'for the tests' \
    --preset inference --scope logs.list --rate-limit requests:rpm:100 --budget cost:100 --expires 30d --rotate weekly --yes
json '.key | length > 20'
json '.object == "api-key"'
jq -r .key "$out" >"$work/keys/made"
id=$(jq -r .id "$out")
# The one place where a secret is printed is this answer: it is not looked for there.
rm "$out"; : >"$out"
cat "$work/keys/made" >>"$work/secrets"
run 0 key "$id" --format json
json '.name == "made-service" and .type == "workspace-service" and .workspace_id == "'"$uuid"'"'
json '(.scopes | sort) == ["completions.write","logs.list"] and .description == "for the tests"'
json '.rate_limits == [{"type":"requests","unit":"rpm","value":100}] and .usage_limits.credit_limit == 100'
json '.rotation_policy.rotation_period == "weekly" and (.expires_at | startswith("2026-12-24"))'

run 0 create-key --kind workspace-service --workspace "$slug" --name made-bound --preset inference --metadata owner=team=tools --metadata env=prod \
    --config pc-gira-prd --allow-config-override yes --budget cost:10 --alert 8 --reset 30d --first-reset 2027-01-31 --rotate weekly --overlap 24h \
    --alert-email oncall@acme.example --alert-email 'a@b.example, c@d.example' --yes
id=$(jq -r .id "$out"); jq -r .key "$out" >>"$work/secrets"; : >"$out"
run 0 key "$id" --format json
json '.defaults.metadata == {"owner":"team=tools","env":"prod"} and (.defaults.config_id | length) == 36 and .defaults.allow_config_override'
json '.usage_limits.alert_threshold == 8 and .usage_limits.periodic_reset_days == 30'
json '(.next_usage_reset_at | startswith("2027-01-31T00:00:00")) and .rotation_policy.key_transition_period_ms == 86400000'
json '.alert_emails == ["oncall@acme.example","a@b.example","c@d.example"]'
run 0 create-key --kind workspace-service --workspace "$slug" --name bound --preset inference --config pc-gira-prd --dry-run
prints '"allow_config_override": false'

run 0 create-key --kind workspace-user --workspace "$uuid" --owner "$owner" --name made-user --preset inference --yes
id=$(jq -r .id "$out"); jq -r .key "$out" >>"$work/secrets"; : >"$out"
run 0 key "$id" --format json
json '.user_id == "'"$owner_id"'" and .type == "workspace-user"'
run 0 create-key --kind organisation-service --name made-admin --scope workspaces.list --yes
jq -r .key "$out" >>"$work/secrets"; : >"$out"
same "$(count)" "$((before + 4))"

# The journal tells each write and its end, and verifies no secret; the search at the end looks for them.
same "$(grep -c '"kind":"intent"' "$state/journal.jsonl")" 4
same "$(grep -c '"result":"done"' "$state/journal.jsonl")" 4

# -- a profile of production needs a reason, which the journal keeps --
profile demo "$work/keys/first" PROD
prod=(create-key --kind organisation-service --name in-prod --scope workspaces.list --yes)
run 1 "${prod[@]}"
says "tagged PROD: --reason is needed"
run 1 "${prod[@]}" --reason ' '
same "$(count)" "$((before + 4))"
run 2 "${prod[@]}" --reason $'INC\n1'
run 0 "${prod[@]}" --reason INC-2212
jq -r .key "$out" >>"$work/secrets"; : >"$out"
grep -q '"reason":"INC-2212"' "$state/journal.jsonl" || fail "the reason is not in the journal"

# -- what the own key may not do, the server is not asked for --
api "$work/keys/first" POST /api-keys/organisation/service '{"name":"reader","scopes":["workspaces.list","workspace_service_api_keys.list","workspace_user_api_keys.list","organisation_service_api_keys.list"]}' | jq -r .key >"$work/keys/reader"
cat "$work/keys/reader" >>"$work/secrets"
profile reader "$work/keys/reader"
run 1 --profile reader create-key --kind workspace-service --workspace "$slug" --name probe --preset inference --yes
says "workspace_service_api_keys.create"

# -- a lost reply: the key is found, its secret is not, and it is never sent twice --
# Each sandbox of a fixed time makes the same ids: what one made is in the journal as known, so each begins with none.
anew() { rm -f "$state/journal.jsonl" "$state/journal.head"; }
anew
sandbox --fault POST:/api-keys:drop-after
profile lost "$work/keys/first"
before=$(count)
run 6 --profile lost create-key --kind workspace-service --workspace "$slug" --name lost-one --preset inference --yes
lost=$(api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq -r '.data[0].id')
says "The key $lost may be what it made; if nobody else made it, nobody has its secret"
hushes "evoke it"
same "$(count)" "$((before + 1))"
# It did not arrive: that is not said before it can be known, and until then no second one is sent.
sandbox --fault POST:/api-keys:status=500:1
profile lost "$work/keys/first"
before=$(count)
again=(create-key --kind workspace-service --workspace "$slug" --name lost-two --preset inference --yes)
run 6 --profile lost "${again[@]}"
says "nothing of it is there so far. It may still come, for two minutes: sending now may make two"
run 6 --profile lost "${again[@]}"
says "it may still come: sending now may make two. Wait until two minutes have passed since"
same "$(count)" "$before"
# One of that name in another workspace is another.
other=$(api "$work/keys/first" GET '/admin/workspaces?page_size=100&current_page=0' | jq -r --arg slug "$slug" '[.data[] | select(.slug != $slug and .status == "active")][0].id')
run 0 --profile lost create-key --kind workspace-service --workspace "$other" --name lost-two --preset inference --yes
jq -r .key "$out" >>"$work/secrets"; : >"$out"
same "$(count)" "$((before + 1))"
later 130
run 0 --profile lost "${again[@]}"
jq -r .key "$out" >>"$work/secrets"; : >"$out"
same "$(count)" "$((before + 2))"
grep -q '"result":"none"' "$state/journal.jsonl" || fail "the first try is not settled"
# The lists lag longer than it looks: that the key is not there is not said for sure, and the next run finds it.
anew
sandbox --fault POST:/api-keys:drop-after:1 --quirk stale-reads=25
profile lost "$work/keys/first"
before=$(count)
again=(create-key --kind workspace-service --workspace "$slug" --name lost-late --preset inference --yes)
run 6 --profile lost "${again[@]}"
says "nothing of it is there so far. It may still come"
hushes "may be what it made"
same "$(count)" "$before"
later 30
run 1 --profile lost "${again[@]}"
says "An earlier try"
says "The key $(api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq -r '.data[0].id') may be what it made"
same "$(count)" "$((before + 1))"
sandbox --fault POST:/api-keys:status=400
profile lost "$work/keys/first"
run 1 --profile lost create-key --kind workspace-service --workspace "$slug" --name refused --preset inference --yes
