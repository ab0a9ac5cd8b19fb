/* Who is at work: told by the environment first, then by the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/actor.h"
#include "app/gate.h"

#include "base/banned.h"

static struct actor with(const char *entry, bool has_terminal)
{
    char home[] = "HOME=/home/a", copy[200];
    char *const environment[] = {home, copy, NULL};
    struct actor actor;

    snprintf(copy, sizeof(copy), "%s", entry);
    actor_of(environment, has_terminal, "bash", &actor);
    return actor;
}

static void an_agent_says_so_in_its_environment(void **state)
{
    static const struct {
        const char *entry, *agent; /* NULL: no agent */
    } rows[] = {
        {"AI_AGENT=goose", "AI_AGENT=goose"},
        {"AI_AGENT=1", "AI_AGENT=1"},
        {"AGENT=amp", "AGENT=amp"},
        {"CLAUDECODE=1", "CLAUDECODE"},
        {"CURSOR_AGENT=1", "CURSOR_AGENT"},
        {"GEMINI_CLI=1", "GEMINI_CLI"},
        {"CODEX_SANDBOX=seatbelt", "CODEX_*"},
        {"CODEX_=x", "CODEX_*"},
        {"OPENCODE=1", "OPENCODE"},
        /* What it calls itself is shown only when it can be a name. */
        {"AI_AGENT=\x1b[31mred", "AI_AGENT"},
        {"AGENT=a name of several words", "AGENT"},
        {"AGENT=0123456789012345678901234567890123456789x", "AGENT"},
        {"AGENT=", NULL},
        {"CLAUDECODE=", NULL},
        {"AGENTS=1", NULL},
        {"MY_AGENT=1", NULL},
        {"CODEX=1", NULL},
        {"SSH_AGENT_PID=12", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int terminal = 0; terminal < 2; terminal++) {
            struct actor actor = with(rows[i].entry, terminal == 1);

            assert_int_equal(actor.kind, rows[i].agent != NULL ? ACTOR_AGENT
                                         : terminal == 1       ? ACTOR_PERSON
                                                               : ACTOR_UNATTENDED);
            assert_string_equal(actor.agent, rows[i].agent == NULL ? "" : rows[i].agent);
            assert_string_equal(actor.parent, "bash");
        }
    }
}

static void a_strange_parent_is_not_named(void **state)
{
    char *const environment[] = {NULL};
    struct actor actor;

    (void)state;
    actor_of(environment, true, "sh -c \x1b]0;", &actor);
    assert_string_equal(actor.parent, "");
    actor_of(environment, true, "", &actor);
    assert_string_equal(actor.parent, "");
    actor_find(&actor); /* whoever that is */
    assert_non_null(actor_name(actor.kind));
}

static void words(void **state)
{
    struct actor agent = with("AI_AGENT=goose", true), person = with("X=1", true);
    char *text = actor_words(&agent);

    (void)state;
    assert_string_equal(text, "an agent (AI_AGENT=goose), started by bash");
    free(text);
    text = actor_words(&person);
    assert_string_equal(text, "a person at a terminal, started by bash");
    free(text);
}

/* An agent gets through the gate only where the profile says so, and never to a secret. */
static void the_gate_tells_them_apart(void **state)
{
    struct gate gate = {.who = with("CLAUDECODE=1", true)};
    struct err err = {0};

    (void)state;
    assert_false(gate_arm(&gate, "", "why", 0, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_true(gate.refused);
    assert_int_equal(gate_left_ms(&gate, 0), 0);
    gate.armed = true; /* however that came about */
    gate.until = GATE_ARMED_MS;
    assert_false(gate_check(&gate, 1, &err));
    gate.agents = true;
    assert_true(gate_arm(&gate, "", "why", 0, &err));
    assert_false(gate.refused);
    assert_true(gate_check(&gate, 1, &err));
    assert_false(gate_lets_secrets(&gate, &err));
    gate_disarm(&gate);
    assert_int_equal(gate.who.kind, ACTOR_AGENT); /* it stays who it is */
    gate.who = with("X=1", false);
    gate.agents = false;
    assert_true(gate_lets_secrets(&gate, &err));
    assert_true(gate_arm(&gate, "", "why", 0, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_says_so_in_its_environment),
        cmocka_unit_test(a_strange_parent_is_not_named),
        cmocka_unit_test(words),
        cmocka_unit_test(the_gate_tells_them_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
