#!/bin/bash
# One key.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"

run 0 keys --format json
own=$(run 0 overview --format json; jq -r .own_key.id "$out")
other=$(jq -r --arg own "$own" '[.items[] | select(.id != $own and .type == "workspace-service")][0].id' "$work/seen/1.out")

run 0 key "$own" --format json
quiet
json '.own == true and (.scope_marks | index("keys")) and .object == "api-key"'
json '.key | test("^..\\*+...$")'
run 0 key "$other" --format json
json '.own == false'
run 0 key "$other"
prints "$other"
# Each resource is headed once, whichever categories its scopes are of.
run 0 key "$own"
headed=$(sed -n '/^Scopes:/,$p' "$out" | grep -E '^  [a-z_]+$')
same "$(sort <<<"$headed" | uniq -d)" ""
same "$(sed -n '/^Scopes:/,$p' "$out" | grep -cE '^    [a-z_]')" "$(sed -n 's/^Scopes: //p' "$out")"
run 1 key 00000000-0000-4000-8000-000000000000
says "gone"
same "$(wc -c <"$out")" 0
run 2 key
run 2 key one two
run 1 key ..
says "no key has the name"

# By its name, and by what its mask shows; what several have is told with all of them.
name=$(jq -r --arg id "$other" '.items[] | select(.id == $id).name' "$work/seen/1.out")
mask=$(jq -r --arg id "$other" '.items[] | select(.id == $id).key' "$work/seen/1.out")
run 0 key "$name" --format json
json ".id == \"$other\""
run 0 key "${name^^}" --format json
json ".id == \"$other\""
run 0 key "${mask: -3}" --format json
json ".id == \"$other\""
run 0 key "${mask:0:2}*${mask: -3}" --format json
json ".id == \"$other\""
twice=$(jq -r '[.items[].name] | group_by(ascii_downcase) | map(select(length > 1))[0][0]' "$work/seen/1.out")
run 1 key "$twice"
says "may be any of"
same "$(grep -cE '^  [0-9a-f-]{36}  ' "$err")" "$(jq --arg name "$twice" '[.items[] | select(.name == $name)] | length' "$work/seen/1.out")"
run 1 key no-such-name
run 1 key '*'
run 2 key ''

# A dry run of a revocation takes the same, and the revocation itself the id alone.
for text in "$other" "$name" "${name^^}" "${mask: -3}" "${mask:0:2}*${mask: -3}"; do
    run 0 revoke-key "$text" --dry-run
    says "DELETE /v1/api-keys/$other"
    says "Nothing was sent."
done
run 0 revoke --dry-run --format json "$name"
json ".id == \"$other\" and .result == \"not sent\""
run 1 revoke-key --dry-run "$twice"
same "$(grep -cE '^  [0-9a-f-]{36}  ' "$err")" "$(jq --arg name "$twice" '[.items[] | select(.name == $name)] | length' "$work/seen/1.out")"
says "Nothing was sent."
run 1 revoke-key --dry-run "$twice" --format json
json '.id == null and .result == "not sent"'
run 1 revoke-key --dry-run no-such-name
run 2 revoke-key --dry-run ''
run 1 revoke-key "$name" --confirm "${mask: -3}"
hushes "DELETE"
run 0 key "$other"

# Only what it takes is read: no list for the API's object, nor for a key of the organisation; the people only for their keys.
sandbox --fault GET:/admin/:status=500
profile lists-fail "$work/keys/first"
run 0 --profile lists-fail key "$other" --format json
quiet
run 0 --profile lists-fail key "$own"
quiet
prints "(org)"
sandbox --fault GET:/admin/users:status=500
profile lists-fail "$work/keys/first"
run 0 --profile lists-fail key "$other"
quiet
! grep -q '^workspace  *?' "$out" || fail "the workspace has no name"
