#!/bin/bash
# The file of the journal: lost, emptied, shortened, changed, torn, of the first version; what is no
# file of ours; a disk that is full or read-only. Its commands.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20
sandbox
profile demo "$work/keys/first"
journal=$state/journal.jsonl
damage="Until then nothing is advised to be revoked."

# -- none yet --
run 0 pending
quiet
run 0 pending --format json
json '.complete and .counted == 0 and .items == []'
run 0 journal verify --format json
json '.state == "whole"'
run 0 journal list --format json
json '.items == []'
[ ! -e "$journal" ] || fail "looking made a journal"

# -- two writes in it --
run 0 keys --format json
cp "$out" "$work/keys.json"
target() { jq -r --argjson n "$1" '[.items[] | select(.type == "workspace-service" and .status == "active")][$n] | .id + " " + .key' "$work/keys.json"; }
revoke() {
    local id mask
    read -r id mask <<<"$(target "$1")"
    run 0 revoke "$id" --confirm "${mask##*\*}"
}
revoke 0
run 0 journal verify --format json
json '.state == "whole" and .lines != "0" and .open == "0"'
run 0 journal list --format json
json '.items | length >= 2 and .[0].act == "revoke-key" and .[-1].result == "done"'
# Each line can be read by itself: what was done, to which key.
json '[.items[] | [.act, .target, .mask, .name]] | unique | length == 1 and all(.[0][]; . != null)'
same "$(stat -c %a "$journal" "$state/journal.head" "$state" | tr '\n' ' ')" "600 600 700 "
cp "$journal" "$work/whole"
cp "$state/journal.head" "$work/head"
restore() {
    rm -rf "$journal"
    cp "$work/whole" "$journal"
    cp "$work/head" "$state/journal.head"
}

# Lost, emptied, shortened, changed, or without its head: every command that looks at it says so, a
# write goes on, and it is said until a person has looked.
damaged() {
    local what=$1 n=$2 open=${3:-3}
    run 1 journal verify --format json
    json ".state == \"$what\""
    says "$damage"
    run "$open" pending
    says "$damage"
    run 0 keys
    says "$damage"
    revoke "$n"
    says "$damage"
    run 1 journal verify
    run 2 journal verify --accept ok
    run 1 journal verify
    run 0 journal verify --accept "INC-2210 restored"
    run 0 journal verify --format json
    json '.state == "whole" and .accepted == "1"'
    quiet
    run 0 pending
    quiet
    run 0 keys
    hushes "$damage"
    grep -q '"reason":"INC-2210 restored"' "$journal" || fail "the look is not in the journal"
}
rm "$journal"
damaged lost 1
restore
: >"$journal"
damaged lost 2
restore
head -n 1 "$work/whole" >"$journal"
damaged shortened 3 6 # the outcome is what is missing
restore
sed -i '1s/demo/dema/' "$journal"
damaged broken 4
restore
rm "$state/journal.head"
damaged headless 5

# -- a crash: the journal goes on from its head; a torn last line is told and cut off --
restore
run 0 journal verify
head -n 1 "$work/whole" >"$journal"
size=$(stat -c %s "$journal")
head -c $((size + 40)) "$work/whole" >"$journal"
hash=$(head -n 1 "$work/whole" | jq -r .hash)
printf '{"v":1,"length":%d,"lines":1,"hash":"%s"}\n' "$size" "$hash" >"$state/journal.head"
run 6 pending
says "cut short while it was written"
hushes "$damage"
revoke 6
grep -q '"note":"cut"' "$journal" || fail "nothing notes the torn line"
run 0 journal verify --format json
json '.state == "whole" and .cut == "1"'

