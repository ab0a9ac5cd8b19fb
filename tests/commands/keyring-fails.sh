#!/bin/bash
# keyring-fails.sh BIN_DIR PROMPTER: every way in which a keyring gives no key, with the real programs and a real
# gnome-keyring: each has its own sentence and exit code 4, nothing is stored, no profile comes or goes, no secret is
# left anywhere. Runs under tests/keyring/with-keyring.sh.
KEEP_BUS=1
prompter=$2
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
daemon=$PORTCULLIS_TEST_DAEMON
prompts=$work/prompts
mkfifo "$work/never"
exec 9<>"$work/never"

# await TEXT FILE: waits until the file has the text; 20 s.
await() {
    local turns=400
    until grep -qF -- "$1" "$2" 2>/dev/null; do
        turns=$((turns - 1))
        [ "$turns" -gt 0 ] || { fail "\"$1\" does not come in $2"; return 1; }
        read -rt 0.05 -u 9 _
    done
    return 0
}

# start_daemon: another one over the same keyring, which nobody gave a password. with-keyring.sh ends the first.
start_daemon() {
    gnome-keyring-daemon --foreground --components=secrets >/dev/null 2>&1 9<&- &
    daemon=$!
    sandboxes+=("$daemon") # lib.sh ends what is in there
    gdbus wait --session --timeout 20 org.freedesktop.secrets
}

start_prompter() {
    mkdir -p "$prompts"
    "$prompter" "$prompts" 9<&- &
    asking=$!
    sandboxes+=("$asking")
    gdbus wait --session --timeout 20 org.gnome.keyring.SystemPrompter
}

# plan TEXT: what the prompter does from now on; its log begins anew.
plan() { echo "$1" >"$prompts/plan" && : >"$prompts/log"; }
asked() { grep -c '^asked password' "$prompts/log"; }

lock() {
    gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
        --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
}

# refused CASE SENTENCE COMMAND...: it ends with 4, says this sentence last and no other error, and prints nothing.
refused() {
    local case=$1 sentence=$2
    shift 2
    run 4 "$@"
    same "$(tail -n 1 "$err" | grep -cF "$sentence")" 1
    [ ! -s "$out" ] || fail "$case: it printed something"
    same "$(grep -c 'Key of profile' "$err")" 1
    tail -n 1 "$err" | sed 's/^portcullis: Key of profile [a-z]*: //; s/ The profile acme stays.*//' >"$work/said.$case.$1"
}

# fails CASE SENTENCE: nothing can be read, stored or removed, and nothing changes.
fails() {
    local before after
    before=$(cat "$profiles/acme.ini")
    refused "$1" "$2" overview
    stdin=$work/keys/second refused "$1" "$2" login --name other --base-url "$base_url"
    refused "$1" "$2" logout acme
    says "The profile acme stays, since its key may still be stored."
    after=$(cat "$profiles"/*)
    same "$after" "$before"
}

sandbox
stdin=$work/keys/first run 0 login --name acme --base-url "$base_url"

# -- nobody to ask --
unset_bus() { (unset DBUS_SESSION_BUS_ADDRESS && "$@" && exit "$failed") || failed=1; }
unset_bus fails no-bus "There is no D-Bus session"
DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent fails no-bus-there "DBUS_SESSION_BUS_ADDRESS names a bus that nobody answers"

# -- nothing stored --
sed "s#^base_url.*#base_url = http://127.0.0.1:1/v1#" "$profiles/acme.ini" >"$work/moved.ini"
cp "$profiles/acme.ini" "$work/acme.ini"
cp "$work/moved.ini" "$profiles/acme.ini" # an address that was edited: no key goes there
refused none "The keyring holds no key for this profile and base URL" overview
cp "$work/acme.ini" "$profiles/acme.ini"

# -- it does not answer --
kill -STOP "$daemon"
export PORTCULLIS_KEYRING_TIMEOUT=3
refused hang "The keyring did not answer in time" overview
says "portcullis: The keyring has not answered yet: it may be waiting for you in another window."
PORTCULLIS_KEYRING_TIMEOUT=1 fails hang "The keyring did not answer in time"
kill -CONT "$daemon"
unset PORTCULLIS_KEYRING_TIMEOUT
run 0 overview
for bad in 0 2m -1 3601; do
    PORTCULLIS_KEYRING_TIMEOUT=$bad run 2 overview
    says "PORTCULLIS_KEYRING_TIMEOUT: How long to wait for the keyring is a number of seconds, 1 to 3600."
done

# -- locked, and nobody can be asked for the password --
lock
fails locked "The keyring is locked, and nothing here can ask for its password"

# -- it asks --
start_prompter || { fail "the prompter does not start"; exit 1; }
plan dismiss
fails dismissed "the question was closed without an answer"
same "$(asked)" 3

# -- it asks, and nobody answers: the question stays, and an answer counts for the next try --
plan open
PORTCULLIS_KEYRING_TIMEOUT=4 refused hang "The keyring did not answer in time" overview
says "It may still be asking in another window: answer it there, then try again."
await open "$prompts/log"
plan 'password test-password'
kill -USR1 "$asking"
await closed "$prompts/log"
run 0 overview
same "$(asked)" 0
lock
run 0 overview
same "$(asked)" 1

# -- it ends while it asks --
lock
# ends COMMAND...: the daemon is killed once the question is open.
ends() {
    plan open
    (await open "$prompts/log"; kill -KILL "$daemon") &
    local killer=$!
    refused died "ended before it answered" "$@"
    wait "$killer"
    wait "$daemon" 2>/dev/null
}
before=$(cat "$profiles"/*)
ends overview
start_daemon
stdin=$work/keys/second ends login --name other --base-url "$base_url"
start_daemon
ends logout acme
says "The profile acme stays"
same "$(cat "$profiles"/*)" "$before"

# -- nobody there, and one who has no keyring yet --
fails no-service "No keyring program answers on the D-Bus session"
mkdir "$work/fresh"
kill "$asking"
wait "$asking"
XDG_DATA_HOME=$work/fresh start_daemon
stdin=$work/keys/second refused no-keyring "there is none yet to open" login --name other --base-url "$base_url"
refused none "The keyring holds no key" overview
same "$(cat "$profiles"/*)" "$before"

# -- the helper is not installed --
mkdir "$work/alone"
cp "$bin/portcullis" "$work/alone/"
if "$work/alone/portcullis" info 2>/dev/null | grep -q 'keyring_helper.*-$'; then
    bin=$work/alone
    fails no-helper "The program portcullis-keyring is not where it should be"
fi

# Each has one sentence, whatever the command was, and no two share one. Nowhere is the key that was not stored.
for case in no-bus no-bus-there none hang locked dismissed died no-service no-keyring; do
    same "$(cat "$work/said.$case".* | sort -u | wc -l)" 1
    cat "$work/said.$case".* | head -n 1 >>"$work/sentences"
done
same "$(sort -u "$work/sentences" | wc -l)" 9 # both ways to have no bus are one
[ ! -e "$profiles/other.ini" ] || fail "a profile was stored without its key"
! grep -rFl -f "$work/secrets" "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR" "$work/fresh" "$prompts" "$work"/said.* >&2 ||
    fail "a secret is in the files above"
