#!/bin/sh
# size-limits.sh TREE: no source over 1200 lines, no function over 100 lines (from { to } in the first column).
set -eu
cd "$1"
find src tests -name '*.[ch]' -type f | LC_ALL=C sort >"${TMPDIR:-/tmp}/size-limits.$$"
trap 'rm -f "${TMPDIR:-/tmp}/size-limits.$$"' EXIT
if ! grep -q . "${TMPDIR:-/tmp}/size-limits.$$"; then
    echo "no sources below $1" >&2
    exit 1
fi
# shellcheck disable=SC2046 # names of sources have no spaces
awk '
    FNR == 1 { if (NR > 1) file_end(); name = FILENAME; start = 0; title = "" }
    { lines = FNR }
    /^[a-z].*\(/ { title = $0 }
    /^\{/ { start = FNR }
    /^\}/ { if (start && FNR - start - 1 > 100) bad(name ":" start ": " FNR - start - 1 " lines: " title); start = 0 }
    END { file_end(); exit found }
    function file_end() { if (lines > 1200) bad(name ": " lines " lines") }
    function bad(text) { print text; found = 1 }
' $(cat "${TMPDIR:-/tmp}/size-limits.$$")
