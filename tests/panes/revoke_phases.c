/* The review of a revocation from its reading to its end: what each phase says and lets be done. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "panes/revoke_screen.h"

#include "base/banned.h"

/* The target changed between the review and the request: it comes back, and says what changed. */
static void test_changed(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    fill(&stage, "INC-1", "REVOKE 3AX");
    stage_keys(&stage, "Tab Tab Enter");
    go_to_phase(&stage, OP_READING, "Reading the key once more before it is revoked..");
    stage_expect(&stage, "Reading the key once more");
    row_of(&stage.fake, FAKE_KEY_GIRA)->status = STATUS_EXHAUSTED;
    scope_set_add(&row_of(&stage.fake, FAKE_KEY_GIRA)->scopes, scope_find("logs.export"));
    stage.fake.operation.changed = true;
    go_to_phase(&stage, OP_REVIEW, "The key changed since you looked at it. Nothing was sent.");
    stage_expect(&stage, "The key changed since you looked at it.");
    stage_expect(&stage, "CHANGED     status: was active, is now exhausted");
    stage_expect(&stage, "scopes: now also logs.export");
    stage_expect(&stage, "NOT as it was when you looked");
    /* The phrase was typed for another state of the key; the reason stays. */
    stage_expect(&stage, "> [ Cancel ] <");
    stage_expect(&stage, "phrase not typed");
    stage_expect(&stage, "[INC-1 ");
    stage_keys(&stage, "Tab Enter");
    assert_ptr_equal(strstr(strstr(stage.fake.log.data, "revoke_send") + 1, "revoke_send"), NULL);
    /* Read again, and the same: it counts as looked at. */
    stage_keys(&stage, "r");
    stage.fake.operation.changed = false;
    go_to_phase(&stage, OP_READING, "Reading the key..");
    go_to_phase(&stage, OP_REVIEW, "Read a moment ago. Nothing was sent.");
    stage_expect_not(&stage, "CHANGED");
    stage_expect(&stage, "as you see it here");
    stage_done(&stage);
}

/* Before anything is sent: how long it waits, at which try, and that it can be given up. */
static void test_words_of_a_wait(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage.fake.operation.waited_ms = 1999;
    go_to_phase(&stage, OP_READING, "Reading the key..");
    stage_expect(&stage, "Nothing was sent yet: Esc gives up.");
    stage_expect_not(&stage, "Waiting for");
    stage.fake.operation.waited_ms = 12400;
    stage.fake.operation.attempt = 1;
    stage.fake.operation.attempts = 1;
    go_to_phase(&stage, OP_READING, "Reading the key..");
    stage_expect(&stage, "Waiting for 12 s. Nothing was sent yet");
    stage.fake.operation.attempt = 2;
    stage.fake.operation.attempts = 4;
    go_to_phase(&stage, OP_READING, "Reading the key..");
    stage_expect(&stage, "Waiting for 12 s, try 2 of 4. Nothing was sent yet");
    /* Once it is sent nothing says that it was not. */
    go_to_phase(&stage, OP_SENDING, "Revoking..");
    stage_expect(&stage, "Waiting for 12 s, try 2 of 4.");
    stage_expect_not(&stage, "Nothing was sent");
    stage_done(&stage);
}

static const struct phase_case {
    enum op_phase phase;
    const char *words, *error, *expect, *button;
    const char *not_again; /* why r does not read again; NULL: it does */
    bool enter;            /* Enter closes */
} PHASES[] = {
    {OP_READING, "Reading the key..", NULL, "Reading the key..", NULL, "the key is being read",
     false},
    {OP_BLOCKED, "Nothing was sent.", "This is the key that this profile works with.", "BLOCKED",
     "Close", NULL, true},
    {OP_SENDING, "Revoking gira-app..", NULL, "SENDING   DELETE /v1/api-keys/", NULL,
     "the revocation is under way", false},
    {OP_PROVING, "Accepted. Reading it back..", NULL, "ACCEPTED, NOT PROVEN YET", NULL,
     "the revocation is under way", false},
    {OP_LOST, "Finding out what became of it..", "The server closed the line.",
     "THE ANSWER WAS LOST", NULL, "the revocation is under way", false},
    {OP_DONE, "Revoked: gira-app. Read back: gone.", NULL, "REVOKED", "Close", "the key is revoked",
     true},
    {OP_REFUSED, "Refused: nothing was revoked.", "403: your key lacks a scope.",
     "THE SERVER REFUSED", "Close", NULL, true},
    {OP_UNKNOWN, "Not proven: the key can still be read", "Look again in a while.",
     "THE OUTCOME IS NOT KNOWN", "Close", NULL, true},
};

static void one_phase(const struct phase_case *phase, int width, int height)
{
    struct stage stage;
    size_t asked_before;

    open_review(&stage, width, height);
    if (phase->error != NULL) {
        err_set(&stage.fake.operation.error, ERR_GUARD, "%s", phase->error);
    }
    go_to_phase(&stage, phase->phase, phase->words);
    stage_expect(&stage, phase->expect);
    stage_expect(&stage, phase->words);
    if (phase->error != NULL) {
        stage_expect(&stage, phase->error);
    }
    stage_expect(&stage, "gira-app   z1*****3AX");
    stage_expect_not(&stage, "Revoke )");
    stage_expect_not(&stage, "Revoke ]");
    stage_expect_not(&stage, "[ Cancel ]");
    asked_before = stage.fake.log.len;
    stage_keys(&stage, "r");
    assert_int_equal(strstr(stage.fake.log.data + asked_before, "revoke_review") != NULL,
                     phase->not_again == NULL);
    go_to_phase(&stage, phase->phase, phase->words);
    if (phase->not_again != NULL && width >= 120) {
        char hint[80];

        snprintf(hint, sizeof(hint), "F5 refresh (%s)", phase->not_again);
        stage_expect(&stage, hint);
    }
    stage_keys(&stage, "Enter");
    if (phase->enter) {
        expect_closed(&stage);
    } else {
        stage_expect(&stage, phase->expect);
        stage_keys(&stage, "Esc");
        expect_closed(&stage);
    }
    assert_true(asked(&stage, "close_operation"));
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
}

