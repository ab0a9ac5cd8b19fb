#!/bin/bash
# What is around the program: the environment beside profiles, and what answers in the server's place.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
key=$(cat "$work/keys/first")

# -- the environment is explicit --
profile stored "$work/keys/second" PROD
count() { api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total; }
before=$(count)
# with NAME=VALUE... -- EXIT ARGUMENTS: a run with these in the environment.
with() {
    local set=()
    while [ "$1" != -- ]; do set+=("$1"); shift; done
    shift
    local want=$1 got=0
    shift
    runs=$((runs + 1))
    out=$work/seen/$runs.out err=$work/seen/$runs.err
    env "${set[@]}" "$bin/portcullis" --now "$now" "$@" >"$out" 2>"$err" </dev/null || got=$?
    [ "$got" = "$want" ] || fail "${set[0]%%=*} and $* ended with $got, not $want"
}
create=(create-key --kind organisation-service --name probe --scope workspaces.list --yes --reason testing)
for bad in "" $'\n' $'\r\n' "'$key'" "\"$key\"" "$key $key" " $key" "$key " $'\t'"$key" "$key"$'\nx' "PORTKEY_API_KEY=$key" "{\"key\":\"$key\"}" "Bearer $key" "===" \
    $'\xff'"$key" $'\u00a0'"$key" $'\ufeff'"$key" "$key"$'\x01'; do
    for arguments in keys "key nosuch" overview "${create[*]}"; do
        # shellcheck disable=SC2086
        with PORTKEY_API_KEY="$bad" PORTKEY_BASE_URL="$base_url" -- 2 $arguments
        says PORTKEY_API_KEY
        hushes "$key"
        omits "$key"
    done
done
for bad in "" "nonsense" "http://portkey.example/v1" "ftp://127.0.0.1/v1" "https://user:pass@h.example/v1" "https://h.example/v1?x=1" "https:///v1" "https:/h.example/v1" "https:h.example/v1" "https://h.example//v1" "https://h .example/v1"; do
    with PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$bad" -- 2 keys
    says PORTKEY_BASE_URL
done
with PORTKEY_BASE_URL="$base_url" -- 2 keys
says "PORTKEY_API_KEY is not"
with PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$base_url" PORTKEY_CA_FILE= -- 2 keys
says PORTKEY_CA_FILE
with PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$base_url" PORTKEY_CA_FILE=/nowhere -- 2 keys
says /nowhere
same "$(count)" "$before"
# A line end of `$(cat -A)`, of Windows, or none: the key is the same.
for end in "" $'\n' $'\r\n' $'\n\n'; do
    with PORTKEY_API_KEY="$key$end" PORTKEY_BASE_URL="$base_url" -- 0 keys --format json
    json .complete
done
# A profile beside it is one too many, on either side of the command; so is one that the environment names.
with PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$base_url" -- 2 --profile stored keys
says "--profile"
with PORTKEY_API_KEY="$key" PORTKEY_BASE_URL="$base_url" -- 2 keys --profile stored
with PORTKEY_API_KEY= -- 2 keys --profile=stored
with PORTKEY_BASE_URL="$base_url" -- 2 --profile stored keys
# What has nothing to do with it does not look at it.
for arguments in "profiles" "journal list" "pending" "--help" "keys --help" "logout nosuch" "journal verify"; do
    wants=0
    case $arguments in logout*) wants=1 ;; esac
    # shellcheck disable=SC2086
    with PORTKEY_API_KEY="'broken'" PORTKEY_BASE_URL= PORTKEY_CA_FILE= -- "$wants" $arguments
    hushes PORTKEY_
done
with PORTKEY_API_KEY= PORTKEY_BASE_URL=nonsense -- 0 login --name fresh --base-url "$base_url" --key-file "$work/keys/first"
rm -f "$profiles/fresh.ini"

# -- reading with a profile does not choose it for later --
profile other "$work/keys/first"
run 0 login --name stored --base-url "$base_url" --key-file "$work/keys/first"
for read in "--profile other keys" "keys --profile other" "overview --profile=other --format json" "--profile other pending"; do
    # shellcheck disable=SC2086
    run 0 $read
    run 0 info --format json
    json '.profile == "stored" or .profile.name == "stored" or ([.. | strings] | any(. == "stored"))'
    run 0 workspaces --format json
