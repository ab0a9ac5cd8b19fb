#!/bin/bash
# Revoking through what misbehaves: a server that is misheard, boxes that answer in its place, reads that lag or are
# refused. Whatever is said of the key has to be true, and proven where it says so. Waits are hurried; nothing is timed, and
# no server here stands still, so a busy machine is given all the time that an answer may take.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20 PORTCULLIS_TEST_PATIENT=1
proxy=$3

there() { printf 'header = "x-portkey-api-key: %s"\n' "$(cat "$work/keys/first")" |
    curl -s --noproxy '*' -K - "$direct/api-keys/$1" | jq -r 'if .id then "there" else "gone" end'; }

# victim: makes a key of its own for a case: $id, $tail. It is old enough unless `young` is said.
count=0
victim() {
    count=$((count + 1))
    read -r id tail < <(jq -r --argjson n "$count" '[.items[] | select(.type == "workspace-service" and .status == "active")][$n]
        | .id + " " + (.key | sub(".*\\*"; ""))' "$work/keys.json")
}

# revoke EXIT RESULT TRUTH [RULE]..: what the command says of a fresh key, and what is true in the end.
revoke() {
    local want=$1 result=$2 truth=$3
    shift 3
    victim
    printf '%s\n' "$@" | sed "s/@ID/$id/g" >"$work/rules"
    : >"$work/asked"
    touch "$work/anew"
    run "$want" revoke-key "$id" --confirm "$tail" --format json
    json ".result == \"$result\"" || fail "$*"
    case $result in
        revoked) json '.proven == true and (.reading | test("^its id: 40[34] AB0[38]")) and (.control | test("shows "))' ;;
        *) json '.proven == false' ;;
    esac
    same "$(there "$id")" "$truth"
    same "$(grep -c '^DELETE' "$work/asked")" "$(case $result in 'not sent') echo 0 ;; *) echo 1 ;; esac)"
}

sandbox
profile demo "$work/keys/first"
run 0 keys --format json
cp "$out" "$work/keys.json"
own=$(run 0 overview --format json; jq -r .own_key.id "$out")
front
profile demo "$work/keys/first"
echo "own_key_id = $own" >>"$profiles/demo.ini"
: >"$work/rules"

# -- a healthy day: the id, and a list asked by ids; six requests --
revoke 0 revoked gone
same "$(wc -l <"$work/asked")" 6
json '.control | test("'"$own"'")'
tail -1 "$state/journal.jsonl" | jq -e '.result == "done" and (.reading | test("403 AB03")) and (.control | test("shows "))' >/dev/null ||
    fail "the journal lacks the readings"

# -- gone is proven, or not known --
firewall=$(page 403 Forbidden)
revoke 6 unknown gone "GET /api-keys/@ID after 0 bytes 0 $firewall"
says "not the API's own"
revoke 6 unknown gone "DELETE / any 0 instead 0 $firewall" "GET /api-keys/@ID after 0 bytes 0 $firewall"
revoke 6 'still works' there "DELETE / any 0 bytes 0 $firewall"
revoke 6 unknown gone "GET /api-keys/@ID after 0 bytes 0 $(page 404 'default backend - 404')"
revoke 6 unknown gone "GET /api-keys/@ID after 0 bytes 0 $(envelope 404 '' 'not found')"
revoke 6 unknown gone "GET /api-keys/@ID after 0 bytes 0 $(envelope 502 AB04 'bad gateway')"
revoke 6 unknown gone "GET /api-keys/@ID after 0 headed 0 Age: 9\\r\\n"
revoke 6 unknown gone "GET IDS after 0 headed 0 Age: 9\\r\\n" "DELETE / any 0 lost 0"
revoke 0 revoked gone "GET /api-keys/@ID after 1 bytes 0 $firewall"
revoke 0 revoked gone "DELETE / any 0 lost 0"
revoke 6 'still works' there "DELETE / any 0 rst 0"
revoke 0 revoked gone "DELETE / any 0 twice 0"

# -- refused is proven, or not known --
for no in 'bytes 0 HTTP/1.1 499 x\r\nContent-Length: 0\r\n\r\n' 'bytes 0 HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n' \
    "bytes 0 $(envelope 429 '' 'slow down')" "bytes 0 $(envelope 503 AB04 'try later')" "bytes 0 $(page 429 'Too many')" \
    'json 0 {"success":false,"data":{"message":"it was not possible"}}' 'json 0 {"id":"00000000-0000-4000-8000-000000000000"}' \
    'bytes 0 HTTP/1.1 401 x\r\nContent-Type: application/json\r\nContent-Length: 70\r\n\r\n{"status":"failure","message":"Invalid API Key. Error Code: 03 ......"}'; do
    revoke 6 'still works' there "DELETE / any 0 $no"
done
says "Revoke it again"
for no in "$(envelope 403 AB03 'not allowed')" "$(envelope 404 AB08 'not found')" "$(envelope 400 AB01 'invalid')" \
    "$(envelope 409 AB07 'in use')"; do
    revoke 1 refused there "DELETE / any 0 bytes 0 $no"
    revoke 0 revoked gone "DELETE / any 0 instead 0 $no"
done
revoke 5 refused there "DELETE / any 0 bytes 0 $(envelope 429 AB06 'slow down')"
revoke 6 unknown gone "DELETE / any 0 instead 0 $(envelope 403 AB03 'not allowed')" "GET /api-keys/@ID after 0 bytes 0 $firewall"

# -- the answer is about what was asked --
other=00000000-0000-4000-8000-000000000001
revoke 5 'not sent' there "GET /api-keys/@ID any 0 wrong-id 0 $other"
revoke 6 unknown there "DELETE / any 0 rst 0" "GET /api-keys/@ID after 0 wrong-id 0 $other"
revoke 5 'not sent' there "GET /api-keys/@ID any 0 bytes 0 $firewall"
hushes "gone"
revoke 1 'not sent' there "GET /api-keys/@ID any 0 bytes 0 $(envelope 403 AB03 'not allowed')"

# -- nothing slow in front of it, and a server that knows no ids --
rm -rf "$state" # what is open of the cases above would be looked for after each command
old=$(printf 'header = "x-portkey-api-key: %s"\n' "$(cat "$work/keys/first")" |
    curl -s --noproxy '*' -K - "$direct/api-keys?page_size=30&current_page=0" | jq -c '.total = 1000000' | sed 's/\\/\\\\/g')
revoke 0 revoked gone "GET LIST any 0 json 0 $old"
[ "$(wc -l <"$work/asked")" -le 10 ] || fail "too many requests: $(cat "$work/asked")"
json '.control | test("another key")'
sed -i '/own_key_id/d' "$profiles/demo.ini"
revoke 0 revoked gone "GET LIST any 0 json 0 $old"
[ "$(wc -l <"$work/asked")" -le 10 ] || fail "too many requests: $(cat "$work/asked")"
revoke 0 revoked gone
[ "$(wc -l <"$work/asked")" -le 10 ] || fail "too many requests: $(cat "$work/asked")"
! grep -q 'workspaces\|users' "$work/asked" || fail "a list stands in front of it"
# An old server of few keys: all of them are read.
revoke 0 revoked gone "GET IDS any 0 json 0 $(sed 's/"total":1000000/"total":318/' <<<"$old")" "DELETE / any 0 lost 0"
json '.control | test("whole list")'

# -- a wait that a list asks for holds nothing up --
revoke 0 revoked gone "GET LIST before 0 bytes 0 $(envelope 429 AB06 'slow down' | sed 's/Content-Type/Retry-After: 300\\r\\nContent-Type/')"
