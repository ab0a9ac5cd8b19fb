#!/bin/bash
# Acts through what misbehaves: lost answers, boxes that answer in the server's place, others who change the same key, ends
# of the program. Whatever is said of the key has to be true. Waits are hurried; no server here stands still.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20 PORTCULLIS_TEST_PATIENT=1
proxy=$3
sandbox
profile demo "$work/keys/first"
first=$work/keys/first
run 0 keys --format json
cp "$out" "$work/keys.json"
front
profile demo "$first"
: >"$work/rules"
of() { printf 'header = "x-portkey-api-key: %s"\n' "$(cat "$first")" | curl -s --noproxy '*' -K - "$direct/api-keys/$1"; }
set_to() { printf 'header = "x-portkey-api-key: %s"\n' "$(cat "$first")" | # set_to ID BODY: somebody else does
    curl -s --noproxy '*' -K - -X PUT -H 'content-type: application/json' -d "$2" "$direct/api-keys/$1" >/dev/null; }
expiry() { of "$1" | jq -r '.expires_at // "never"'; }
mask() { of "$1" | jq -r .key; }
count=0
victim() { # a fresh key: $id, $tail
    count=$((count + 1))
    read -r id tail < <(jq -r --argjson n "$count" '[.items[] | select(.type == "workspace-service" and .status == "active" and .expires_at == null
        and .rotation_policy == null)][$n] | .id + " " + (.key | sub(".*\\*"; ""))' "$work/keys.json")
    : >"$work/asked"
    touch "$work/anew"
}
rules() { printf '%s\n' "$@" | sed "s/@ID/$id/g" >"$work/rules"; }
sent() { same "$(grep -cE '^(PUT|POST)' "$work/asked")" "$1"; }
open() { run "$1" pending --format json; jq -e ".items | length == $2" "$out" >/dev/null || fail "$2 are not open"; }
settle() { jq -r '.items[].intent' "$out" >"$work/intents"; while read -r intent; do run 0 settle "$intent" --as not-done --reason tested; done <"$work/intents"; }
thaw=(thaw-key --yes --expires 2027-01-02 --format json)

# -- a change whose answer does not tell: what is read then does --
for how in 'lost 0' 'cut 1' "instead 0 $(page 403 Blocked)" "instead 0 $(page 200 Welcome)" "instead 0 $(envelope 500 AB04 broken)" "instead 0 $(envelope 403 AB03 no)" 'bytes 0 x'; do
    victim
    rules "PUT /api-keys/@ID any 1 $how"
    case $how in bytes*) # it never got there
        run 6 "${thaw[0]}" "$id" "${thaw[@]:1}"
        json '.result == "unknown"'
        says "reads as before; the request may still come"
        same "$(expiry "$id")" never
        sent 1
        later 200
        : >"$work/rules"
        run 0 pending --look
        says "reads as before: nothing came of it"
        open 0 0 ;;
    *)
        run 0 "${thaw[0]}" "$id" "${thaw[@]:1}"
        json '.result == "done"'
        says "reads as it was to be"
        same "$(expiry "$id")" 2027-01-02T00:00:00.000Z
        sent 1
        open 0 0 ;;
    esac
done

# -- refused, and it is as it was --
victim
rules "PUT /api-keys/@ID any 1 bytes 0 $(envelope 403 AB03 no)"
run 1 "${thaw[0]}" "$id" "${thaw[@]:1}"
json '.result == "refused"'
says "the server refused it, and it reads as before"
same "$(expiry "$id")" never
# A page of something in between is no refusal.
victim
rules "PUT /api-keys/@ID any 1 bytes 0 $(page 403 Blocked)"
run 6 "${thaw[0]}" "$id" "${thaw[@]:1}"
json '.result == "unknown"'
open 6 1
settle
# 200 of a box that did nothing: it does not read so.
victim
rules "PUT /api-keys/@ID any 1 json 0 {}"
run 6 "${thaw[0]}" "$id" "${thaw[@]:1}"
json '.result == "accepted"'
says "does not read so yet"
same "$(expiry "$id")" never
later 200
: >"$work/rules"
run 0 pending --look
says "reads as before: nothing came of it"
# Another id in the answer of the read: nothing is sent.
victim
rules "GET /api-keys/@ID any 1 wrong-id 0 00000000-0000-4000-8000-000000000001"
run 5 "${thaw[0]}" "$id" "${thaw[@]:1}"
sent 0