# -- of the first version, without a head --
rm -rf "$state"
mkdir -m 700 "$state"
(umask 077 && cp "$(dirname "$0")/../app/journals/first-version.jsonl" "$journal")
run 0 journal verify --format json
json '.state == "whole" and .lines == "11" and .open == "2"'
run 6 pending --format json
json '[.items[].state] == ["unknown", "sent"]'
json '.items[0] | .act == "create-key" and .name == "ci-two" and .target == null and .candidates == ["22222222-2222-4333-8444-555555555555"]'
json '.items[1] | .target == "33333333-2222-4333-8444-555555555555" and .profile == "acme" and .sent_at == "2026-11-18T11:09:40.038Z" and .candidates == []'
json '.items[0] | keys == ["act","candidates","intent","mask","name","organisation_id","profile","sent_at","state","target","workspace_id"]'
revoke 7
run 0 journal verify

# -- settle --
intent() { "$bin/portcullis" pending --format json 2>/dev/null | jq -r ".items[$1].intent"; }
first=$(intent 0) second=$(intent 1)
run 2 settle "$first" --as done
run 2 settle "$first" --reason INC-2210
run 2 settle --as "done" --reason INC-2210
run 2 settle "$first" --as maybe --reason INC-2210
run 2 settle "$first" --as "done" --reason ".."
run 1 settle 0123456789abcdef --as "done" --reason INC-2210
says "No open write has that number"
run 0 settle "$first" --as "done" --reason INC-2210 --format json
json '.intent == "'"$first"'" and .result == "done" and .by == "person" and .reason == "INC-2210"'
run 1 settle "$first" --as "done" --reason INC-2210
run 6 pending --format json
json '.items | length == 1 and .[0].intent == "'"$second"'"'
run 0 settle "$second" --as not-done --reason "asked around"
says "closed as not done by your word"
run 0 pending
grep -q '"result":"not-done".*"by":"person".*"reason":"asked around"' "$journal" || fail "the word is not in the journal"

# -- these do not look at the environment --
export PORTKEY_API_KEY="no key" PORTKEY_BASE_URL="nowhere"
run 0 pending
run 0 journal verify
run 0 journal list
run 1 settle "$first" --as "done" --reason INC-2210
unset PORTKEY_API_KEY PORTKEY_BASE_URL

# -- no file of ours: refused, and nothing hangs or is sent --
id=$(target 8) mask=${id#* } id=${id% *}
refused() {
    run 1 revoke "$id" --confirm "${mask##*\*}"
    says "$1"
    says "Nothing was sent"
    run 1 pending
    says "$1"
    run 1 journal verify
    same "$(api "$work/keys/first" GET "/api-keys/$id" | jq -r .id)" "$id"
}
rm "$journal"
mkfifo -m 600 "$journal"
refused "must be a regular file"
rm "$journal"
ln -s /dev/null "$journal"
refused "must be a regular file"
rm "$journal" "$state/journal.head"
chmod 770 "$state"
run 1 revoke "$id" --confirm "${mask##*\*}"
says "nobody else may write to it"
chmod 700 "$state"
chmod 777 "$(dirname "$state")"
run 1 revoke "$id" --confirm "${mask##*\*}"
says "Everybody may write to the folder above"
chmod 755 "$(dirname "$state")"

# -- a full disk, and one that cannot be written to: the sentence names the way out --
# shellcheck disable=SC2016 # for the shell in there
on_disk() { # OPTIONS: revokes with the state folder on such a disk
    out=$work/seen/disk.out err=$work/seen/disk.err
    unshare -m bash -c '
        mount -t tmpfs -o "mode=700,$1" none "$2" || exit 99
        [ "$1" = ro ] || head -c 100000 /dev/zero >"$2/fill" 2>/dev/null
        exec "$3" --now "$4" revoke "$5" --confirm "$6"' - \
        "$1" "$state" "$bin/portcullis" "$now" "$id" "${mask##*\*}" >"$out" 2>"$err"
    same "$?" 1
    says "XDG_STATE_HOME"
    says "Nothing was sent"
}
if unshare -m true 2>/dev/null; then
    on_disk size=4k
    on_disk ro
fi
same "$(api "$work/keys/first" GET "/api-keys/$id" | jq -r .id)" "$id"
revoke 8
