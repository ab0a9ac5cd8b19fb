#!/bin/bash
# front.sh PROXY UPSTREAM_PORT FOLDER: a server before another one, which does what FOLDER/rules says as it stands then.
# Prints its port; FOLDER/asked gets a line for each request.
# A rule: METHOD PREFIX WHEN TIMES ACT VALUE BYTES.., the first that fits counts. PREFIX: of the path, IDS for a list asked
# by ids, LIST for any of keys. WHEN: any, after (the first write), before. TIMES: 0 for ever. ACT: as test-proxy has them.
# The file FOLDER/anew makes it forget that there was a write.
set -u
proxy=$1 upstream=$2 folder=$3
touch "$folder/rules"
mkfifo "$folder/to" "$folder/from"
"$proxy" "$upstream" <"$folder/to" >"$folder/from" &
exec 8>"$folder/to" 7<"$folder/from"
rm "$folder/to" "$folder/from"
trap 'kill $! 2>/dev/null; exit' TERM INT HUP

pattern() {
    case $1 in
        IDS) pattern='/api-keys[?]*ids=*' ;;
        LIST) pattern='/api-keys[?]*' ;;
        *) pattern="$1*" ;;
    esac
}

# rule_for METHOD TARGET WHEN: "ACT VALUE LENGTH\nBYTES" of the rule, which is used up by one. No process is started for it
# while a client waits, but to use it up.
rule_for() {
    local line n=0 m prefix when times act value bytes LC_ALL=C
    while IFS= read -r line; do
        n=$((n + 1))
        read -r m prefix when times act value bytes <<<"$line"
        pattern "$prefix"
        # shellcheck disable=SC2053 # it is a pattern
        if [ "$m" = "$1" ] && [[ $2 == $pattern ]] && { [ "$when" = any ] || [ "$when" = "$3" ]; } && [ "$times" != - ]; then
            # shellcheck disable=SC2094 # it is read no further
            case $times in
                0) ;;
                1) sed -i "${n}s/ $when 1 / $when - /" "$folder/rules" ;;
                *) sed -i "${n}s/ $when $times / $when $((times - 1)) /" "$folder/rules" ;;
            esac
            printf -v bytes '%b' "$bytes"
            printf '%s %s %d\n%s' "$act" "$value" "${#bytes}" "$bytes"
            return
        fi
    done <"$folder/rules"
    printf 'pass 0 0\n'
}

wrote=before
while read -r word number method target _ <&7; do
    if [ "$word" = port ]; then
        echo "$number"
        exec >/dev/null
    elif [ "$word" = ask ]; then
        target=${target#/v1}
        echo "$method $target" >>"$folder/asked"
        [ "$method" = GET ] || wrote=after
        [ ! -e "$folder/anew" ] || { rm "$folder/anew"; wrote=before; }
        { printf '%s ' "$number" && rule_for "$method" "$target" "$wrote"; } >&8
    fi
done
