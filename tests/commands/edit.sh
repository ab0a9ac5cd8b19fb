#!/bin/bash
# edit-key: what is changed and nothing else; what gives a key more has to be typed. `edit.sh BIN_DIR SOURCE_DIR PROXY`.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20
sandbox
profile demo "$work/keys/first"
first=$work/keys/first
of() { api "$first" GET "/api-keys/$1"; }
workspace=$(api "$first" GET '/admin/workspaces?page_size=100&current_page=0' | jq -r '[.data[] | select(.name | test("payments"))][0].id')
made=0
victim() { # victim MEMBERS: a new service key with these besides; $id, $tail
    made=$((made + 1))
    api "$first" POST /api-keys/workspace/service "{\"name\":\"edit-$made\",\"workspace_id\":\"$workspace\",\"scopes\":[\"completions.write\",\"logs.list\"]${1:+,$1}}" >"$work/made"
    jq -r .key "$work/made" >>"$work/secrets"
    id=$(jq -r .id "$work/made")
    rm "$work/made"
    tail=$(of "$id" | jq -r '.key | sub(".*\\*"; "")')
    before=$(of "$id" | jq -S 'del(.last_updated_at)')
}
only() { # only FILTER: the record is as it was but for what the filter makes of both
    same "$(of "$id" | jq -S "del(.last_updated_at) | $1")" "$(jq -S "$1" <<<"$before")"
}

# -- one member each, and no other --
victim '"description":"as it was"'
run 0 edit-key "$id" --yes --name "renamed é" --format json
json '.result == "done" and .name == "renamed é"'
says '"name":"renamed é"'
says "name: \"edit-$made\" -> \"renamed é\""
only 'del(.name)'
same "$(of "$id" | jq -r .name)" "renamed é"
run 0 edit-key "$id" --yes --description ''
same "$(of "$id" | jq -r '.description // ""')" ""
run 1 edit-key "$id" --yes --description ''
says "It is so already: there is nothing to change"
run 2 edit-key "$id" --yes
says "What is to be changed?"
run 2 edit-key "$id" --name x
says "--yes or --confirm SUFFIX is needed"

# -- scopes: more has to be typed, less not; names that the catalogue lacks stay --
victim
run 1 edit-key "$id" --yes --add-scope logs.view
says "This gives the key more than it had, or may: --confirm SUFFIX is needed"
only .
run 0 edit-key "$id" --yes --add-scope logs.view --dry-run
says 'scopes: [] -> ["logs.view"]'
only .
run 0 edit-key "$id" --confirm "$tail" --add-scope logs.view
same "$(of "$id" | jq -c '.scopes | sort')" '["completions.write","logs.list","logs.view"]'
run 0 edit-key "$id" --yes --drop-scope logs.view --drop-scope logs.list
same "$(of "$id" | jq -c '.scopes | sort')" '["completions.write"]'
run 2 edit-key "$id" --yes --add-scope logs.veiw
says "Did you mean logs.view?"
run 2 edit-key "$id" --confirm "$tail" --add-scope organisation_users.list
says "A workspace-service key cannot hold organisation_users.list"
run 2 edit-key "$id" --confirm "$tail" --add-scope logs.view --drop-scope logs.view
says "is to be added and dropped"

# -- limits --
victim
run 0 edit-key "$id" --yes --rate-limit requests:rpm:60 --budget cost:100 --alert 80 --reset monthly
same "$(of "$id" | jq -c '[.rate_limits[0].type, .rate_limits[0].unit, .rate_limits[0].value, .usage_limits.credit_limit, .usage_limits.alert_threshold, .usage_limits.periodic_reset]')" \
    '["requests","rpm",60,100,80,"monthly"]'
run 1 edit-key "$id" --yes --budget none
says "This gives the key more"
run 0 edit-key "$id" --confirm "$tail" --budget none --rate-limit none
same "$(of "$id" | jq -c '[(.rate_limits | length), (.usage_limits.credit_limit // null)]')" '[0,null]'
run 2 edit-key "$id" --yes --alert 5
says "are told with the whole --budget"
run 2 edit-key "$id" --yes --budget cost:0.5
run 2 edit-key "$id" --yes --rate-limit requests:rpm
victim '"usage_limits":{"type":"tokens","credit_limit":1000}'
run 0 edit-key "$id" --confirm "$tail" --reset-usage
says '{"reset_usage":true}'

