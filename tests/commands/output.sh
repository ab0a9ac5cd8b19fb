#!/bin/bash
# What is written: a record in each format, a reader that goes away, a full disk, and streams that are closed.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
count() { api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total; }
run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
run 0 keys --format json
cp "$out" "$work/keys.json"
create=(create-key --kind workspace-service --workspace "$slug" --name probe --preset inference)
target() { jq -r --argjson n "$1" '[.items[] | select(.type == "workspace-service" and .status == "active")][$n] | .id + " " + .key' "$work/keys.json"; }
# secret KEY: it may stand in the answer that was printed, and nowhere else.
secret() { echo "$1" >>"$work/secrets"; rm "$out"; : >"$out"; }

# -- create-key: the answer is JSON by itself; a table and CSV hold the key once as well --
run 0 "${create[@]}" --yes
json 'keys == ["id","key","object","read_back"] and .object == "api-key" and .read_back and (.key | length > 20)'
same "$(wc -l <"$out")" 1
says "Made and handed over: \"probe\""
says "Read back: it is there."
key=$(jq -r .key "$out")
hushes "$key"
secret "$key"
run 0 "${create[@]}" --yes --format table
key=$(sed -n 's/^key *//p' "$out")
same "$(sed -n 's/^object *//p' "$out")" api-key
[ "${#key}" -gt 20 ] || fail "no key in the table"
same "$(grep -cF -- "$key" "$out")" 1
secret "$key"
run 0 "${create[@]}" --yes --format csv
same "$(head -1 "$out" | tr -d '\r')" id,key,object,read_back
same "$(wc -l <"$out")" 2
key=$(sed -n 2p "$out" | cut -d, -f2)
[ "${#key}" -gt 20 ] || fail "no key in the CSV"
secret "$key"
run 0 "${create[@]}" --dry-run
prints "POST /v1/api-keys/workspace/service"
run 0 "${create[@]}" --dry-run --format json
json '.method == "POST" and .path == "/v1/api-keys/workspace/service" and .body.name == "probe"'
run 0 "${create[@]}" --dry-run --format csv
same "$(head -1 "$out" | tr -d '\r')" method,path,body
run 2 "${create[@]}" --yes --format xml
says "table, json or csv"

# -- revoke --
read -r id mask <<<"$(target 0)"
run 0 revoke "$id" --dry-run --format json
json '.result == "not sent" and .proven == false and .id == "'"$id"'"'
run 0 revoke "$id" --confirm "${mask##*\*}" --format json
json '.result == "revoked" and .proven == true and .id == "'"$id"'" and .key == "'"$mask"'" and .type == "workspace-service"'
read -r id mask <<<"$(target 1)"
run 0 revoke "$id" --confirm "${mask##*\*}" --format csv
same "$(head -1 "$out" | tr -d '\r')" id,name,key,type,result,proven,detail,reading,control
prints ",revoked,yes,"
read -r id mask <<<"$(target 2)"
run 0 revoke "$id" --confirm "${mask##*\*}" --format table
same "$(sed -n 's/^result *//p' "$out")" revoked
read -r id mask <<<"$(target 3)"
run 1 revoke "$id" --confirm nope --format json
json '.result == "refused" and .proven == false and .key == "'"$mask"'" and (.detail | startswith("--confirm is not"))'
run 1 revoke 00000000-0000-4000-8000-000000000000 --confirm abc --format json
json '.proven == false and .name == null and (.detail | contains("It is gone, or"))'
run 0 overview --format json
own=$(jq -r .own_key.id "$out")
run 1 revoke "$own" --confirm abc --format json
json '.result == "refused" and .id == "'"$own"'" and (.detail | contains("lock you out"))'
printf 'base_url = http://127.0.0.1:9/v1\nkey = file\nkey_file = %s\n' "$work/keys/first" >"$profiles/nobody.ini"
run 5 --profile nobody revoke "$id" --confirm abc --format json
json '.result == "not sent" and .key == null and .id == "'"$id"'"'
rm "$profiles/nobody.ini"

# -- login and logout --
login=(login --name other --base-url "$base_url" --key-file "$work/keys/first")
run 0 "${login[@]}"
same "$(wc -c <"$out")" 0
run 0 "${login[@]}" --tag PROD --format json
json '.name == "other" and .base_url == "'"$base_url"'" and .key == "file" and .tag == "PROD" and .result == "stored" and .missing == []'
run 0 "${login[@]}" --format csv
same "$(head -1 "$out" | tr -d '\r')" name,base_url,key,tag,ca_file,agents,route,result,missing
run 0 logout other --format json
json '.name == "other" and .result == "removed" and .key_removed == false'
run 0 "${login[@]}" --format table
same "$(sed -n 's/^result *//p' "$out")" stored
run 0 logout other --format csv
prints "other,$base_url,file,no,removed"
api "$work/keys/first" POST /api-keys/organisation/service '{"name":"people","scopes":["organisation_users.list"]}' | jq -r .key >"$work/keys/people"
cat "$work/keys/people" >>"$work/secrets"
run 0 login --name people --base-url "$base_url" --key-file "$work/keys/people" --format json
json '.missing | length == 3 and all(.list == "keys" and (.reason | contains("stay hidden")))'
run 0 logout people

