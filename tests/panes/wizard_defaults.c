/* The fields of the wizard that calls bring along and that are told of alerts: metadata, config,
 * alert mails. What is checked while one types, and what is kept. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "panes/wizard_screen.h"

#include "base/banned.h"

/* The step Identity, its workspace chosen; `tabs` fields further. */
static void at_identity(struct screen *screen, int width, int height, int tabs)
{
    screen_init(screen, width, height, FAKE_WS_TOOLS);
    screen_ctrl(screen, 'n');
    for (int i = 0; i < tabs; i++) {
        screen_key(screen, UI_KEY_TAB, 0);
    }
}

/* The draft as it would be kept. Leaves the wizard. */
static const struct key_draft *leave(struct screen *screen)
{
    screen_key(screen, UI_KEY_ESC, 0);
    assert_true(screen->fake.has_draft);
    return &screen->fake.draft;
}

static void metadata(int width, int height)
{
    struct screen screen;
    const struct key_draft *draft;

    at_identity(&screen, width, height, 3);
    screen_expect(&screen, "Add metadata  > [ owner ] <    [ env ]      [ managed_by ]");
    screen_type(&screen, "\n");
    screen_expect(&screen, "Metadata      [owner           ]  = [                    ]");
    screen_expect(&screen, "error: row 1: a value is needed");
    screen_expect_not(&screen, "[ owner ]");
    screen_type(&screen, "team=tools");
    screen_expect_not(&screen, "error:");
    /* Any other, with a key that is there already. */
    screen_type(&screen, "\t\t\t\t\n");
    screen_expect(&screen, "error: row 2: a key is needed");
    screen_type(&screen, "owner\tx");
    screen_expect(&screen, "error: rows 1 and 2 have the same key");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_type(&screen, "2");
    screen_expect_not(&screen, "error:");
    screen_expect(&screen, "[owner2          ]  = [x ");
    /* The first row goes: its suggestion is back, and the second is the first. */
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_type(&screen, "\n");
    screen_expect(&screen, "Metadata      [owner2          ]  = [x ");
    screen_expect(&screen, "[ owner ]");
    draft = leave(&screen);
    assert_int_equal(draft->pair_count, 1);
    assert_string_equal(draft->metadata[0].key, "owner2");
    assert_string_equal(draft->metadata[0].value, "x");
    screen_done(&screen);
}

/* The review is far from the fields: it says which one is meant. */
static void test_problems_name_their_field(void **state)
{
    struct screen screen;

    (void)state;
    at_identity(&screen, 100, 40, 3);
    screen_type(&screen, "\n"); /* a row of metadata */
    screen_ctrl(&screen, 'n');
    screen_ctrl(&screen, 'n');
    screen_type(&screen, "\n12x\t\t\t\t\t0"); /* a rate limit, the budget */
    screen_ctrl(&screen, 'n');
    screen_expect(&screen, "2 Identity     error: Metadata 1: a value is needed");
    screen_expect(&screen, "4 Limits       error: Rate limit 1: a whole number of 0 or more");
    screen_expect(&screen, "4 Limits       error: Budget: a number of 1 or more");
    screen_done(&screen);
}

static void test_metadata_80x24(void **state)
{
    (void)state;
    metadata(80, 24);
}

static void test_metadata_140x40(void **state)
{
    (void)state;
    metadata(140, 40);
}

/* What is pasted is what is checked, and rows have an end. */
static void test_metadata_limits(void **state)
{
    const struct ui_event paste = {.key = UI_KEY_PASTE, .text = "a\x1b[31mb"};
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    at_identity(&screen, 80, 24, 3);
    screen_type(&screen, "\n");
    ui_event(screen.ui, &paste);
    screen_expect(&screen, "error: row 1: it holds U+001B, a control character");
    screen_expect_not(&screen, "\x1b");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "v");
    for (int i = 1; i < DRAFT_PAIRS_MAX; i++) {
        char row[24];

        snprintf(row, sizeof(row), "\t\t\t\t\nk%d\tv", i);
        screen_type(&screen, row);
    }
    screen_expect_not(&screen, "error:");
    screen_expect_not(&screen, "[ env ]");
    screen_type(&screen, "\t\t\n");
    screen_expect(&screen, "twelve are the most");
    draft = leave(&screen);
    assert_int_equal(draft->pair_count, DRAFT_PAIRS_MAX);
    assert_string_equal(draft->metadata[11].key, "k11");
    screen_done(&screen);
}

