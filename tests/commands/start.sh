#!/bin/bash
# The program itself: help, version, no terminal, no profile, an unusable server.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox

run 0 --help
prints "commands:"
run 0 --version
prints "portcullis "
for command in login logout profiles info overview workspaces members keys key create-key revoke; do
    run 0 "$command" --help
    prints "usage: portcullis $command"
done
run 2
says "portcullis overview"
run 4 keys
says "portcullis login"
run 2 --now yesterday keys

# Nobody listens; a server that fails; one that asks to wait longer than a command can.
profile demo "$work/keys/first"
sed -i 's|^base_url.*|base_url = http://127.0.0.1:1/v1|' "$profiles/demo.ini"
run 5 keys
says "127.0.0.1:1"
sandbox --fault GET:/api-keys:retry-after=300
profile demo "$work/keys/first"
run 5 keys
says "5m"

# A profile that others could read or that has a line nobody understands is refused, with its number.
profile demo "$work/keys/first"
chmod 644 "$profiles/demo.ini"
run 1 keys
says "demo.ini"
chmod 600 "$profiles/demo.ini"
echo 'colour = red' >>"$profiles/demo.ini"
run 2 keys
says "colour"
says "4"

# A full disk is an error, not silence.
sandbox
profile demo "$work/keys/first"
code=0
"$bin/portcullis" workspaces >/dev/full 2>"$work/seen/full" || code=$?
[ "$code" = 1 ] || fail "a full disk ended with $code"
