#!/bin/bash
# Login, profiles, logout; where a key may come from; what is said when it cannot.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
chmod 600 "$work/keys/first"

# Without a keyring nothing is stored, and nothing falls back to a file.
stdin=$work/keys/first run 4 login --name demo --base-url "$base_url"
says "D-Bus"
[ ! -e "$profiles/demo.ini" ] || fail "a profile was written"

# A key that the server does not know, an address that is no API, one that nobody listens on: nothing is stored.
echo 'not-a-real-key-0123456789' >"$work/keys/wrong"
stdin=$work/keys/wrong run 4 login --name demo --base-url "$base_url" --key ask
hushes 'not-a-real-key'
stdin=$work/keys/first run 5 login --name demo --base-url http://127.0.0.1:1/v1 --key ask
stdin=$work/keys/first run 1 login --name demo --base-url "${base_url%/v1}/nothing" --key ask
stdin=$work/keys/first run 2 login --name demo --base-url http://portkey.example/v1 --key ask
says "https"
stdin=$work/keys/first run 2 login --name ../demo --base-url "$base_url" --key ask
run 4 login --name demo --base-url "$base_url" --key ask
printf 'two words\n' >"$work/keys/blank"
stdin=$work/keys/blank run 2 login --name demo --base-url "$base_url" --key ask
hushes 'two words'
run 2 login
run 2 login --name demo surplus-which-may-be-a-key
hushes surplus-which-may-be-a-key
[ ! -e "$profiles/demo.ini" ] || fail "a profile was written"

# A key file must be ours alone; a command prints the key.
chmod 644 "$work/keys/first"
run 4 login --name demo --base-url "$base_url" --key-file "$work/keys/first"
chmod 600 "$work/keys/first"
run 0 login --name demo --base-url "$base_url" --key-file "$work/keys/first" --tag PROD
says "The key works"
run 0 overview --format json
# A second login changes what it names and keeps the rest: the server above all, and the tag.
https_proxy=http://127.0.0.1:1 run 0 login --name demo --key-file "$work/keys/first"
grep -qF "base_url = $base_url" "$profiles/demo.ini" || fail "another server is asked"
grep -qF 'tag = PROD' "$profiles/demo.ini" || fail "the tag is lost"
run 0 login --name cmd --base-url "$base_url" --key-command "cat '$work/keys/second'"
run 4 login --name fails --base-url "$base_url" --key-command "echo pinentry was cancelled >&2; exit 1"
says "pinentry was cancelled"
run 3 --profile cmd keys --format json # the second admin key may not list everything
same "$(stat -c %a "$profiles/demo.ini" "$profiles" | tr '\n' ' ')" "600 700 "

# A key that works is stored, and what the console needs and it lacks is said: all of it, where it finds itself in the list.
# limited NAME SCOPES: logs in with a new key that has only these.
limited() {
    api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"$1\",\"scopes\":[$2]}" | jq -r .key >"$work/keys/$1"
    cat "$work/keys/$1" >>"$work/secrets"
    run 0 login --name limited --base-url "$base_url" --key-file "$work/keys/$1" --format json
    rm "$profiles/limited.ini"
}
limited few '"organisation_service_api_keys.list","organisation_users.list"'
json '[.missing[].scope] == ["workspaces.list","workspace_users.list","workspace_service_api_keys.list","workspace_user_api_keys.list"]'
says "It lacks workspaces.list, workspace_users.list, workspace_service_api_keys.list and workspace_user_api_keys.list:"
limited no-keys '"workspaces.list"'
json '.missing | length == 3 and all(.list == "keys" and (.scope | endswith("_api_keys.list")))'
says "what else it lacks is not known"
limited not-itself '"workspaces.list","workspace_service_api_keys.list"'
json '[.missing[].scope] == ["organisation_service_api_keys.list","workspace_user_api_keys.list"]'
says "likely lacks organisation_service_api_keys.list and workspace_user_api_keys.list"
stdin=$work/keys/first run 0 login --name whole --base-url "$base_url" --key ask --format json
json '.missing == []'
rm "$profiles/whole.ini"

# Typed for the session: read from stdin by a command.
stdin=$work/keys/first run 0 login --name typed --base-url "$base_url" --key ask
stdin=$work/keys/first run 0 --profile typed keys --format json

run 0 profiles --format json
json '[.items[].name] == ["cmd","demo","typed"]' 
prints PROD
run 0 logout cmd
run 0 logout typed
run 1 logout cmd
run 2 logout ../cmd
run 0 profiles --format csv
omits cmd

# The environment makes a profile that wins over all.
export PORTKEY_BASE_URL=$base_url
PORTKEY_API_KEY=$(cat "$work/keys/second") run 3 overview --format json
first=$(api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total)
[ "$(jq .lists.keys.counted "$out")" != "$first" ] || fail "the profile won over the environment"
PORTKEY_API_KEY=$'two\nlines' run 2 overview
PORTKEY_API_KEY=wrong-key-from-the-environment run 4 overview
hushes wrong-key-from
unset PORTKEY_BASE_URL

# Its key is out of date now.
cat "$work/keys/wrong" >"$work/keys/first"
run 4 keys