static void test_config(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    at_identity(&screen, 80, 24, 7);
    screen_expect(&screen, "The slug (pc-...) or the id of a config.");
    screen_type(&screen, "my config");
    screen_expect(&screen, "error: a slug (pc-...) or an id: letters, digits");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "config-abc");
    screen_expect(&screen, "note: slugs of configs begin with pc-, ids are UUIDs");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "pc-gira-prd\t ");
    screen_expect(&screen, "[x] callers may override");
    screen_expect_not(&screen, "error:");
    /* Without a config there is nothing to override, wherever the focus is. */
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_ctrl(&screen, 'u');
    screen_expect(&screen, "error: there is no config that callers could override");
    screen_expect(&screen, "[2 Identity !]");
    screen_type(&screen, "60571396-bd81-4e58-8c82-4858930ede0b");
    screen_expect_not(&screen, "error:");
    screen_expect_not(&screen, "note: slugs");
    draft = leave(&screen);
    assert_string_equal(draft->config, "60571396-bd81-4e58-8c82-4858930ede0b");
    assert_true(draft->allow_override);
    /* Of a draft that was left too, whose check nobody has touched yet. */
    screen_open(&screen, "");
    screen_ctrl(&screen, 'n');
    for (int i = 0; i < 7; i++) {
        screen_key(&screen, UI_KEY_TAB, 0);
    }
    screen_ctrl(&screen, 'u');
    screen_expect(&screen, "error: there is no config that callers could override");
    screen_done(&screen);
}

static void test_alert_mails(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    for (int i = 0; i < 3; i++) {
        screen_ctrl(&screen, 'n');
    }
    screen_type(&screen, "\t\t\t\t\toncall");
    screen_expect(&screen, "Alert mails   [oncall ");
    screen_expect(&screen, "error: address 1: not like");
    screen_type(&screen, "@acme.example");
    screen_expect_not(&screen, "error:");
    screen_type(&screen, ", b@c");
    screen_expect(&screen, "error: address 2: not like");
    screen_type(&screen, ".example, ONCALL@acme.example");
    screen_expect(&screen, "note: addresses 1 and 3 are the same");
    assert_string_equal(leave(&screen)->emails,
                        "oncall@acme.example, b@c.example, ONCALL@acme.example");
    screen_done(&screen);
}

/* All of them, in words and in the panel of wide screens. */
static void test_review_shows_them(void **state)
{
    struct screen screen;

    (void)state;
    at_identity(&screen, 140, 40, 3);
    screen_type(&screen, "\nteam-tools");
    screen_expect(&screen, "metadata         owner=team-tools");
    screen_type(&screen, "\t\t\t\t\tpc-gira\t");
    screen_expect(&screen, "config_id        pc-gira, callers may not");
    screen_type(&screen, " ");
    screen_expect(&screen, "config_id        pc-gira, callers may override");
    screen_ctrl(&screen, 'n');
    screen_ctrl(&screen, 'n');
    screen_type(&screen, "\t\t\t\t\ta@b.example");
    screen_expect(&screen, "alert_emails     a@b.example");
    screen_key(&screen, UI_KEY_F, 7);
    screen_expect(&screen, "Metadata       owner=team-tools");
    screen_expect(&screen, "Config         pc-gira, callers may override it");
    screen_expect(&screen, "Alert mails    a@b.example");
    screen_done(&screen);
}

/* What the server says of one of them stands at it, and goes with another value. */
static void test_refused(void **state)
{
    static const struct {
        const char *field, *step, *under, *type;
    } cases[] = {
        {"defaults.metadata", "step 2 of 5", "[ owner ]", "\nx"},
        {"defaults.config_id", "step 2 of 5", "Config ", "pc-x"},
        {"defaults.allow_config_override", "step 2 of 5", "callers may override", " "},
        {"alert_emails", "step 4 of 5", "Alert mails ", "a@b.example"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct screen screen;
        struct err *err = &screen.fake.operation.error;
        char *dump;
        const char *under, *says;

        screen_init_console(&screen, 80, 24);
        screen.fake.session.armed = true;
        screen.fake.operation = (struct host_operation){
            .phase = OP_REVIEW, .words = "Nothing was sent.", .method = "POST", .path = "/v1/x"};
        screen_open(&screen, "");
        screen_fill(&screen, "gira-app-2");
        screen.fake.operation.phase = OP_SENDING;
        screen_type(&screen, "\t\n");
        err_set(err, ERR_REFUSED, "400: not like this.");
        err->source = ERR_FROM_API;
        snprintf(err->field, sizeof(err->field), "%s", cases[i].field);
        screen.fake.operation.phase = OP_REFUSED;
        ui_changed(screen.ui);
        screen_expect(&screen, cases[i].step);
        dump = screen_dump(&screen);
        under = strstr(dump, cases[i].under);
        says = strstr(dump, "error: the server says: 400: not like this.");
        assert_true(under != NULL && says != NULL && under < says);
        free(dump);
        screen_type(&screen, cases[i].type);
        screen_expect_not(&screen, "the server says");
        screen_done(&screen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metadata_80x24),
        cmocka_unit_test(test_problems_name_their_field),
        cmocka_unit_test(test_metadata_140x40),
        cmocka_unit_test(test_metadata_limits),
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_alert_mails),
        cmocka_unit_test(test_review_shows_them),
        cmocka_unit_test(test_refused),
    };

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
