#!/bin/bash
# writes.sh BIN_DIR TEST_PROXY [KEYS]: how many requests `revoke-key ID` and `create-key` make in an organisation of KEYS
# keys (a million), and how long they take: on a server that knows ids= and on one that does not, with the own id kept and
# not. Prints a line for each; no more than ten requests are promised.
# shellcheck source=tests/commands/lib.sh
bin=$1 proxy=$2 keys=${3:-1000000}
set -- "$bin"
. "$(dirname "$0")/../commands/lib.sh"

# serve QUIRK: the seed is made once.
serve() {
    local ready pid
    for pid in "${sandboxes[@]}"; do
        kill "$pid"
        wait "$pid" 2>/dev/null
    done
    sandboxes=()
    rm -f "$work/ready"
    mkfifo "$work/ready"
    "$bin/portcullis-sandbox" --listen 127.0.0.1:0 --db "$work/million.db" --quirk "$1" --now "$now" >"$work/ready" 2>>"$work/sandbox.log" &
    sandboxes+=("$!")
    IFS= read -r ready <"$work/ready"
    base_url=$(jq -r .base_url <<<"$ready")
    front
    profile demo "$work/keys/first"
}

# measure WHAT ARGUMENTS..: one command, what it ended with, the requests it made, the time it took.
measure() {
    local what=$1 from code=0
    shift
    : >"$work/asked"
    from=$EPOCHREALTIME
    "$bin/portcullis" --now "$now" "$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
    printf '%-52s exit %d  %2d requests  %s s\n' "$what" "$code" "$(wc -l <"$work/asked")" \
        "$(printf '%s\n' "$EPOCHREALTIME $from" | awk '{ printf "%.1f", $1 - $2 }')"
    [ "$code" = 0 ] || cat "$work/err"
}

printf 'seeding %s keys..\n' "$keys"
mkfifo "$work/seeded"
"$bin/portcullis-sandbox" --listen 127.0.0.1:0 --db "$work/million.db" --seed scale --keys "$keys" --workspaces 50 --users 500 --now "$now" \
    >"$work/seeded" 2>>"$work/sandbox.log" &
seeder=$!
IFS= read -r ready <"$work/seeded"
jq -r '.organisations[0].admin_key' <<<"$ready" >"$work/keys/first"
base_url=$(jq -r .base_url <<<"$ready")
# The own key is the oldest: on the last page.
mapfile -t victims < <(api "$work/keys/first" GET '/api-keys?page_size=100&current_page=3' |
    jq -r '.data[] | select(.type == "workspace-service" and .status == "active") | .id + " " + (.key | sub(".*\\*"; ""))')
slug=$(api "$work/keys/first" GET '/admin/workspaces?page_size=100&current_page=0' | jq -r '[.data[] | select(.slug | startswith("ws-"))][0].slug')
own=$(api "$work/keys/first" GET "/api-keys?page_size=100&current_page=$(((keys - 1) / 100))" |
    jq -r '[.data[] | select(.type == "organisation-service")][-1].id')
kill "$seeder"
wait "$seeder" 2>/dev/null

n=0
for quirk in ids=filter ids=ignored; do
    serve "$quirk"
    for kept in no yes; do
        [ "$kept" = no ] || echo "own_key_id = $own" >>"$profiles/demo.ini"
        read -r id tail <<<"${victims[$n]}"
        n=$((n + 1))
        measure "revoke-key, $quirk, own id kept: $kept" revoke-key "$id" --confirm "$tail"
        measure "create-key, $quirk, own id kept: $kept" create-key --kind workspace-service --workspace "$slug" \
            --name "bench-$n" --preset inference --yes
    done
done