# One object as CSV has a head as well.
run 0 info --format csv
same "$(head -1 "$out" | tr -d '\r')" name,value
run 0 overview --format csv
same "$(head -1 "$out" | tr -d '\r')" name,value

# -- a reader that goes away: no fault to tell, and no success --
before=$(count)
mkfifo "$work/hold" "$work/gone"
exec 8<>"$work/gone" 9>"$work/gone" 8<&- # nobody reads what goes to 9
# gone ARGUMENTS: runs portcullis into a pipe without a reader.
gone() {
    local got=0
    err=$work/seen/gone
    "$bin/portcullis" --now "$now" "$@" >&9 2>"$err" || got=$?
    [ "$got" = 141 ] || fail "portcullis $* ended with $got, not by SIGPIPE"
    quiet
}
for arguments in "keys" "keys --format json" "keys --format csv" "overview" "info" "profiles" "--help" "key --help"; do
    # shellcheck disable=SC2086
    gone $arguments
done
code=0
"$bin/portcullis" --now "$now" "${create[@]}" --yes >&9 2>"$err" || code=$?
[ "$code" = 1 ] || fail "create-key without a reader ended with $code"
says "Nothing was sent"
exec 9>&-

# -- a full disk --
for arguments in "keys" "keys --format json" "overview" "info" "profiles" "workspaces" "members" "--help" "--version" "keys --help" \
    "key $id" "revoke $id --dry-run --format json" "login --help" "${login[*]} --format json"; do
    code=0 err=$work/seen/full
    # shellcheck disable=SC2086
    "$bin/portcullis" --now "$now" $arguments >/dev/full 2>"$err" || code=$?
    [ "$code" = 1 ] || fail "portcullis $arguments on a full disk ended with $code"
    says "No space left"
done

# A new key that could not be handed over is not made: stdout is looked at before.
for to in full closed read; do
    code=0 err=$work/seen/to
    case $to in
    full) "$bin/portcullis" --now "$now" "${create[@]}" --yes >/dev/full 2>"$err" || code=$? ;;
    closed) "$bin/portcullis" --now "$now" "${create[@]}" --yes >&- 2>"$err" || code=$? ;;
    read) "$bin/portcullis" --now "$now" "${create[@]}" --yes 1</dev/null 2>"$err" || code=$? ;;
    esac
    [ "$code" = 1 ] || fail "create-key with stdout $to ended with $code"
    says "Nothing was sent"
done
same "$(count)" "$before"

# The reader goes away after it was sent: the key is there, its secret is lost, and what to do is said.
sandbox --fault POST:/api-keys:delay-ms=1500
profile slow "$work/keys/first"
rm -f "$state/journal.jsonl" "$state/journal.head"
mkfifo "$work/reader"
"$bin/portcullis" --now "$now" --profile slow "${create[@]}" --yes >"$work/reader" 2>"$work/seen/lost" &
pid=$!
exec 9<"$work/reader"
until [ -s "$state/journal.jsonl" ] || ! kill -0 "$pid" 2>/dev/null; do read -rt 0.02 <>"$work/hold"; done
exec 9<&-
code=0 err=$work/seen/lost
wait "$pid" || code=$?
[ "$code" = 6 ] || fail "a lost secret ended with $code"
id=$(api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq -r '.data[0].id')
says "The key $id was made"
says "Its secret is lost"
# The command that it names does revoke it.
read -r -a words <<<"$(grep -F "revoke $id" "$err")"
run 0 --profile slow "${words[@]:3}"
same "$(cat "$out")" "$id"

# -- streams that are closed: what is printed never lands in a file of ours --
rm -rf "$state"
profile demo "$work/keys/first"
for closed in in out err all; do
    code=0 out=$work/seen/closed
    : >"$out"
    case $closed in
    in) "$bin/portcullis" --now "$now" --profile slow --log keys <&- >"$out" 2>/dev/null || code=$? ;;
    out) "$bin/portcullis" --now "$now" --profile slow --log keys >&- 2>/dev/null || code=$? ;;
    err) "$bin/portcullis" --now "$now" --profile slow --log keys 2>&- >"$out" || code=$? ;;
    all) "$bin/portcullis" --now "$now" --profile slow --log keys <&- >&- 2>&- || code=$? ;;
    esac
    case $closed in
    in | err) [ "$code" = 0 ] || fail "keys without std$closed ended with $code" ;;
    *) [ "$code" = 1 ] || fail "keys without std$closed ended with $code" ;;
    esac
    ! grep -rq NAME "$state" || fail "what was printed is in a file of the state folder"
done
read -r id mask <<<"$(target 3)"
code=0
"$bin/portcullis" --now "$now" --profile slow revoke "$id" --confirm "${mask##*\*}" >&- 2>&- <&- || code=$?
[ "$code" = 1 ] || fail "revoke with all streams closed ended with $code"
same "$(jq -s 'length' "$state/journal.jsonl")" 3
