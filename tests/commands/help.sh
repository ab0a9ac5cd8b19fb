#!/bin/bash
# What --help, the man page and the program itself say about flags is one and the same. `help.sh BIN_DIR SOURCE_DIR`.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
man=$2/assets/man/portcullis.1.scd
flags() { grep -oE -- '--[a-z][a-z-]*' | sort -u; }

run 0 --help
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$out")
same "$(wc -w <<<"$commands")" 19
# The options before a command.
same "$(sed '/^commands:/,$d' "$out" | flags)" "$(sed -n '/^# OPTIONS/,/^# COMMANDS/p' "$man" | grep '^\*--' | flags)"

for command in $commands; do
    run 0 "$command" --help
    quiet
    listed=$(flags <"$out")
    entry=$(sed -n '/^# COMMANDS/,/^# EXIT/p' "$man" | grep "^\*$command\*")
    same "$(wc -l <<<"$entry")" 1
    same "$(flags <<<"$entry")" "$listed"
done

# The columns of each list and the presets stand in the man page as they are in the program.
for list in keys workspaces members; do
    run 0 "$list" --help
    columns=$(sed -n '/^columns:/,/^`man/p' "$out" | sed 's/^columns://; /^`/d' | tr -s ' \n' ' ' | sed 's/^ //; s/ $//')
    same "$(grep -A1 "^|\[ \*$list\*" "$man" | sed -n 's/^:\[ //p')" "$columns"
done
run 0 create-key --help
presets=$(sed -n '/^presets:/,$s/^  \([a-z-]*\) .*/\1/p' "$out")
same "$(sed -n '/^# PRESETS/,/^# TIMES/s/^|*:* *\[ *\([a-z-]*\)$/\1/p' "$man")" "$presets"

# No flag is in the tables of the program that no help text tells.
tables=$({
    cat "$2"/src/app/commands/*.c | grep -oE '\{"[a-z-]+", (required|no)_argument'
    cat "$2"/src/model/act*.c | grep -oE '(OTHER|MANY)\("[a-z-]+"|\{\.name = "[a-z-]+"' # fields of acts
} | sed 's/[^"]*"\([^"]*\)".*/--\1/' | sort -u)
same "$tables" "$({ echo --help; for command in $commands; do "$bin/portcullis" "$command" --help | flags; done; } | sort -u)"
