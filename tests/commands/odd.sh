#!/bin/bash
# What no sandbox sends: each figure on the screen and in files is what was sent, or ?. `odd.sh BIN_DIR SOURCE_DIR`. Needs python3.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")
world=$work/world.json
python3 "$here/odd_world.py" make "$2/assets/scopes.json" "$world" || exit 1
cp "$world" "$work/first.json"
eval "$(python3 "$here/odd_world.py" counts)" # never not_read all organisation unplaced
mkfifo "$work/port"
python3 "$here/odd_server.py" "$world" >"$work/port" 2>>"$work/sandbox.log" &
sandboxes+=("$!")
read -r port <"$work/port"
base_url=http://127.0.0.1:$port/v1
echo OwAAAAAAAAAAAAAAAAAAAAAAkey >"$work/keys/odd"
profile odd "$work/keys/odd"

# -- every figure of a key --
run 3 keys --format csv
cp "$out" "$work/keys.csv"
run 3 keys --format json
cp "$out" "$work/keys.json"
python3 "$here/odd_world.py" check "$work/keys.csv" "$work/keys.json" >&2 || fail "figures are not true"
json ".counted == $all and .total == $all and .complete == false"
# A table shows nothing that a terminal obeys, and cuts nothing where there is none.
run 3 keys
same "$(LC_ALL=C tr -d '\n' <"$out" | LC_ALL=C grep -c '[[:cntrl:]]')" 0
same "$(LC_ALL=C grep -cE $'\xe2\x80\xae|\xc2\x9b' "$out")" 0
prints "$(printf 'x%.0s' {1..300})"

# -- counts and filters: what is not understood is neither --
run 3 keys --filter expires:never --format ids
same "$(wc -l <"$out")" "$never"
run 3 keys --filter 'expires:?' --format ids
same "$(wc -l <"$out")" "$not_read"
run 3 keys --filter '!expires:<900d' --format ids
same "$(wc -l <"$out")" "$never"
run 3 overview --format json
json ".active_without_expiry == null and .keys_by_place.organisation == null"
json ".at_least.keys_by_place.organisation == $organisation and .at_least.keys_by_place.unplaced == $unplaced"
json ".at_least.keys_by_place.in_workspaces == $all - $organisation - $unplaced"
run 3 overview
prints "$unplaced of which it is not known in which workspace"
run 3 workspaces --format csv --columns name,keys
prints "one,$((all - organisation - unplaced))?"
prints "(organisation),$organisation?"
prints "(not known),$unplaced"

# -- one row does not take the list down, and is named --
# edit PYTHON: changes w, which begins as the three first keys.
edit() {
    python3 - "$work/first.json" "$world" "$1" <<'P'
import json, sys
with open(sys.argv[1]) as file:
    w = json.load(file)
w["keys"] = [w["keys"][0]] + w["keys"][-2:]
exec(sys.argv[3])
with open(sys.argv[2], "w") as file:
    json.dump(w, file)
P
}
id=00000000-0000-4000-8000-000000000077
lost() {
    edit "w['keys'].append('$1')"
    run 3 keys --format json
    json "(.items | length) == 3 and .counted == 3 and .total == 4 and .complete == false"
    json "[.missing[].reason | select(contains(\"$2\"))] | length == 1"
    says "$2"
    run 3 keys
    hushes "cut short"
}
edit ""
run 0 keys --format json
json '.complete and .counted == 3'
lost "{\"id\":\"$id\",\"name\":NaN}" "row 4: it is no valid JSON (id $id)"
lost "{\"id\":\"$id\",\"name\":\"a\",\"name\":\"b\"}" "row 4: it names a member twice (id $id)"
lost "{\"id\":\"$id\",\"x\":123456789012345678901234567890}" "row 4: a number in it is too long (id $id)"
lost "17" "row 4: A key has no usable id"
lost "{\"id\":null,\"name\":\"a\"}" "row 4: A key has no usable id"
# -- the whole answer: a BOM is skipped, an encoding is named, a row that comes twice counts once --
edit 'w["before"] = "\ufeff"'
run 0 keys --format json
json '.complete and .counted == 3'
edit 'w["headers"] = {"Content-Encoding": "identity"}'
run 0 keys --format json
json '.complete'
edit 'w["headers"] = {"Content-Encoding": "br"}'
run 5 keys --format json
says "encoded as br"
json '.items == [] and .complete == false'
edit 'w["keys"].append(dict(w["keys"][1]))'
run 3 keys --format json
json '.counted == 3 and .total == 4'
says "The server tells of 4 keys and gave 3"
edit 'w["before"] = "{} "'
run 5 keys
hushes "cut short"
# -- a key of which a read tells no more than the id: nothing of it is made up --
edit 'w["one"] = {"id": w["keys"][1]["id"]}'
id=$(jq -r '.keys[1].id' "$world")
run 0 revoke-key "$id" --dry-run
says "  ?  ?  ?  ? scopes"
run 0 freeze-key "$id" --dry-run
says "  ?  ?  ?  ? scopes"
run 0 key "$id"
prints "Scopes: ?, not all of them understood"
prints "workspace     ?"
prints "name          ?"
