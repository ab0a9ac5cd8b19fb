#!/bin/sh
# with-keyring.sh [--fresh|--bus] COMMAND...: runs COMMAND with a private session bus and a real
# gnome-keyring of its own in a throw-away home. Needs no display and no privilege. --fresh: no
# keyring exists and nothing is unlocked. --bus: no gnome-keyring, the bus alone. The bus starts
# nothing by itself (no prompter either), so that what COMMAND sees does not depend on the machine;
# but COMMAND may lay service files into $PORTCULLIS_TEST_SERVICES. Exit 77: the programs are not
# installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
daemon=gnome-keyring-daemon
unlock=--unlock
case $1 in
--fresh) unlock= && shift ;;
--bus) daemon= && shift ;;
esac
for program in dbus-run-session gdbus ${daemon:+"$daemon" secret-tool}; do
    command -v "$program" >/dev/null || { echo "skipped: no $program" >&2; exit 77; }
done
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -m 700 "$top/run" "$top/home" "$top/data" "$top/services"
sed "s#@SERVICES@#$top/services#" "$here/private-bus.conf" >"$top/bus.conf"
env -u DISPLAY -u WAYLAND_DISPLAY -u DBUS_SESSION_BUS_ADDRESS -u SECRET_BACKEND \
    HOME="$top/home" XDG_RUNTIME_DIR="$top/run" XDG_DATA_HOME="$top/data" TMPDIR="$top" PORTCULLIS_TEST_SERVICES="$top/services" \
    dbus-run-session --config-file="$top/bus.conf" -- sh -c '
        daemon=$1
        unlock=$2
        shift 2
        [ -n "$daemon" ] || exec "$@"
        printf %s test-password |
            "$daemon" --foreground $unlock --components=secrets \
                >/dev/null 2>"$XDG_RUNTIME_DIR/daemon.log" &
        gdbus wait --session --timeout 20 org.freedesktop.secrets || {
            cat "$XDG_RUNTIME_DIR/daemon.log" >&2
            exit 97
        }
        # The last of a pipeline in the background is what $! names.
        daemon=$!
        export PORTCULLIS_TEST_DAEMON=$daemon
        code=0
        "$@" || code=$?
        kill -CONT "$daemon" 2>/dev/null || :
        kill "$daemon" 2>/dev/null || :
        wait "$daemon" 2>/dev/null || :
        exit "$code"' sh "$daemon" "$unlock" "$@"
