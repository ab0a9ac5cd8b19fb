#!/bin/bash
# A command that waits says what for: a server that stands still, one that asks for time, one that fails, a long wait.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
run 0 keys --format json
quiet
id=$(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0].id' "$out")
mask=$(jq -r --arg id "$id" '.items[] | select(.id == $id).key' "$out")
# until_says TEXT: waits for it on stderr of the command that runs as $pid, 45 seconds at most.
until_says() {
    local end=$((SECONDS + 45))
    until grep -qF -- "$1" "$err"; do
        if [ "$SECONDS" -gt "$end" ] || ! kill -0 "$pid" 2>/dev/null; then
            fail "stderr lacks: $1"
            return
        fi
        pause 0.05
    done
}

# A server that stands still: said after two seconds, also where stderr is no terminal, and nothing is on stdout.
stopped=${sandboxes[0]}
for arguments in "key $id" "keys" "overview --format json" "revoke $id --confirm ${mask##*\*}" \
    "login --name other --base-url $base_url --key-file $work/keys/first"; do
    kill -STOP "$stopped"
    out=$work/seen/stopped.out err=$work/seen/stopped.err
    # shellcheck disable=SC2086
    "$bin/portcullis" --now "$now" $arguments >"$out" 2>"$err" </dev/null &
    pid=$!
    case $arguments in
    login*) until_says "still waiting: trying the key" ;;
    key\ *) until_says "no answer yet from $base_url: reading the key" ;;
    *) until_says "no answer yet from $base_url" ;;
    esac
    same "$(wc -c <"$out")" 0
    # A line that differs from the one before by its seconds only is not printed where no terminal is.
    [ "$arguments" != keys ] || until_says "no answer: retry 2 of 4"
    ! grep -qE "no answer for [0-9]" "$err" || fail "the seconds are counted where no terminal is"
    kill -CONT "$stopped"
    code=0
    wait "$pid" || code=$?
    [ "$code" = 0 ] || fail "$arguments ended with $code"
done

rm -f "$profiles/other.ini" # what was logged in last is the default

# A wait that the server asks for, and another try, are said at once.
sandbox --fault GET:/api-keys:retry-after=1:1
profile demo "$work/keys/first"
run 0 keys
says "429: the server asks to wait 1 s"
sandbox --fault GET:/api-keys/:retry-after=1:1
profile demo "$work/keys/first"
run 0 key "$id"
says "429: the server asks to wait 1 s"
sandbox --fault GET:/api-keys/:status=503:2
profile demo "$work/keys/first"
run 0 key "$id"
says "503: retry 2 of 4"
says "503: retry 3 of 4"

# A wait of minutes is a person's to decide: every command gives up, before anything is sent.
sandbox --fault GET:/api-keys/:retry-after=300
profile demo "$work/keys/first"
run 5 key "$id"
says "5m"
same "$(grep -c 429 "$err")" 1
run 5 revoke "$id" --confirm "${mask##*\*}"
says "Nothing was sent"
[ ! -e "$state/journal.jsonl" ] || same "$(grep -c '"kind":"intent"' "$state/journal.jsonl")" 1 # that of the server that stood still
sandbox --fault GET:/api-keys:retry-after=300
profile demo "$work/keys/first"
run 5 keys
run 5 login --name other --base-url "$base_url" --key-file "$work/keys/first"
says "5m"
[ ! -e "$profiles/new.ini" ] || fail "a profile was written"

# Nor does a command wait for it behind its work, to look what became of an earlier write.
rm -rf "$state"
sandbox
profile demo "$work/keys/first"
PORTCULLIS_TEST_STOP=after-intent "$bin/portcullis" --now "$now" revoke "$id" --confirm "${mask##*\*}" >/dev/null 2>&1 &
until_true stopped "$!"
kill -9 "$!"
wait "$!" 2>/dev/null
sandbox --fault GET:/api-keys/:retry-after=300
profile demo "$work/keys/first"
from=$SECONDS
run 0 workspaces --format ids
says "could not be looked for: 429: the server asks to wait 5m"
[ $((SECONDS - from)) -le 20 ] || fail "it waited for $((SECONDS - from)) s"
rm -rf "$state"

# -- the log: what was asked and what came of it, and how it ended --
sandbox --fault GET:/admin/users:status=500:1 --fault GET:/admin/workspaces:retry-after=1:1
profile logged "$work/keys/first"
rm -f "$state/portcullis.log"
logged() { grep -qE -- "$1" "$state/portcullis.log" || { fail "the log lacks: $1"; head -40 "$state/portcullis.log" >&2; }; }
run 0 --log --profile logged overview
run 1 --log --profile logged revoke 00000000-0000-4000-8000-000000000000 --confirm abc
made=(create-key --kind organisation-service --name made-logged --scope workspaces.list --yes)
run 0 --log --profile logged "${made[@]}"
jq -r .key "$out" >>"$work/secrets"
: >"$out"
logged 'portcullis [0-9.]+, overview'
logged "opens the profile logged: $base_url, direct"
logged 'GET /api-keys\?page_size=[^ ]*: 200, [0-9]+ ms, [0-9]+ bytes, request [0-9]+, attempt 1"'
logged 'GET /admin/users[^ ]*: 500, .*, attempt 1, again in [0-9]+ ms"'
logged 'GET /admin/users[^ ]*: 200, .*, attempt 2"'
logged 'GET /admin/workspaces[^ ]*: 429, .*, all wait, again in 1000 ms"'
logged 'workspaces: complete, [0-9]+ of [0-9]+"'
logged 'revoke 00000000-0000-4000-8000-000000000000: blocked: '
logged 'ends with exit status 1"'
logged 'create /v1/api-keys/organisation/service: sending: '
logged 'POST /api-keys/organisation/service: 200, '
logged 'create /v1/api-keys/organisation/service: done: Made and handed over: '
logged 'ends with exit status 0"'