static void test_phases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(PHASES) / sizeof(*PHASES); i++) {
        one_phase(&PHASES[i], 80, 24);
        one_phase(&PHASES[i], 140, 40);
    }
}

/* When the key is gone its page stays to be read. */
static void test_done_keeps_the_page(void **state)
{
    struct stage stage;
    struct inventory *inv;

    (void)state;
    open_review(&stage, 80, 24);
    inv = stage.fake.inventory;
    inventory_remove_key(inv, inventory_find_id(inv, FAKE_KEY_GIRA));
    go_to_phase(&stage, OP_DONE, "Revoked: gira-app. Read back: gone.");
    stage_expect(&stage, "gira-app   z1*****3AX");
    stage_expect(&stage, "REVOKED");
    /* Gone at the API is not dead at every gateway. */
    stage_expect(&stage, "A gateway that is cut off may accept it for 7 more days.");
    stage_done(&stage);
}

/* What no gateway accepts now, it will not accept later either. */
static void test_gateways_are_told_of_where_they_matter(void **state)
{
    static const struct {
        enum key_kind kind;
        enum key_status status;
        bool told;
    } ROWS[] = {
        {KEY_WORKSPACE_SERVICE, STATUS_ACTIVE, true},
        {KEY_WORKSPACE_SERVICE, STATUS_OTHER, true}, /* nobody knows */
        {KEY_WORKSPACE_SERVICE, STATUS_EXPIRED, false},
        {KEY_WORKSPACE_SERVICE, STATUS_EXHAUSTED, false},
        {KEY_ORGANISATION_SERVICE, STATUS_ACTIVE, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
        struct stage stage;

        open_review(&stage, 80, 24);
        go_to_phase(&stage, OP_READING, "Reading the key..");
        row_of(&stage.fake, FAKE_KEY_GIRA)->kind = (uint8_t)ROWS[i].kind;
        row_of(&stage.fake, FAKE_KEY_GIRA)->status = (uint8_t)ROWS[i].status;
        go_to_phase(&stage, OP_REVIEW, "Read a moment ago. Nothing was sent.");
        stage_expect(&stage, "Cannot be undone.");
        (ROWS[i].told ? stage_expect : stage_expect_not)(&stage, "7 more days");
        go_to_phase(&stage, OP_DONE, "Revoked: gira-app. Read back: gone.");
        (ROWS[i].told ? stage_expect : stage_expect_not)(&stage, "7 more days");
        stage_done(&stage);
    }
}

/* What was seen is in the heading: no more, and no less. */
static void test_headings_tell_what_was_seen(void **state)
{
    static const struct {
        enum op_phase phase;
        bool said_no, proven, accepted, still_works;
        const char *heading;
    } ROWS[] = {
        {OP_LOST, true, false, false, false, "THE SERVER SAID NO"},
        {OP_BLOCKED, false, true, false, false, "GONE ALREADY"},
        {OP_UNKNOWN, false, false, true, false, "ACCEPTED, NOT PROVEN"},
        {OP_UNKNOWN, false, false, false, true, "IT STILL WORKS"},
        {OP_UNKNOWN, true, false, false, false, "THE OUTCOME IS NOT KNOWN"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
        struct stage stage;

        open_review(&stage, 80, 24);
        stage.fake.operation.said_no = ROWS[i].said_no;
        stage.fake.operation.proven = ROWS[i].proven;
        stage.fake.operation.accepted = ROWS[i].accepted;
        stage.fake.operation.still_works = ROWS[i].still_works;
        go_to_phase(&stage, ROWS[i].phase, "Words.");
        stage_expect(&stage, ROWS[i].heading);
        stage_expect_not(&stage, "REVOKED");
        stage_done(&stage);
    }
}

/* What is typed before there is a field to type in never acts on the console behind. */
static void test_typed_ahead(void **state)
{
    static const enum op_phase PHASES_IN_MOTION[] = {OP_READING, OP_SENDING, OP_PROVING, OP_LOST};

    (void)state;
    for (size_t i = 0; i < sizeof(PHASES_IN_MOTION) / sizeof(*PHASES_IN_MOTION); i++) {
        struct stage stage;
        size_t before;

        open_review(&stage, 80, 24);
        arm(&stage);
        go_to_phase(&stage, PHASES_IN_MOTION[i], "Reading the key..");
        before = stage.fake.log.len;
        stage_type(&stage, "REVOKE 3qX?!:/ 12nXr");
        stage_keys(&stage, "Tab Enter F7 F3 F5 Backspace ctrl-r Down Home Delete Left Insert");
        stage_expect(&stage, "gira-app   z1*****3AX");
        stage_expect(&stage, "Reading the key..");
        assert_string_equal(stage.fake.log.data + before, "");
        /* And it is not there when the review is. */
        go_to_phase(&stage, OP_REVIEW, "Read a moment ago. Nothing was sent.");
        stage_expect(&stage, "phrase not typed");
        stage_expect(&stage, "> [ Cancel ] <");
        stage_done(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_words_of_a_wait),
        cmocka_unit_test(test_done_keeps_the_page),
        cmocka_unit_test(test_gateways_are_told_of_where_they_matter),
        cmocka_unit_test(test_headings_tell_what_was_seen),
        cmocka_unit_test(test_typed_ahead),
    };

    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
