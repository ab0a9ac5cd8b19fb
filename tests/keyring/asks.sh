#!/bin/bash
# asks.sh BIN_DIR MOCK_SERVICE: the real programs and a keyring that asks before it stores or deletes. A question that was
# closed, or is still open, is told in words with exit code 4, and nothing is lost: the key that is stored stays and so does
# the profile that points to it. Runs under with-keyring.sh --bus.
KEEP_BUS=1
mock=$2
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/../commands/lib.sh"
asking=$work/asking
mkdir "$asking"
mkfifo "$work/never"
exec 9<>"$work/never"

# plan WORDS: what the keyring does from now on; its log begins anew.
plan() { echo "$1" >"$asking/plan" && : >"$asking/log"; }
# logged TEXT...: this and no more is what the keyring did since.
logged() { same "$(cat "$asking/log")" "$(printf '%s\n' "$@")"; }
# await TEXT: waits until the keyring has done that; 20 s.
await() {
    local turns=400
    until grep -qx "$1" "$asking/log"; do
        turns=$((turns - 1))
        [ "$turns" -gt 0 ] || { fail "the keyring never: $1"; return 1; }
        read -rt 0.05 -u 9 _
    done
    return 0
}
# stays: the profile is as it was, and the key that it points to is the first one.
stays() {
    same "$(cat "$profiles/acme.ini")" "$before"
    run 0 overview --format json
    same "$(jq -r .organisation.name "$out")" "$first"
}
# dismissed COMMAND...: it says in words that the question was closed, ends with 4, and prints nothing.
dismissed() {
    run 4 "$@"
    says "Key of profile acme: The keyring asked for its password or for leave, and the question was closed without an answer"
    says "Try again, and answer it in its own window."
    [ ! -s "$out" ] || fail "it printed something"
}

plan ""
"$mock" "$asking" 9<&- &
service=$!
sandboxes+=("$service") # lib.sh ends what is in there
gdbus wait --session --timeout 20 org.freedesktop.secrets || { fail "the keyring does not start"; exit 1; }
sandbox

# -- it asks before it stores --
plan "ask-create dismiss"
stdin=$work/keys/first dismissed login --name acme --base-url "$base_url"
logged "asked create" dismissed
[ ! -e "$profiles/acme.ini" ] || fail "a profile was stored without its key"
plan "ask-create answer"
stdin=$work/keys/first run 0 login --name acme --base-url "$base_url"
says "The key works"
logged "asked create" created answered
before=$(cat "$profiles/acme.ini")
run 0 overview --format json
first=$(jq -r .organisation.name "$out")
plan "ask-create dismiss"
stdin=$work/keys/second dismissed login --name acme --base-url "$base_url"
stays
plan "ask-create pretend"
stdin=$work/keys/second run 4 login --name acme --base-url "$base_url"
says "The keyring did not do as asked, although it reported no error"
stays

# -- it asks before it deletes --
plan "ask-delete dismiss"
dismissed logout acme
says "The profile acme stays, since its key may still be stored."
logged "asked delete" dismissed
stays
plan "ask-delete pretend"
run 4 logout acme
says "The keyring did not do as asked, although it reported no error"
says "The profile acme stays, since its key may still be stored."
stays

# An old entry that may not be deleted is told of; the new one is in use.
plan "ask-delete dismiss"
old=$base_url
sandbox
stdin=$work/keys/first run 0 login --name acme --base-url "$base_url"
[ "$old" != "$base_url" ] || fail "both sandboxes have one address"
says "The key that this profile had before could not be taken out of the keyring."
says "secret-tool clear application portcullis profile acme service $old"
before=$(cat "$profiles/acme.ini")
stays

# -- it asks, and nobody answers: an answer that comes late counts for the next try --
plan "ask-delete open"
PORTCULLIS_KEYRING_TIMEOUT=5 run 4 logout acme
says "The keyring has not answered yet: it may be waiting for you in another window"
says "The keyring did not answer in time"
says "It may still be asking in another window: answer it there, then try again."
says "The profile acme stays, since its key may still be stored."
stays
plan answer
kill -USR1 "$service"
await deleted
run 0 logout acme
[ ! -e "$profiles/acme.ini" ] || fail "the profile is still there"

# -- it asks, and may --
stdin=$work/keys/first run 0 login --name acme --base-url "$base_url"
plan "ask-delete answer"
run 0 logout acme
says "The profile acme is removed. Its key is out of the keyring."
logged "asked delete" deleted answered
[ ! -e "$profiles/acme.ini" ] || fail "the profile is still there"
! grep -rFl -f "$work/secrets" "$asking" "$XDG_RUNTIME_DIR" >&2 || fail "a secret is in the files above"
