#!/bin/bash
# Every command that README and manual show runs in the demo as it stands. `examples.sh BIN_DIR SOURCE_DIR`.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
export PORTCULLIS_TEST_HURRY=20
# The questions of the review and the commands of README, in the order in which they stand there; a line that goes on is one.
{
    sed -n '/^# REVIEW/,/^# WHERE/p' "$2/assets/man/portcullis.1.scd" | grep '^portcullis '
    sed -n '/^## Commands/,/^## Working/p' "$2/README.md" | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' | sed -n 's/^    \(portcullis .*\)/\1/p'
} >"$work/examples"
[ "$(wc -l <"$work/examples")" -ge 25 ] || fail "only $(wc -l <"$work/examples") examples were found"
out=$work/seen/examples.out err=$work/seen/examples.err

sandbox
profile demo "$work/keys/first"
mkdir "$work/bin"
printf '#!/bin/sh\nexec "%s/portcullis" --now %s "$@"\n' "$bin" "$now" >"$work/bin/portcullis"
chmod +x "$work/bin/portcullis"
while IFS= read -r line; do
    PATH=$work/bin:$PATH bash -c "$line" >"$out" 2>"$err" </dev/null || fail "$line"
    # What is asked is there: an example that finds nothing shows nothing.
    case $line in
    *owner:left* | *owner_state:* | *workspaces:=0*) ;; # nobody left the demo
    *revoke-key* | *rotate-key* | *freeze-key*) says "RvI" ;;
    *) [ "$(wc -l <"$out")" -ge 1 ] && ! grep -q "^Shown: 0 " "$out" || fail "nothing came of: $line" ;;
    esac
    case $line in
    *--yes*) jq -r .key "$out" >>"$work/secrets"; rm "$out" ;;
    esac
done <"$work/examples"
run 1 key 85ecb640-2ccc-42b0-94ae-78acc25ff183

# The marks that the manual tells of are looked for in the list by the same letters.
run 0 keys --filter flag:X --format json
json '.items | length > 0 and all(.expires_at != null)'
run 0 keys --filter flag:x --format json
json '.items | length > 0 and all(.expires_at == null or .expires_at > "2026-11-24T02:47:10.000Z")'
