#!/bin/bash
# No locale decides anything: what is asked, found and told under a Turkish locale (where I and i are two letters) and a
# German one (where a comma stands before the decimals) is to the byte what it is under C.UTF-8.
locales=$(mktemp -d)
skip() { rm -rf "$locales"; echo "skipped: $1"; exit 77; }
command -v localedef >/dev/null || skip "there is no localedef"
for name in tr_TR de_DE; do
    [ -f "/usr/share/i18n/locales/$name" ] || skip "the source of $name is not here (Debian: locales)"
    localedef -i "$name" -f UTF-8 "$locales/$name.UTF-8" >/dev/null 2>&1
    [ -f "$locales/$name.UTF-8/LC_CTYPE" ] || skip "$name cannot be made"
done
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
mv "$locales" "$work/locales"
export LOCPATH=$work/locales
# The C library never frees what it makes of LOCPATH.
echo leak:__argz_add_sep >"$work/leaks"
export LSAN_OPTIONS=print_suppressions=0:suppressions=$work/leaks
# They are what they are here for.
same "$(LC_ALL=tr_TR.UTF-8 bash -c 'x=LIVE; echo "${x,,}"')" "lıve"
same "$(LC_ALL=de_DE.UTF-8 locale decimal_point)" ","

sandbox
for tag in LIVE live PRODUCTION-EU olive; do profile "$tag" "$work/keys/first" "$tag"; done
profile demo "$work/keys/first"
count() { api "$work/keys/first" GET '/api-keys?page_size=1&current_page=0' | jq .total; }
before=$(count)
run 0 --profile demo keys --format json
read -r id mask <<<"$(jq -r '[.items[] | select(.type == "workspace-service" and .status == "active")][0] | .id + " " + .key' "$out")"
tail=${mask##*\*}
slug=$(api "$work/keys/first" GET '/admin/workspaces?page_size=10&current_page=0' | jq -r '[.data[].slug | select(startswith("ws-"))][0]')

# When it was read is another moment each time.
timeless() { sed -E 's/2026-11-24T02:[0-9:.]+Z/NOW/g' "$1"; }
alike() { cmp -s <(timeless "$1") <(timeless "$2"); }
# each EXIT ARGUMENTS: ends so under every locale, and prints the same.
each() {
    local first_out='' first_err='' locale
    local want=$1
    shift
    for locale in C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8; do
        LC_ALL=$locale run "$want" "$@"
        if [ -z "$first_out" ]; then
            first_out=$out first_err=$err
            continue
        fi
        alike "$first_out" "$out" || { fail "$locale: stdout of $*"; diff "$first_out" "$out" | head -5 >&2; }
        alike "$first_err" "$err" || { fail "$locale: stderr of $*"; diff "$first_err" "$err" | head -5 >&2; }
    done
    out=$first_out err=$first_err
}
rows() { jq '.items | length' "$out"; }

# The guard of production.
create=(create-key --kind workspace-service --workspace "$slug" --preset inference --name probe --yes)
for tag in LIVE live PRODUCTION-EU; do
    each 1 --profile "$tag" "${create[@]}"
    says "--reason is needed"
    each 1 --profile "$tag" revoke-key "$id" --confirm "$tail"
    says "--reason is needed"
done
(unset LC_ALL; export LANG=tr_TR.UTF-8; run 1 --profile LIVE "${create[@]}"; says "--reason is needed"; exit "$failed") || failed=1
each 0 --profile olive "${create[@]}" --dry-run
each 0 --profile LIVE "${create[@]}" --reason "İŞ-2210" --dry-run
same "$(count)" "$before"

# Filters: fields and the words of the protocol by ASCII, whatever the case.
for pair in "STATUS:ACTIVE status:active" "TYPE:=WS type:=ws" "SCOPE:COMPLETIONS.WRITE scope:completions.write" "EXPIRES:NEVER expires:never" \
    "NAME:GIRA name:gira" "RISK:D risk:d" "!STATUS:EXPIRED !status:expired" "KIND:WORKSPACE-SERVICE kind:workspace-service"; do
    for filter in $pair; do
        each 0 --profile demo keys --filter "$filter" --format json
        [ "$(rows)" -gt 0 ] || fail "no row for $filter"
        [ "$filter" = "${pair%% *}" ] && wide=$(rows)
    done
    same "$(rows)" "$wide"
done
# What is a letter of its own stays one.
each 0 --profile demo keys --filter "name:gıra" --format json
each 0 --profile demo keys --filter "name:GİRA" --format json
# Roles.
for role in ADMIN admin MEMBER OWNER; do
    each 0 --profile demo members --filter "ROLE:$role" --format json
    json '.items | length > 0'
    each 0 --profile demo members --workspace "$slug" --filter "role:$role" --columns NAME,ROLE --format csv
done
# Columns, formats and the order of rows.
each 0 --profile demo keys --columns NAME,TYPE,EXPIRES,LIMITS,ID,DESCRIPTION --sort -EXPIRES --format CSV
each 0 --profile demo keys --sort LIMITS
for list in keys members workspaces overview; do
    each 0 --profile demo $list
    each 0 --profile demo $list --format json
done
each 0 --profile demo keys --sort name --format csv --evidence
# Kinds, presets, and a budget with decimals as it goes to the server.
each 0 --profile demo create-key --kind workspace-service --workspace "$slug" --preset inference --name probe --budget cost:12.5 --dry-run
grep -q '12[.]5' "$out" "$err" || fail "the budget is another"
each 2 --profile demo create-key --kind workspace-service --workspace "$slug" --preset inference --name probe --budget cost:12,5 --dry-run
# What is nearly a flag or a command is told alike.
each 2 --profile demo create-key --kind WORKSPACE-SERVICE --workspace "$slug" --preset inference --name probe --dry-run
each 2 --profile demo keys --FILTER x
each 2 --profile demo KEYS
each 2 --PROFILE demo keys
each 2 --profile demo LIST-KEYS
each 0 info --profile demo --format json
each 0 profiles
same "$(count)" "$before"
