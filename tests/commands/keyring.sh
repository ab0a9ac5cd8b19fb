#!/bin/bash
# The whole way with a real keyring: login stores the key there and nowhere else, the other commands find it, a locked
# keyring and one that is gone are told apart, logout removes it. Runs under tests/keyring/with-keyring.sh.
KEEP_BUS=1
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
stored() { secret-tool lookup application portcullis profile "$1" 2>/dev/null; }

stdin=$work/keys/first run 0 login --name acme --base-url "$base_url" --tag PROD
says "The key works"
same "$(stored acme)" "$(cat "$work/keys/first")"
grep -q 'key = keyring' "$profiles/acme.ini" || fail "the profile does not say keyring"
run 0 overview --format json
json '.lists.keys.complete'
run 0 info
prints "the OS keyring"

# Another key for the same name takes its place; another address leaves no entry behind.
stdin=$work/keys/second run 0 login --name acme --base-url "$base_url"
same "$(stored acme)" "$(cat "$work/keys/second")"
old=$base_url
sandbox
stdin=$work/keys/first run 0 login --name acme --base-url "$base_url"
same "$(secret-tool search --all application portcullis profile acme 2>&1 | grep -c '^\[/')" 1
[ "$old" != "$base_url" ] || fail "both sandboxes have one address"

# A key that does not work is not stored.
echo 'not-a-real-key-0123456789' >"$work/keys/wrong"
stdin=$work/keys/wrong run 4 login --name other --base-url "$base_url"
same "$(stored other)" ""

# Logout takes the key out, then the profile.
stdin=$work/keys/first run 0 login --name gone --base-url "$base_url"
same "$(stored gone)" "$(cat "$work/keys/first")"
run 0 logout gone
same "$(stored gone)" ""
[ ! -e "$profiles/gone.ini" ] || fail "the profile is still there"

# Locked, and no service at all.
gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
run 4 overview
says "locked"
DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent run 4 overview
says "names a bus that nobody answers"
run 4 logout acme
[ -e "$profiles/acme.ini" ] || fail "the profile went although its key may still be stored"
