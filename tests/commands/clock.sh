#!/bin/bash
# A clock that is wrong here: times are the server's. Spans count from its Date, what it calls active is not read as expired,
# and it is said once.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
create=(create-key --kind organisation-service --scope workspaces.list)
server=$(date -d "$now" +%s)
# at SECONDS: the time that this machine's clock shows when it is off by so much.
at() { date -u -d "@$((server + $1))" +%Y-%m-%dT%H:%M:%SZ; }

for off in -172800 -600 -150 -60 0 60 150 600 172800; do
    run 0 --now "$(at "$off")" "${create[@]}" --name "clock-$off" --expires 30d --yes
    jq -r .key "$out" >>"$work/secrets"
    id=$(jq -r .id "$out")
    rm "$out" && : >"$out"
    case $off in
    -60 | 0 | 60) hushes "The clock of this machine" ;;
    -*) says "behind the server's" ;;
    *) says "ahead of the server's" ;;
    esac
    [ "$(grep -c "The clock of this machine" "$err")" -le 1 ] || fail "the clock is told more than once"
    ends=$(api "$work/keys/first" GET "/api-keys/$id" | jq -r .expires_at)
    late=$(($(date -d "$ends" +%s) - server - 30 * 86400))
    # The sandbox's clock runs on from its start; a day that is off would be seen.
    [ "$late" -ge 0 ] && [ "$late" -lt 300 ] || fail "with a clock that is off by $off the key ends $late s off"
done

# A key that ends tomorrow is alive, whatever the clock here says; the same in each format and in filters.
soon=$(api "$work/keys/first" POST /api-keys/organisation/service "{\"name\":\"ends-tomorrow\",\"scopes\":[\"workspaces.list\"],\"expires_at\":\"$(at 86400)\"}")
jq -r .key <<<"$soon" >>"$work/secrets"
id=$(jq -r .id <<<"$soon")
for off in -172800 172800 31536000; do
    local_now=$(at "$off")
    run 0 --now "$local_now" keys --filter "id:$id" --format csv --columns id,status
    prints "$id,active"
    run 0 --now "$local_now" keys --filter "status:expired" --format ids
    omits "$id"
    run 0 --now "$local_now" keys --filter "expires:<2d" --format ids
    prints "$id"
    run 0 --now "$local_now" overview --format json
    same "$(grep -c "The clock of this machine" "$err")" 1
done
