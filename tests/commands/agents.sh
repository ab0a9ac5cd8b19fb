#!/bin/bash
# Who is at work: an agent reads, and writes only where the profile lets it; a new secret goes to no agent's output.
# shellcheck source=tests/commands/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox
profile demo "$work/keys/first"
profile open "$work/keys/first"
echo 'agents = allow' >>"$profiles/open.ini"
make=(create-key --kind organisation-service --scope workspaces.list --yes --name)
count() { api "$work/keys/first" GET "/api-keys?page_size=1&current_page=0" | jq .total; }
there() { api "$work/keys/first" GET "/api-keys/$1" | jq -e .id >/dev/null; }
actors() { jq -r '[.actor, .agent // "-"] | join(" ")' "$state/journal.jsonl" | sort -u | tr '\n' ','; }

# Nobody at a terminal, and no agent: a job.
run 0 --profile demo "${make[@]}" by-a-job
jq -r .key "$out" >>"$work/secrets"; target=$(jq -r .id "$out"); : >"$out"
same "$(actors)" "unattended -,"
mask=$(api "$work/keys/first" GET "/api-keys/$target" | jq -r .key)
suffix=${mask##*\*}
same "$(jq -r 'select(.kind == "intent") | .parent' "$state/journal.jsonl")" "$(cat /proc/$$/comm)"

# An agent, by each of its marks: it reads, and the gate is shut.
before=$(count)
for mark in AI_AGENT=goose AGENT=amp CLAUDECODE=1 CURSOR_AGENT=1 GEMINI_CLI=1 CODEX_SANDBOX=seatbelt OPENCODE=1; do
    export "${mark?}"
    run 1 --profile demo revoke-key "$target" --confirm "$suffix" --reason 'it'"'"'s leaked'
    says "An agent is at work here ("
    says "portcullis: A person can run: portcullis --profile demo revoke-key"
    says "--reason 'it'\\''s leaked'"
    unset "${mark%%=*}"
done
export CLAUDECODE=1
run 0 --profile demo keys --format ids
run 0 --profile demo revoke-key "$target" --dry-run
for way in '' 'cat >/dev/null'; do
    run 1 --profile demo "${make[@]}" by-an-agent ${way:+--hand-to "$way"}
    says "does not let agents change anything"
done
unset CLAUDECODE
same "$(count)" "$before"
there "$target" || fail "the key is gone"

# Set to nothing, a mark is none.
AGENT="" run 0 --profile demo "${make[@]}" nobody-set-it
jq -r .key "$out" >>"$work/secrets"; : >"$out"

# What is a person's to say or to allow.
export CLAUDECODE=1
run 1 settle 0123456789abcdef --as done --reason because
says "this is for a person to say"
run 1 journal verify --accept seen
says "this is for a person to say"
run 0 journal verify
stdin=$work/keys/first run 1 login --name more --base-url "$base_url" --key-file "$work/keys/first" --agents
says "--agents is for a person to give"
[ ! -e "$profiles/more.ini" ] || fail "it was stored"
# A profile of the environment has no line that could let it.
PORTKEY_API_KEY=$(cat "$work/keys/first") PORTKEY_BASE_URL=$base_url run 0 workspaces --format ids
PORTKEY_API_KEY=$(cat "$work/keys/first") PORTKEY_BASE_URL=$base_url run 1 revoke-key "$target" --confirm "$suffix"
says "A person can run: portcullis revoke-key"

# Where the profile lets it: a secret only by the unseen way.
run 1 --profile open "${make[@]}" seen-by-none
says "a new secret is shown to none"
run 0 --profile open "${make[@]}" kept --hand-to "cat >'$work/kept'"
says "The secret of the new key goes to: cat >"
json '.object == "api-key" and .read_back == true and (.key | test("^..[*]+...$"))'
cat "$work/kept" >>"$work/secrets"
same "$(wc -l <"$work/kept")" 1
mask_of() { api "$work/keys/first" GET "/api-keys/$1" | jq -r .key; }
same "$(mask_of "$(jq -r .id "$out")" | cut -c1-2)" "$(cut -c1-2 "$work/kept")"
same "$(jq -r '.event // .result // .kind' "$state/journal.jsonl" | tail -5 | tr '\n' ' ')" "intent made handing taken done "
jq -e 'select(.actor == "agent") | .agent == "CLAUDECODE"' "$state/journal.jsonl" >/dev/null || fail "the agent is not named"
# What it prints is seen by nobody.
run 0 --profile open "${make[@]}" talks --hand-to "tee '$work/kept'"
tail -1 "$work/kept" >>"$work/secrets"
run 0 --profile open revoke-key "$target" --confirm "$suffix"
run 0 journal list --format json
json '[.items[] | select(.actor == "agent" and .agent == "CLAUDECODE" and (.parent | length) > 0)] | length > 0'
unset CLAUDECODE

# A program that fails may have it or not: open in the journal, exit 6, and the way to revoke it is said.
run 6 --profile demo "${make[@]}" lost --hand-to 'exit 3'
says "ended with status 3"
says "It may have its secret or not. Revoke it unless it has"
says "portcullis --profile demo revoke "
omits "api-key"
same "$(jq -r '.event // .result // .kind' "$state/journal.jsonl" | tail -3 | tr '\n' ' ')" "intent made handing "
run 6 --profile demo "${make[@]}" lost --hand-to '/nowhere/at/all'
says "status 127 (not found)"
run 6 --profile demo "${make[@]}" lost --hand-to 'kill -9 $$'
says "ended by signal 9"
run 2 --profile demo "${make[@]}" lost --hand-to ''

# A person may let agents write, and the profile says so.
stdin=$work/keys/first run 0 login --name person --base-url "$base_url" --key-file "$work/keys/first" --key file --agents
grep -qx 'agents = allow' "$profiles/person.ini" || fail "the profile does not say so"
run 0 --profile person info
prints "may write"
echo 'agents = maybe' >>"$profiles/demo.ini"
run 2 --profile demo keys
says "agents is allow, or the line is not there"
