#!/bin/bash
# Which key is the own one: its id is kept in the profile, and goes with the key that replaces it.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
chmod 600 "$work/keys/first"

# own KEY_FILE: the id of this key, by its mask.
own() {
    local key page=0 rows
    key=$(cat "$1")
    while rows=$(api "$work/keys/first" GET "/api-keys?page_size=100&current_page=$page") && jq -e '.data != []' <<<"$rows" >/dev/null; do
        jq -r --arg a "${key:0:2}" --arg z "${key: -3}" '.data[] | select(.key | startswith($a) and endswith($z)) | .id' <<<"$rows"
        page=$((page + 1))
    done
}
id=$(own "$work/keys/first")

# Whatever reads the keys keeps it, and leaves the rest of the file as a person wrote it.
profile demo "$work/keys/first"
{ echo '# written by hand'; cat "$profiles/demo.ini"; echo '# and its end'; } >"$work/by-hand"
cp "$work/by-hand" "$profiles/demo.ini"
run 0 keys --format json
{ cat "$work/by-hand"; echo "own_key_id = $id"; } | diff - "$profiles/demo.ini" >&2 || fail "the profile is another"
same "$(stat -c %a "$profiles/demo.ini")" 600
run 0 keys --format json
{ cat "$work/by-hand"; echo "own_key_id = $id"; } | diff - "$profiles/demo.ini" >&2 || fail "the profile is another"
# One that is wrong by now is mended.
sed -i 's/^own_key_id = .*/own_key_id = 00000000-0000-4000-8000-000000000000/' "$profiles/demo.ini"
run 0 keys --format json
same "$(grep own_key_id "$profiles/demo.ini")" "own_key_id = $id"
# Login keeps it at once.
rm "$profiles/demo.ini"
cp "$work/keys/first" "$work/keys/mine"
run 0 login --name demo --base-url "$base_url" --key-file "$work/keys/mine"
same "$(grep own_key_id "$profiles/demo.ini")" "own_key_id = $id"

# The own key leaked: its successor takes its place, and then it is another key.
scopes=$(api "$work/keys/first" GET "/api-keys/$id" | jq -c .scopes)
api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"successor\",\"scopes\":$scopes}" | jq -r .key >"$work/keys/next"
cat "$work/keys/next" >>"$work/secrets"
next=$(own "$work/keys/next")
echo 'not-a-real-key-0123456789' >"$work/keys/wrong"
stdin=$work/keys/wrong run 4 login --name demo --replace
cmp -s "$work/keys/first" "$work/keys/mine" || fail "a key that does not work was stored"
same "$(grep own_key_id "$profiles/demo.ini")" "own_key_id = $id"
run 1 login --name nobody --replace
run 1 revoke "$id" --confirm "$(tail -c 4 "$work/keys/first" | tr -d '\n')" --reason leaked
stdin=$work/keys/next run 0 login --name demo --replace
says "$id) still works: it can be revoked now"
cmp -s "$work/keys/next" "$work/keys/mine" || fail "the new key was not stored"
same "$(stat -c %a "$work/keys/mine")" 600
same "$(grep own_key_id "$profiles/demo.ini")" "own_key_id = $next"
run 0 revoke "$id" --confirm "$(tail -c 4 "$work/keys/first" | tr -d '\n')" --reason leaked
same "$(api "$work/keys/next" GET "/api-keys/$id" | jq -r .data.errorCode)" AB03
