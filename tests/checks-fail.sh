#!/bin/sh
# checks-fail.sh CMAKE TESTS: layering.cmake and size-limits.sh pass on a good tree and fail on each kind of bad one.
set -eu
cmake=$1
tests=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# A tree of one good file a folder.
fresh() {
    rm -rf "$tree/src" "$tree/tests"
    mkdir -p "$tree/tests" "$tree/src/ui/views"
    for folder in base model api keyring report ui app sandbox; do
        mkdir -p "$tree/src/$folder"
        printf '#include <stdio.h>\n\n#include "base/banned.h"\n' >"$tree/src/$folder/good.c"
    done
    printf '#include "model/scope.h"\n' >"$tree/src/sandbox/good.h"
    printf '#include <curses.h>\n#include "base/banned.h"\n' >"$tree/src/ui/term_info.c"
    printf '#include "app/app.h"\n#include "ui/ui.h"\n#include "base/banned.h"\n' >"$tree/src/main.c"
}

layering() {
    "$cmake" -DROOT="$tree" -P "$tests/layering.cmake" >"$tree/out" 2>&1
}

sizes() {
    sh "$tests/size-limits.sh" "$tree" >"$tree/out" 2>&1
}

wrong() {
    echo "$1"
    sed 's/^/    /' "$tree/out"
    failed=1
}

# refused FILE LINE WHAT: with this line in this file layering fails and says WHAT.
refused() {
    fresh
    printf '%s\n#include "base/banned.h"\n' "$2" >"$tree/src/$1"
    if layering; then
        wrong "accepted: $2 in $1"
    elif ! grep -qF "src/$1: $3" "$tree/out"; then
        wrong "refused, but for another reason: $2 in $1"
    fi
}

# lines N: N lines that are no function.
lines() {
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "    x();" }'
}

fresh
layering || wrong "layering refuses a good tree"
refused base/x.c '#include "model/scope.h"' 'may not include "model/scope.h"'
refused model/x.c '#include "api/client.h"' 'may not include "api/client.h"'
refused model/x.h '#include "ui/ui.h"' 'may not include "ui/ui.h"'
refused api/x.c '#include "ui/ui.h"' 'may not include "ui/ui.h"'
refused api/x.c '#include "keyring/keyring.h"' 'may not include "keyring/keyring.h"'
refused ui/views/x.c '#include "api/client.h"' 'may not include "api/client.h"'
refused ui/x.c '#include "app/host.h"' 'may not include "app/host.h"'
refused report/x.c '  #  include "api/load.h"' 'may not include "api/load.h"'
refused keyring/x.c '#include "model/mask.h"' 'may not include "model/mask.h"'
refused app/x.c '#include "sandbox/db.h"' 'may not include "sandbox/db.h"'
refused sandbox/x.c '#include "model/mask.h"' 'may not include "model/mask.h"'
refused sandbox/x.c '#include "api/client.h"' 'may not include "api/client.h"'
refused base/x.c '#include "buf.h"' 'may not include "buf.h"'
refused base/x.c '#include "../model/scope.h"' 'may not include "../model/scope.h"'
refused ui/pane.c '#include <curses.h>' 'may not include <curses.h>'
refused ui/pane.c '#include <ncursesw/ncurses.h>' 'may not include <ncursesw/ncurses.h>'
refused ui/pane.c '#include "curses.h"' 'may not include'
refused api/client.c '#include <curl/curl.h>' 'may not include <curl/curl.h>'
refused model/x.c '#include <jansson.h>' 'may not include <jansson.h>'
refused app/operation.c '#include <jansson.h>' 'may not include <jansson.h>'
refused keyring/keyring.c '#include <libsecret/secret.h>' 'may not include <libsecret/secret.h>'
refused keyring/keyring.c '#include <glib.h>' 'may not include <glib.h>'
refused sandbox/http.c '#include <sqlite3.h>' 'may not include <sqlite3.h>'
refused api/x.c '#include <microhttpd.h>' 'may not include <microhttpd.h>'
refused app/x.c 'bool a = strstr(problem->text, "alert") != NULL;' 'reads a sentence back'
refused app/x.c 'const char *a = strstr(words, ", no answer for ");' 'reads a sentence back'
refused report/x.c 'const char *a = strstr(words.data, ": ?");' 'reads a sentence back'
refused ui/views/x.c 'bool a = strncmp(problem->text, "every", 5) == 0;' 'reads a sentence back'
refused api/x.c 'char *a = strstr(before.why, ERROR_CHECK_BASE_URL);' 'reads a sentence back'
refused base/x.c '#include <ini.h>' 'may not include <ini.h>'
refused model/x.c '#include <sodium.h>' 'may not include <sodium.h>'
refused ui/x.c '#include <utf8proc.h>' 'may not include <utf8proc.h>'
refused base/x.c '#include HEADER' 'has an include that is neither'
fresh
printf '#include <stdio.h>\n' >"$tree/src/app/x.c"
if layering; then wrong "accepted: a source without base/banned.h"; fi
fresh
mkdir "$tree/src/extra"
printf '#include "base/banned.h"\n' >"$tree/src/extra/x.c"
if layering; then wrong "accepted: a folder without arrows"; fi
rm -rf "$tree/src"
if layering; then wrong "accepted: no sources at all"; fi

fresh
{ echo 'void f(void)'; echo '{'; lines 100; echo '}'; } >"$tree/src/base/f.c"
lines 1200 >"$tree/src/base/l.h"
sizes || wrong "sizes refuse what is just short enough"
{ echo 'void f(void)'; echo '{'; lines 101; echo '}'; } >"$tree/src/base/f.c"
if sizes; then wrong "accepted: a function of 101 lines"; fi
grep -qF 'src/base/f.c:2: 101 lines: void f(void)' "$tree/out" || wrong "does not name the function"
fresh
lines 1201 >"$tree/tests/l.c"
if sizes; then wrong "accepted: a file of 1201 lines"; fi
grep -qF 'tests/l.c: 1201 lines' "$tree/out" || wrong "does not name the file"
rm -rf "$tree/src" "$tree/tests"
mkdir "$tree/src" "$tree/tests"
if sizes; then wrong "accepted: no sources at all"; fi
exit "$failed"
