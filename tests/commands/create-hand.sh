#!/bin/bash
# A new key's secret: handed over first, each step in the journal, read back after; what ^C and TERM do to a write.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
make=(create-key --kind organisation-service --scope workspaces.list --yes --name)
kept() { jq -r .key "$out" >>"$work/secrets"; : >"$out"; }
events() { jq -r '.event // .result // .kind' "$state/journal.jsonl" | tr '\n' ' '; }

run 0 --log "${make[@]}" handed
json '.read_back == true and .object == "api-key"'
says "Made and handed over: \"handed\""
kept
same "$(events)" "intent made handing taken done "
# In an organisation of any size: the newest keys before, the key and the newest keys after. No list is read to its end.
requests=$(grep -cE '(GET|POST|DELETE) /' "$state/portcullis.log")
[ "$requests" -le 10 ] || fail "$requests requests"
run 0 "${make[@]}" as-csv --format csv
same "$(sed -n 1p "$out")" "id,key,object,read_back"
sed -n 2p "$out" | grep -qE '^[0-9a-f-]{36},.+,api-key,yes$' || fail "the record is another"
cut -d, -f2 "$out" | sed 1d >>"$work/secrets"; : >"$out"

# A key that may neither read nor list what it makes: said before; made and handed over all the same.
api "$work/keys/first" POST /api-keys/organisation/service '{"name":"maker","scopes":["organisation_service_api_keys.create","workspaces.list"]}' | jq -r .key >"$work/keys/maker"
cat "$work/keys/maker" >>"$work/secrets"
profile maker "$work/keys/maker"
run 0 --profile maker "${make[@]}" unseen
says "If the answer is lost, the new key cannot be looked for"
says "It was not read back"
json '.read_back == false and (.key | length) > 20'
kept

# stop SIGNALS FAULT ARGUMENTS: starts a command against a server with this fault, sends each signal once stderr shows the
# word before it, and gives its exit code in $code.
stop() {
    local pid word
    : >"$work/stop.err"
    "$bin/portcullis" --now "$now" "${@:2}" >"$work/stop.out" 2>"$work/stop.err" </dev/null &
    pid=$!
    for word in $1; do
        for _ in $(seq 600); do
            if grep -q -- "$(tr _ ' ' <<<"${word%%=*}")" "$work/stop.err" || ! kill -0 "$pid" 2>/dev/null; then break; fi
            read -r -t 0.05 <> <(:) || :
        done
        kill "-${word##*=}" "$pid" 2>/dev/null
    done
    code=0
    wait "$pid" || code=$?
    out=$work/stop.out err=$work/stop.err
}

# The answer to the POST never comes: the first ^C waits, the second leaves.
sandbox --fault POST:/api-keys:delay-ms=60000
profile hung "$work/keys/first"
for first in INT TERM; do
    stop "no_answer=$first its_end=$first" --profile hung "${make[@]}" "hung-$first"
    same "$code" 6
    says "is being made"
    says "waiting for its end, half a minute at most"
    says "OUTCOME UNKNOWN"
done
# The secret is there, and the reading back hangs: one signal is enough, and nothing is unknown.
sandbox --fault GET:/api-keys/:delay-ms=60000
profile slow "$work/keys/first"
for first in INT TERM; do
    stop "no_answer=$first" --profile slow "${make[@]}" "slow-$first"
    same "$code" 0
    says "Made and handed over"
    says "It was not read back"
    json '.read_back == false and (.key | length) > 20'
    kept
done
# A revocation likewise.
sandbox --fault DELETE:/api-keys:delay-ms=60000
profile hung "$work/keys/first"
run 0 --profile hung keys --format json
id=$(jq -r '[.items[] | select(.name == "promo-campaign")][0].id' "$out")
suffix=$(jq -r '[.items[] | select(.name == "promo-campaign")][0].key | .[-3:]' "$out")
stop "no_answer=TERM its_end=INT" --profile hung revoke "$id" --confirm "$suffix"
same "$code" 6
says "is being revoked"
says "OUTCOME UNKNOWN"
