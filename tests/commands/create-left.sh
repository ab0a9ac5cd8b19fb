#!/bin/bash
# A create that was left open: at each step of handing its secret over, and lost on the way.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
# left_at POINT: a create that is killed there. Its secret, if it was printed, counts as one.
left_at() {
    rm -rf "$state"
    PORTCULLIS_TEST_STOP=$1 "$bin/portcullis" --now "$now" "${create[@]}" >"$work/left" 2>"$work/seen/left.err" &
    until_true stopped "$!"
    kill -9 "$!"
    wait "$!" 2>/dev/null
    jq -r .key "$work/left" 2>/dev/null >>"$work/secrets"
    id=$(api "$work/keys/first" GET '/api-keys?page_size=100&current_page=0' | jq -r '.data[] | select(.name == "left-one").id')
}
gone_again() { api "$work/keys/first" DELETE "/api-keys/$id" >/dev/null; }

sandbox
profile demo "$work/keys/first"
run 0 workspaces --format json
slug=$(jq -r '[.items[] | select(.slug | startswith("ws-"))][0].slug' "$out")
create=(create-key --kind workspace-service --workspace "$slug" --name left-one --preset inference --yes)

# -- sent, and the answer not written down: it may be ours, or a colleague's --
left_at after-send
run 6 pending --look --format json
json ".items[0] | .act == \"create-key\" and .candidates == [\"$id\"] and .target == null"
run 0 workspaces
says "The key $id may be what it made; if nobody else made it, nobody has its secret."
hushes "evoke it"
# A second one is not made over it.
run 1 "${create[@]}"
says "Nothing was sent"
same "$(api "$work/keys/first" GET '/api-keys?page_size=100&current_page=0' | jq -r '[.data[] | select(.name == "left-one")] | length')" 1
gone_again
later 130
run 0 workspaces
says "The key \"left-one\" is not there: what may have been it is gone, and nothing else of it is there."
run 0 pending

# -- never sent --
left_at after-intent
same "$id" ""
run 0 --now 2026-11-24T03:17:10Z workspaces
says "The key \"left-one\" is not seen so far, but it may still come: sending now may make two."
later 130
run 0 --now 2026-11-24T02:37:10Z workspaces
says "The key \"left-one\" is not there: nothing of it is."
run 0 pending

# -- made, and its secret not handed over; from here on nothing hangs on the two minutes, and reads are apart --
export PORTCULLIS_TEST_HURRY=20
left_at before-hand-over
run 6 pending
says "The key \"left-one\" ($id) was made. Nobody has its secret: revoke it."
run 0 workspaces
says "Nobody has its secret: revoke it."
gone_again
run 0 workspaces
says "The key \"left-one\" ($id) is gone: nothing is left of it."
run 0 pending

# -- printed, and nothing says that it was taken --
left_at after-hand-over
run 6 pending --format json
json ".items[0] | .state == \"handing\" and .candidates == [\"$id\"]"
run 0 workspaces
says "Its secret may have been printed: revoke it unless somebody has it."