done
rm -f "$profiles"/*.ini

# -- what answers in the server's place: login stores nothing on it, and one try is enough where more does harm --
answer=$work/answer
hits=$work/hits
: >"$hits"
mkfifo "$work/port"
python3 "$(dirname "$0")/between.py" "$answer" "$hits" >"$work/port" </dev/null &
sandboxes+=("$!")
read -r port <"$work/port"
there=http://127.0.0.1:$port/v1
# http STATUS TYPE BODY [HEADERS]: what it answers from now on.
http() {
    printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n%b\r\n%s' "$1" "$2" "${#3}" "${4:-}" "$3" >"$answer"
    : >"$hits"
}
html='<html><head><title>Access denied</title></head><body>Reference #18.2f</body></html>'
list='{"object":"list","total":1,"data":[{"id":"60571396-bd81-4e58-8c82-4858930ede0b","key":"aa*****bbb","name":"x","type":"organisation-service","status":"active","created_at":"2026-05-03T17:08:55.000Z","last_updated_at":"2026-05-03T17:08:55.000Z","scopes":["workspaces.list"]}]}'
denied='{"success":false,"data":{"message":"You do not have enough permissions to execute this request","errorCode":"AB03"}}'
# stores_nothing WHAT: login fails on it in one sentence, without a word on scopes.
stores_nothing() {
    local got=0
    err=$work/seen/login.err out=$work/seen/login.out
    "$bin/portcullis" --now "$now" login --name here --base-url "$there" --key-file "$work/keys/first" >"$out" 2>"$err" </dev/null || got=$?
    [ "$got" != 0 ] || fail "login took $1"
    [ ! -e "$profiles/here.ini" ] || { fail "login stored a profile on $1"; rm -f "$profiles/here.ini"; }
    hushes "It lacks"
}
http "403 Forbidden" text/html "$html" && stores_nothing "a page of a firewall"
says "Access denied"
http "200 OK" text/html "$html" && stores_nothing "a page"
http "403 Forbidden" application/json '{"message":"Forbidden"}' && stores_nothing "the 403 of a gateway"
http "403 Forbidden" text/html "$denied" && stores_nothing "an envelope that is a page"
http "200 OK" application/json '{}' && stores_nothing "an empty object"
http "200 OK" application/json '[]' && stores_nothing "an empty list"
http "200 OK" application/json '{"data":{}}' && stores_nothing "another shape"
http "200 OK" text/plain "$list" && stores_nothing "text"
http "200 OK" application/json "$list" 'Age: 7\r\n' && stores_nothing "a cached list"
says "cache"
http "403 Forbidden" application/json "$denied" 'Age: 7\r\n' && stores_nothing "a cached refusal"
http "204 No Content" application/json "" && stores_nothing "nothing"
http "302 Found" text/html "$html" 'Location: http://portal.example/\r\n' && stores_nothing "another address"
http "407 Proxy Authentication Required" text/html "$html" && stores_nothing "a proxy that wants a name"
same "$(wc -l <"$hits")" 1
http "511 Network Authentication Required" text/html "$html" && stores_nothing "a portal"
same "$(wc -l <"$hits")" 1
http "400 Bad Request" application/json '{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header is required"}' && stores_nothing "the gateway's 400"
http "401 Unauthorized" application/json '{"success":false,"data":{"message":"Unauthorised Request","errorCode":"AB05"}}' && stores_nothing "a 401"
# The API's own refusal is a key that works.
http "403 Forbidden" application/json "$denied" "Date: Tue, 24 Nov 2026 02:47:10 GMT\r\n"
run 0 login --name here --base-url "$there" --key-file "$work/keys/first"
rm -f "$profiles/here.ini"

# 407 and 511: all lists stop at the first answer, with one sentence.
base_url=$there profile between "$work/keys/first"
for status in "407 Proxy Authentication Required" "511 Network Authentication Required"; do
    for arguments in keys overview members "keys --format json"; do
        http "$status" text/html "$html"
        # shellcheck disable=SC2086
        run 5 --profile between $arguments
        [ "$(wc -l <"$hits")" -le 1 ] || fail "$arguments asked $(wc -l <"$hits") times at ${status%% *}"
        same "$(grep -c "${status%% *}" "$err")" 1
    done
done

# -- a session bus that takes the call and never answers, and one that is not there any more --
printf 'base_url = %s\nkey = keyring\n' "$base_url" >"$profiles/kept.ini"
python3 -c '
import socket, sys, time
door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen(8)
time.sleep(600)' "$work/bus" &
sandboxes+=("$!")
mkfifo "$work/tick"
exec 8<>"$work/tick"
for _ in {1..600}; do [ -S "$work/bus" ] && break; read -rt 0.05 <&8; done
with DBUS_SESSION_BUS_ADDRESS="unix:path=$work/bus" PORTCULLIS_KEYRING_TIMEOUT=1 -- 4 --profile kept keys
says "did not answer in time"
with DBUS_SESSION_BUS_ADDRESS="unix:path=$work/bus" PORTCULLIS_KEYRING_TIMEOUT=1 -- 4 logout kept
[ -e "$profiles/kept.ini" ] || fail "the profile went, and its key may still be stored"
for gone in "unix:path=$work/nobody" "unix:abstract=portcullis-nobody" "unix:path=/etc/passwd" nonsense; do
    with DBUS_SESSION_BUS_ADDRESS="$gone" -- 4 --profile kept keys
    says "left from an earlier login?"
done

# -- a key command that never ends: stopped after its minute (hurried here) with what it started, and told; nothing is asked --
cat >"$work/never" <<'END'
#!/bin/sh
trap '' TERM HUP INT
sleep 1000 &
echo $$ $! >"$1"
echo not-a-key-yet
wait
END
chmod +x "$work/never"
gone() { for pid in "$@"; do ! kill -0 "$pid" 2>/dev/null || return 1; done; }
printf 'base_url = %s\nkey = command\nkey_command = %s %s\n' "$there" "$work/never" "$work/never.pid" >"$profiles/never.ini"
: >"$hits"
for arguments in keys "keys --format json" overview; do
    # shellcheck disable=SC2086
    with PORTCULLIS_TEST_HURRY=1000 -- 4 --profile never $arguments
    says "did not end within a minute and was stopped"
    hushes not-a-key-yet
    omits not-a-key-yet
    # shellcheck disable=SC2046
    until_true gone $(cat "$work/never.pid")
    rm "$work/never.pid"
done
got=0
PORTCULLIS_TEST_HURRY=1000 timeout 60 "$bin/portcullis" --now "$now" login --name late --base-url "$there" --key-command "$work/never $work/never.pid" >"$out" 2>"$err" </dev/null || got=$?
same "$got" 4
says "did not end within a minute and was stopped"
# shellcheck disable=SC2046
until_true gone $(cat "$work/never.pid")
[ ! -e "$profiles/late.ini" ] || fail "login stored a profile whose key never came"
same "$(wc -l <"$hits")" 0