# -- life --
victim
run 0 edit-key "$id" --yes --expires 30d
same "$(of "$id" | jq -r '.expires_at[0:10]')" 2026-12-24
run 1 edit-key "$id" --yes --expires never
run 0 edit-key "$id" --confirm "$tail" --expires never
same "$(of "$id" | jq -r .expires_at)" null
run 2 edit-key "$id" --yes --expires 2020-01-01
says "freeze-key stops a key"
run 0 edit-key "$id" --yes --rotate weekly --overlap 2h
same "$(of "$id" | jq -c '[.rotation_policy.rotation_period, .rotation_policy.key_transition_period_ms]')" '["weekly",7200000]'
run 0 edit-key "$id" --yes --rotate none
same "$(of "$id" | jq -c '.rotation_policy // null')" null

# -- defaults: the whole object goes back, with what was not told --
victim '"defaults":{"metadata":{"team":"a","env":"x"}}'
run 0 edit-key "$id" --yes --metadata team=b
same "$(of "$id" | jq -c .defaults.metadata)" '{"team":"b"}'
run 0 edit-key "$id" --yes --metadata none
same "$(of "$id" | jq -c '.defaults.metadata // null')" null
run 0 edit-key "$id" --yes --alert-email a@example.org --alert-email b@example.org
same "$(of "$id" | jq -c '.alert_emails | sort')" '["a@example.org","b@example.org"]'
run 0 edit-key "$id" --yes --alert-email none
same "$(of "$id" | jq -c '.alert_emails // null')" null

# -- the own key: not its own way back --
own=$(run 0 whoami --format json; jq -r .id "$out")
tail=$(of "$own" | jq -r '.key | sub(".*\\*"; "")')
run 1 edit-key "$own" --confirm "$tail" --drop-scope workspaces.list
says "This is the key that this profile works with"
run 1 edit-key "$own" --confirm "$tail" --expires 30d
run 1 edit-key "$own" --yes --description "the operator's"
says "--confirm SUFFIX is needed"
run 0 edit-key "$own" --confirm "$tail" --description "the operator's"
run 0 pending
run 0 journal verify

# -- several at once: all are reviewed, the count is typed, one by one, up to the first that ends otherwise --
ids=()
for n in 1 2 3; do victim; ids+=("$id"); done
run 2 freeze-key "${ids[0]}" "${ids[0]}" --confirm 2
says "is given twice"
run 2 rotate-key "${ids[@]}" --confirm 3
says "takes one key id"
run 2 freeze-key "${ids[@]}" --max 2 --confirm 3
says "--max says that so many are meant"
run 2 edit-key "${ids[@]}" --yes --name same
says "of several keys only"
run 1 freeze-key "${ids[@]}" --confirm "$tail"
says "--confirm 3 is needed, the number of keys. Nothing was sent."
run 1 edit-key "${ids[@]}" 00000000-0000-4000-8000-000000000000 --yes --expires 30d
says "Nothing was sent to any of the 4 keys."
same "$(of "${ids[0]}" | jq -r .expires_at)" null
run 0 edit-key "${ids[@]}" --yes --expires 30d --format json
same "$(jq -r .result "$out" | tr '\n' ' ')" "done done done "
for id in "${ids[@]}"; do same "$(of "$id" | jq -r '.expires_at[0:10]')" 2026-12-24; done
run 1 edit-key "${ids[@]}" --yes --expires 60d
says "--confirm 3 is needed"
run 0 edit-key "${ids[@]}" --confirm 3 --expires 60d
(for n in 1 2 3 4 5 6; do pause 1; later 12; done) &
run 0 freeze-key "${ids[@]}" --confirm 3 --format json
kill "$!" 2>/dev/null
same "$(jq -r .result "$out" | tr '\n' ' ')" "done done done "
run 0 pending
