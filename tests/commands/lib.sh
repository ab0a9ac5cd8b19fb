# Sourced by the cases beside it: `CASE.sh BIN_DIR`. A private home, a sandbox for each `sandbox` call, and checks that
# print what they saw. Needs jq.
# shellcheck shell=bash
set -u
bin=$1
now=2026-11-24T02:47:10Z
work=$(mktemp -d)
sandboxes=()
failed=0

finish() {
    for pid in "${sandboxes[@]}"; do
        # What ended by itself is told: all that was asked of it since failed for that.
        if ! kill -0 "$pid" 2>/dev/null && [ "$failed" != 0 ]; then
            wait "$pid" 2>/dev/null
            echo "a server that this case started (process $pid) had ended by itself with $?; its last words:" >&2
            tail -5 "$work/sandbox.log" >&2
        fi
        # It may have been made to stand still. Not after the signal that ends it: going on then
        # meets the leak check, which holds the process still itself and waits for ever.
        kill -CONT "$pid" 2>/dev/null
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    # No secret that was in use may be in a file that was written, or have been printed.
    if [ -s "$work/secrets" ] && grep -rFl -f "$work/secrets" "$work/home" "$work/seen" "$work/sandbox.log" >&2; then
        echo "a secret is in the files above" >&2
        failed=1
    fi
    rm -rf "$work"
    exit "$failed"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

umask 077
mkdir -p "$work/home" "$work/keys" "$work/seen"
: >"$work/secrets"
export HOME="$work/home" LC_ALL=C.UTF-8 TZ=UTC
[ -n "${KEEP_BUS:-}" ] || unset XDG_RUNTIME_DIR XDG_DATA_HOME DBUS_SESSION_BUS_ADDRESS
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME DISPLAY \
    PORTKEY_API_KEY PORTKEY_BASE_URL PORTCULLIS_PROFILE NO_COLOR http_proxy https_proxy all_proxy HTTP_PROXY \
    HTTPS_PROXY ALL_PROXY
# Whoever runs the tests: the program under them is run by no agent, unless a case says so.
unset AI_AGENT AGENT CLAUDECODE CURSOR_AGENT GEMINI_CLI OPENCODE $(compgen -e CODEX_)
profiles=$HOME/.config/portcullis/profiles
state=$HOME/.local/state/portcullis

# sandbox [FLAGS]: starts one with the demo organisations (or those of the seed $seed). Sets base_url; keys/first and keys/second are their admin keys.
sandbox() {
    local ready
    rm -f "$work/ready"
    mkfifo "$work/ready"
    "$bin/portcullis-sandbox" --listen 127.0.0.1:0 --seed "${seed:-demo}" --now "$now" "$@" >"$work/ready" 2>>"$work/sandbox.log" &
    sandboxes+=("$!")
    IFS= read -r ready <"$work/ready" || { cat "$work/sandbox.log" >&2; exit 1; }
    base_url=$(jq -r .base_url <<<"$ready")
    jq -r '.organisations[0].admin_key' <<<"$ready" >"$work/keys/first"
    jq -r '.organisations[1].admin_key // empty' <<<"$ready" >"$work/keys/second"
    cat "$work/keys/first" "$work/keys/second" >>"$work/secrets"
}

# profile NAME KEY_FILE [TAG]: a profile file for the sandbox.
profile() {
    mkdir -p "$profiles"
    printf 'base_url = %s\nkey = file\nkey_file = %s\n' "$base_url" "$2" >"$profiles/$1.ini"
    [ -z "${3:-}" ] || printf 'tag = %s\n' "$3" >>"$profiles/$1.ini"
}

# api KEY_FILE METHOD PATH [BODY]: straight to the sandbox, to see what really happened.
api() {
    printf 'header = "x-portkey-api-key: %s"\n' "$(cat "$1")" |
        curl -s --noproxy '*' -K - -X "$2" -H 'content-type: application/json' ${4:+-d "$4"} "$base_url$3"
}

# front: a server before the sandbox that does what $work/rules says (tests/support/front.sh); base_url is its address from
# then on, and direct the sandbox's. $work/asked has a line for each request. Needs proxy: the path of test-proxy.
front() {
    local upstream=${base_url%/v1} port
    rm -f "$work/port"
    mkfifo "$work/port"
    bash "$(dirname "${BASH_SOURCE[0]}")/../support/front.sh" "$proxy" "${upstream##*:}" "$work" >"$work/port" 2>>"$work/sandbox.log" &
    sandboxes+=("$!")
    IFS= read -r port <"$work/port"
    direct=$base_url
    base_url=http://127.0.0.1:$port/v1
}
page() { # STATUS WORDS: what a firewall says
    local body="<html><title>$2</title></html>"
    printf 'HTTP/1.1 %s x\\r\\nContent-Type: text/html\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "$1" "${#body}" "$body"
}
envelope() { # STATUS CODE WORDS
    local body='{"success":false,"data":{"message":"'$3'"'${2:+,\"errorCode\":\"$2\"}'}}'
    printf 'HTTP/1.1 %s x\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "$1" "${#body}" "$body"
}


# later SECONDS: the server's clock goes on. Beside the API, not below it.
later() {
    curl -s --noproxy '*' -X POST -d "{\"advance_seconds\":$1}" "${base_url%/v1}/_sandbox/clock" | jq -e .now >/dev/null ||
        { echo "the server's clock does not go on" >&2; exit 1; }
}

pause() { # pause SECONDS
    [ -p "$work/tick" ] || mkfifo "$work/tick"
    read -rt "$1" <>"$work/tick"
}
until_true() { # until_true COMMAND..: it comes true within half a minute
    local tries=0
    until "$@" || [ $((tries += 1)) -gt 600 ]; do pause 0.05; done
    "$@" || { echo "never came true: $*" >&2; exit 1; }
}
stopped() { [ "$(cut -d' ' -f3 </proc/"$1"/stat)" = T ]; }

# run EXIT ARGUMENTS: portcullis must end with EXIT; its output is in $out and $err, and kept to be searched.
runs=0
run() {
    local want=$1 got=0
    shift
    runs=$((runs + 1))
    out=$work/seen/$runs.out err=$work/seen/$runs.err
    [ "${1:-}" = --now ] || set -- --now "$now" "$@"
    "$bin/portcullis" "$@" >"$out" 2>"$err" <"${stdin:-/dev/null}" || got=$?
    if [ "$got" != "$want" ]; then
        fail "portcullis $(printf %.200s "$*") ended with $got, not $want"
    fi
    # What stands as it stood is told once.
    local twice
    twice=$(sort "$err" | uniq -d | grep '^portcullis: ')
    [ -z "$twice" ] || fail "told more than once: $twice"
}

fail() {
    failed=1
    echo "FAILED: $* (line ${BASH_LINENO[1]})" >&2
    head -c 600 "$out" | sed 's/^/  out: /' >&2
    head -c 1500 "$err" | sed 's/^/  err: /' >&2
}

# says TEXT / hushes TEXT: the last run printed it on stderr, or must not. prints/omits: the same on stdout.
says() { grep -qF -- "$1" "$err" || fail "stderr lacks: $1"; }
hushes() { ! grep -qF -- "$1" "$err" || fail "stderr has: $1"; }
prints() { grep -qF -- "$1" "$out" || fail "stdout lacks: $1"; }
omits() { ! grep -qF -- "$1" "$out" || fail "stdout has: $1"; }
# json FILTER: jq on stdout must be true.
json() { jq -e "$1" "$out" >/dev/null 2>&1 || fail "not so in the JSON: $1"; }
# quiet: nothing on stderr.
quiet() { [ ! -s "$err" ] || fail "stderr is not empty"; }
# same A B: two texts are equal.
same() { [ "$1" = "$2" ] || fail "\"$1\" is not \"$2\""; }