# -- somebody else --
# Between the review and the sending: brought back, nothing sent.
victim
body='{"name":"renamed meanwhile"}'
rules "GET /api-keys/@ID any 1 pass 0" \
    "GET /api-keys/@ID any 1 when 0 PUT /v1/api-keys/@ID HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nx-portkey-api-key: $(cat "$first")\\r\\nContent-Type: application/json\\r\\nContent-Length: ${#body}\\r\\n\\r\\n$body"
run 1 "${thaw[0]}" "$id" "${thaw[@]:1}"
says "The key changed while it was reviewed. Nothing was sent"
sent 0
# After a lost answer: set another way.
victim
body='{"expires_at":"2028-03-04T00:00:00Z"}'
rules "PUT /api-keys/@ID any 1 bytes 0 $(envelope 403 AB03 no)" \
    "GET /api-keys/@ID after 1 when 0 PUT /v1/api-keys/@ID HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nx-portkey-api-key: $(cat "$first")\\r\\nContent-Type: application/json\\r\\nContent-Length: ${#body}\\r\\n\\r\\n$body"
run 1 "${thaw[0]}" "$id" "${thaw[@]:1}"
says "was set another way by somebody else"
same "$(expiry "$id")" 2028-03-04T00:00:00.000Z
open 0 0

# -- a rotation whose answer is lost: the secret is nowhere --
victim
was=$(mask "$id")
rules "POST /api-keys/@ID/rotate any 1 lost 0"
run 6 rotate-key "$id" --confirm "$tail" --format json
json '.result == "unknown"'
says "has another secret now: it was rotated by this or by somebody else"
[ "$(mask "$id")" != "$was" ] || fail "it was not rotated"
sent 1
run 6 pending --look
says "If nobody has the new secret, rotate it again."
run 0 rotate-key "$id" --dry-run
says "An earlier rotate-key of this key was sent at 20"
run 0 freeze-key "$id" --dry-run
hushes "An earlier"
open 6 1
settle
victim
was=$(mask "$id")
rules "POST /api-keys/@ID/rotate any 1 rst 0"
run 6 rotate-key "$id" --confirm "$tail" --format json
says "the request may still come"
same "$(mask "$id")" "$was"
later 200
: >"$work/rules"
run 0 pending --look
says "reads as before: nothing came of it"
open 0 0
# The answer is about another key: its secret is shown to nobody.
victim
rules "POST /api-keys/@ID/rotate any 1 wrong-id 0 00000000-0000-4000-8000-000000000001"
run 6 rotate-key "$id" --confirm "$tail" --format json
json '.result == "unknown" and (.key | test("[*]"))'
open 6 1
settle

# -- the program ends on the way; the next one says what became of it --
for stop in before-intent after-intent after-send before-hand-over after-hand-over before-outcome; do
    victim
    : >"$work/rules"
    was=$(mask "$id")
    got=0
    PORTCULLIS_TEST_STOP=$stop "$bin/portcullis" --now "$now" rotate-key "$id" --confirm "$tail" >"$work/stopped" 2>/dev/null </dev/null &
    pid=$!
    until_true stopped "$pid"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    jq -r '.key // empty' "$work/stopped" 2>/dev/null >>"$work/secrets"
    grep -oE '"key":"[^"]*"' "$work/stopped" | cut -d'"' -f4 >>"$work/secrets"
    changed=$([ "$(mask "$id")" = "$was" ] && echo no || echo yes)
    run 0 workspaces --format ids
    case $stop in
    before-intent)
        same "$changed" no
        hushes "was rotated"
        open 0 0 ;;
    after-intent)
        same "$changed" no
        says "reads as before; the request may still come"
        later 200
        run 0 pending --look
        says "nothing came of it"
        open 0 0 ;;
    after-send)
        same "$changed" yes
        says "has another secret now"
        open 6 1
        settle ;;
    before-hand-over)
        same "$changed" yes
        says "Nobody has its secret: rotate it again."
        open 6 1
        settle ;;
    after-hand-over)
        same "$changed" yes
        says "Its secret may have been printed: rotate it unless somebody has it."
        open 6 1
        settle ;;
    before-outcome)
        same "$changed" yes
        says "has a new secret, which was handed over"
        open 0 0 ;;
    esac
    rm -f "$work/stopped"
done
run 0 journal verify
