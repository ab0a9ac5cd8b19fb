#!/bin/sh
# run.sh BIN_DIR CASE SIZE: plays scripts/CASE.script through the real portcullis at SIZE (80x24) against a sandbox of its
# own, and compares every dump with expected/CASE-SIZE/. UPDATE=1 rewrites them. At the end no secret that was used may be
# in any file that was written.
set -eu
bin=$1 case=$2 size=$3
here=$(cd "$(dirname "$0")" && pwd)
now=2026-11-24T02:47:10Z

work=$(mktemp -d)
sandbox=
front=
clean() {
    [ -z "$front" ] || { kill "$front" 2>/dev/null || :; wait "$front" 2>/dev/null || :; }
    [ -z "$sandbox" ] || { kill "$sandbox" 2>/dev/null || :; wait "$sandbox" 2>/dev/null || :; }
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 143' TERM INT HUP
unset AI_AGENT AGENT CLAUDECODE CURSOR_AGENT GEMINI_CLI OPENCODE
for name in $(env | sed -n 's/^\(CODEX_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
umask 077
mkdir -p "$work/home" "$work/dumps" "$work/keys"

# The first lines of a script may say what it needs: "#sandbox FLAGS", "#console FLAGS", "#tag TAG", "#key second",
# "#no-profile", "#hurry" (waits are short), "#rule RULE" (a server in front does that, see tests/support/front.sh), "#exit CODE", "#stderr TEXT" (has to be there), "#keyring NAMES": profiles of these names, each with a
# keyring that does as its profile is named (see tests/keyring/fake_helper.c).
flags=$(sed -n 's/^#sandbox //p' "$here/scripts/$case.script")
console=$(sed -n 's/^#console //p' "$here/scripts/$case.script")
key=$(sed -n 's/^#key //p' "$here/scripts/$case.script")
tag=$(sed -n 's/^#tag //p' "$here/scripts/$case.script")
expected_exit=$(sed -n 's/^#exit //p' "$here/scripts/$case.script")

mkfifo "$work/ready"
# shellcheck disable=SC2086
"$bin/portcullis-sandbox" --listen 127.0.0.1:0 --seed demo --number 1 --now "$now" $flags \
    >"$work/ready" 2>"$work/sandbox.log" &
sandbox=$!
IFS= read -r ready <"$work/ready" || { cat "$work/sandbox.log" >&2; exit 1; }
base_url=$(printf '%s' "$ready" | sed -n 's/.*"base_url": *"\([^"]*\)".*/\1/p')
if grep -q '^#rule ' "$here/scripts/$case.script"; then
    upstream=${base_url%/v1}
    sed -n 's/^#rule //p' "$here/scripts/$case.script" >"$work/rules"
    mkfifo "$work/front"
    bash "$here/../support/front.sh" "$TEST_PROXY" "${upstream##*:}" "$work" >"$work/front" 2>>"$work/sandbox.log" &
    front=$!
    IFS= read -r port <"$work/front"
    base_url=http://127.0.0.1:$port/v1
fi
printf '%s' "$ready" | tr '{' '\n' | sed -n 's/.*"admin_key": *"\([^"]*\)".*/\1/p' >"$work/keys/all"
sed -n 1p "$work/keys/all" >"$work/keys/first"
sed -n 2p "$work/keys/all" >"$work/keys/second"

export HOME="$work/home" LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS \
    PORTKEY_API_KEY PORTKEY_BASE_URL PORTCULLIS_PROFILE NO_COLOR http_proxy https_proxy all_proxy \
    HTTP_PROXY HTTPS_PROXY ALL_PROXY 2>/dev/null || :
profiles=$HOME/.config/portcullis/profiles
if ! grep -q '^#no-profile' "$here/scripts/$case.script"; then
    mkdir -p "$profiles"
    {
        printf 'base_url = %s\nkey = file\nkey_file = %s\n' "$base_url" "$work/keys/${key:-first}"
        [ -z "$tag" ] || printf 'tag = %s\n' "$tag"
    } >"$profiles/demo.ini"
fi
if grep -q '^#keyring' "$here/scripts/$case.script"; then
    mkdir -p "$profiles" "$work/bin"
    for name in $(sed -n 's/^#keyring //p' "$here/scripts/$case.script"); do
        printf 'base_url = %s\nkey = keyring\n' "$base_url" >"$profiles/$name.ini"
    done
    # The helper is the one beside the program that runs.
    cp "$bin/portcullis" "$work/bin/"
    cp "$FAKE_HELPER" "$work/bin/portcullis-keyring"
    bin=$work/bin
    export PORTCULLIS_TEST_HELPER=profile
fi
if grep -q '^#hurry' "$here/scripts/$case.script"; then
    export PORTCULLIS_TEST_HURRY=20
fi
export KEY_FILE="$work/keys/first" SECOND_KEY_FILE="$work/keys/second" BASE_URL="$base_url"

{ echo "size $size"; cat "$here/scripts/$case.script"; } >"$work/script"
status=0
# shellcheck disable=SC2086
(cd "$work/dumps" && "$bin/portcullis" --now "$now" --log $console --script "$work/script") 2>"$work/stderr" || status=$?
if [ "$status" != "${expected_exit:-0}" ]; then
    echo "portcullis ended with $status:" >&2
    cat "$work/stderr" >&2
    exit 1
fi

grep '^#stderr ' "$here/scripts/$case.script" | sed 's/^#stderr //' >"$work/words" || :
while IFS= read -r words; do
    grep -qF -- "$words" "$work/stderr" || { echo "not on stderr: $words" >&2; cat "$work/stderr" >&2; exit 1; }
done <"$work/words"

# A port has five digits here as anywhere; what else differs from run to run has no place on a scripted screen.
port=${base_url##*:}
port=${port%%/*}
for dump in "$work/dumps"/*.txt; do
    [ -e "$dump" ] || continue
    sed -i "s/127\.0\.0\.1:$port/127.0.0.1:PORT0/g; s/$port/PORT0/g; s#$work#WORK#g" "$dump"
done

expected=$here/expected/$case-$size
if [ "${UPDATE:-}" = 1 ]; then
    rm -rf "$expected"
    mkdir -p "$expected"
    cp "$work/dumps"/*.txt "$expected/"
    chmod 644 "$expected"/*.txt
fi
failed=0
diff -ru "$expected" "$work/dumps" >&2 || failed=1

# Nothing that was written may hold a secret: home (journal, log, profiles), dumps, stderr, the sandbox's log.
for secret in $(cat "$work/keys/all"); do
    if grep -rlF -- "$secret" "$work/home" "$work/dumps" "$work/stderr" "$work/sandbox.log" >&2; then
        echo "a secret is in the files above" >&2
        failed=1
    fi
done
exit $failed
