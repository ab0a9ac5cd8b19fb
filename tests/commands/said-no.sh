#!/bin/bash
# "success": false under 200 is an error with the server's own words, wherever it comes: nothing that was asked for was
# given, nothing is stored, and whether a write was done is looked for.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20 PORTCULLIS_TEST_PATIENT=1
proxy=$3
sandbox
profile demo "$work/keys/first"
run 0 keys --format json
read -r id tail < <(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0] | .id + " " + (.key | sub(".*\\*"; ""))' "$out")
front
profile demo "$work/keys/first"
no='{"success":false,"data":{"message":"the books are closed today"}}'
own='(200: "the books are closed today")'
# said EXIT RULE ARGUMENTS..: it ends like this and says the server's own words.
said() {
    local want=$1
    printf '%s\n' "$2" >"$work/rules"
    touch "$work/anew"
    shift 2
    run "$want" "$@"
    says "$own"
}

# -- lists: not complete, and never empty --
for list in keys workspaces members; do
    case $list in
        keys) path=/api-keys ;;
        workspaces) path=/admin/workspaces ;;
        members) path=/admin/users ;;
    esac
    said "$([ "$list" = members ] && echo 3 || echo 5)" "GET $path any 0 json 0 $no" "$list" --format json
    json '.complete == false and (.missing | length) > 0 and ([.missing[].reason] | join(" ") | contains("the books are closed today"))'
done
printf '%s\n' "GET /api-keys any 0 json 0 $no" >"$work/rules"
run 3 overview
prints "$own"
# -- one key --
said 1 "GET /api-keys/$id any 0 json 0 $no" key "$id"
same "$(wc -c <"$out")" 0
hushes "gone"
# -- a page in the midst of a list --
said 3 "GET /api-keys?page_size=100&current_page=1 any 0 json 0 $no" keys --format json
json '.complete == false and .counted == 100'
# -- login: nothing is stored --
said 1 "GET /api-keys any 0 json 0 $no" login --name two --base-url "$base_url" --key-file "$work/keys/first"
[ ! -e "$profiles/two.ini" ] || fail "a profile was written"
# -- a revocation: what it was meant for cannot be read, or the answer to it says no --
said 1 "GET /api-keys/$id any 0 json 0 $no" revoke-key "$id" --confirm "$tail" --format json
json '.result == "not sent" and .proven == false'
says "Nothing was sent"
hushes "gone"
said 6 "DELETE /api-keys any 0 json 0 $no" revoke-key "$id" --confirm "$tail" --format json
json '.result == "still works" and (.detail | contains("the books are closed today"))'
# It was done all the same: a box in between sent it twice, and this answers the second.
said 0 "DELETE /api-keys any 0 instead 0 $(printf 'HTTP/1.1 200 x\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "${#no}" "$no")" \
    revoke-key "$id" --confirm "$tail" --format json
json '.result == "revoked" and .proven == true'
# -- a new key --
made=(create-key --kind organisation-service --scope workspaces.list --yes --name)
said 6 "POST /api-keys any 0 json 0 $no" "${made[@]}" said-no
says "nothing of it is there so far"
said 6 "POST /api-keys any 0 instead 0 $(printf 'HTTP/1.1 200 x\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "${#no}" "$no")" "${made[@]}" said-no-and-made
says "may be what it made"
