/* The review of a revocation: what it shows, what its button waits for, and that nothing but Enter
 * on that button sends. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "panes/revoke_screen.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define KEY_USER "60571396-bd81-4e58-8c82-000000000004"
#define KEY_EVIL "60571396-bd81-4e58-8c82-00000000000e"
#define KEY_ADMIN "60571396-bd81-4e58-8c82-00000000000c"
static void test_facts_small(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    assert_true(asked(&stage, "revoke_review " FAKE_KEY_GIRA "\n"));
    stage_expect(&stage, "Keys > Revoke gira-app");
    stage_expect(&stage, "gira-app   z1*****3AX");
    stage_expect(&stage, "workspace-service, active");
    stage_expect(&stage, FAKE_KEY_GIRA);
    stage_expect(&stage, "tools   ws-tools-e2a85b");
    stage_expect(&stage, "workspace-service, active, no owner");
    stage_expect(&stage, "Org         acme-corp [PROD]   https://api.portkey.ai");
    stage_expect(&stage, "2026-05-03 02:47Z  (204d ago), expires never");
    stage_expect(&stage, "Makes keys  no");
    stage_expect(&stage, "9: prompts create read update list publish");
    stage_expect(&stage, "list view !L");
    stage_expect(&stage, "less than a minute ago: as you see it here");
    stage_expect(&stage, "DELETE /v1/api-keys/" FAKE_KEY_GIRA);
    stage_expect(&stage, "workspace_service_api_keys.delete: your key holds it");
    stage_expect(&stage, "Cannot be undone.");
    stage_expect(&stage, "7 more days");
    stage_expect(&stage, "Type REVOKE 3AX");
    stage_expect(&stage, "> [ Cancel ] <    ( Revoke )");
    stage_expect(&stage, "read-only (! arms); reason missing; phrase not typed");
    stage_expect(&stage, "Nothing has been sent.");
    stage_done(&stage);
}

static void test_facts_wide(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 140, 40);
    stage_expect(&stage, "GOOD TO KNOW");
    stage_expect(&stage, "L can read logs");
    stage_expect(&stage, "SCOPES 9");
    stage_expect(&stage, "logs: list view !L");
    stage_expect(&stage, "Created     2026-05-03 02:47Z  (204d ago)");
    stage_expect(&stage, "> [ Cancel ] <    ( Revoke )");
    stage_done(&stage);
}

/* A name that means harm is shown in a form that can do none, beside the cleaned one. */
static void test_raw_name(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    set_operation(&stage, OP_REVIEW, KEY_EVIL);
    ui_push(stage.ui, view_revoke_new(stage.ui, KEY_EVIL));
    stage_expect(&stage, "Raw name    \\u{1b}[2J\\u{202e}gnp.exe");
    stage_expect_not(&stage, "\x1b");
    stage_done(&stage);

    open_review(&stage, 80, 24);
    stage_expect_not(&stage, "Raw name");
    stage_done(&stage);
}

static void test_twins(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    set_operation(&stage, OP_REVIEW, KEY_USER);
    ui_push(stage.ui, view_revoke_new(stage.ui, KEY_USER));
    stage_expect(&stage, "1 other key has this name: Av*****BlV in ml-eval");
    /* While the list grows nobody knows. */
    stage.fake.inventory->lists[LIST_KEYS].progress = PROGRESS_LOADING;
    stage.fake.inventory->generation++;
    ui_changed(stage.ui);
    stage_expect(&stage, "Same name   ? the list of keys is still being read");
    stage_done(&stage);
}

static void test_makes_keys(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    set_operation(&stage, OP_REVIEW, KEY_ADMIN);
    stage.fake.operation.scope = "organisation_service_api_keys.delete";
    stage.fake.operation.scope_held = HELD_UNKNOWN;
    ui_push(stage.ui, view_revoke_new(stage.ui, KEY_ADMIN));
    stage_expect(&stage, "none: it acts on the whole organisation");
    stage_expect(&stage, "YES: keys that it made live on when it is revoked");
    stage_expect(&stage, "organisation_service_api_keys.delete: ? not known whether your key");
    stage_done(&stage);
}

static void test_ready(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    fill(&stage, "INC-2210 in a gist", "REVOKE 3A");
    stage_expect(&stage, "read-only (! on Cancel arms); phrase not typed");
    stage_type(&stage, "X");
    stage_expect(&stage, "read-only (! on Cancel arms)");
    stage_expect_not(&stage, "phrase not typed");
    arm(&stage);
    stage_expect(&stage, "Enter on Revoke sends it, once.");
    stage_expect(&stage, "Read again  2s ago");
    stage_keys(&stage, "Tab Tab");
    stage_expect(&stage, "> [ Revoke ] <");
    assert_false(asked(&stage, "revoke_send"));
    stage_keys(&stage, "Enter");
    assert_true(asked(&stage, "revoke_send [REVOKE 3AX] [INC-2210 in a gist] 0\n"));
    stage_done(&stage);
}

/* Cancel has the focus at first: letters go where they are meant for, and nothing is sent. */
static void test_letters_go_to_the_phrase(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    stage_type(&stage, "R");
    stage_expect(&stage, "What is typed goes into the phrase; nothing is sent from there.");
    stage_type(&stage, "EVOKE 3AX");
    stage_expect(&stage, "[REVOKE 3AX");
    stage_keys(&stage, "Enter");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
    /* A paste is more than a letter: it is not taken for a phrase. */
    open_review(&stage, 80, 24);
    ui_event(stage.ui, &(struct ui_event){.key = UI_KEY_PASTE, .text = "REVOKE 3AX"});
    stage_expect(&stage, "What was pasted went nowhere: Tab to a field first.");
    stage_expect_not(&stage, "[REVOKE 3AX");
    stage_done(&stage);
}

/* What is typed as a reason and is the phrase is no reason. */
static void test_phrase_as_reason(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    fill(&stage, "REVOKE 3A", "REVOKE 3AX");
    stage_expect(&stage, "that is the phrase: it goes into the next field");
    stage_keys(&stage, "Tab Tab Enter");
    stage_expect(&stage, "the phrase stands in the field of the reason");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
    open_review(&stage, 80, 24);
    fill(&stage, "REVOKED elsewhere too", "");
    stage_expect_not(&stage, "that is the phrase");
    stage_done(&stage);
}

/* Every single thing that is missing keeps the button shut, and is named. */
static void test_not_ready(void **state)
{
    static const struct {
        bool armed;
        const char *reason, *phrase, *why;
    } CASES[] = {
        {false, "INC-1", "REVOKE 3AX", "read-only"},
        {true, "", "REVOKE 3AX", "reason missing"},
        {true, "  ", "REVOKE 3AX", "reason missing"},
        {true, "INC-1", "", "phrase not typed"},
        {true, "INC-1", "3AX", "phrase does not match"},
        {true, "INC-1", "REVOKE 3ax", "phrase does not match"},
        {true, "INC-1", "revoke 3AX", "phrase does not match"},
        {true, "INC-1", "REVOKE 3AXX", "phrase does not match"},
        {true, "INC-1", "REVOKE  3AX", "phrase does not match"},
        {true, "INC-1", "REVOKE ", "phrase not typed to its end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        struct stage stage;

        open_review(&stage, 80, 24);
        if (CASES[i].armed) {
            arm(&stage);
        }
        fill(&stage, CASES[i].reason, CASES[i].phrase);
        stage_keys(&stage, "Tab Tab Enter");
        stage_expect(&stage, "> ( Revoke ) <");
        stage_expect(&stage, CASES[i].why);
        stage_expect(&stage, "Nothing was sent: ");
        assert_false(asked(&stage, "revoke_send"));
        stage_done(&stage);
    }
}

/* A phrase that is wrong is called that, and Enter leaves neither the field nor the dialog. */
static void test_wrong_phrase(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    fill(&stage, "INC-1", "REVOKE ");
    stage_expect_not(&stage, "does not match");
    stage_type(&stage, "3ax");
    stage_expect(&stage, "error: does not match: case counts");
    stage_expect(&stage, "phrase does not match");
    stage_keys(&stage, "Enter Enter Enter");
    stage_expect(&stage, "[REVOKE 3ax");
    stage_keys(&stage, "Bs Bs");
    stage_expect_not(&stage, "does not match");
    stage_type(&stage, "AX");
    stage_expect(&stage, "Enter on Revoke sends it, once.");
    stage_keys(&stage, "Enter Enter Enter");
    stage_expect(&stage, "[REVOKE 3AX");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
}

/* Names repeat: a window that has no room for the mask, the workspace and the request has no room
 * to revoke either. */
static void test_low_windows(void **state)
{
    static const int SIZES[][2] = {{80, 24}, {60, 15}, {140, 40}, {100, 16}};
    struct stage stage;

    (void)state;
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
        open_review(&stage, SIZES[i][0], SIZES[i][1]);
        arm(&stage);
        fill(&stage, "INC-1", "REVOKE 3AX");
        stage_keys(&stage, "Tab Tab");
        for (int page = 0; page < 3; page++) {
            stage_expect(&stage, "gira-app   z1*****3AX");
            stage_expect(&stage, "workspace-service, active");
            stage_expect(&stage, "tools   ws-tools-e2a85b");
            stage_expect(&stage, "acme-corp [PROD]   https://api.portkey.ai");
            stage_expect(&stage, "DELETE /v1/api-keys/60571396-");
            stage_expect(&stage, "> [ Revoke ] <");
            stage_keys(&stage, "PgDn");
        }
        stage_keys(&stage, "Enter");
        assert_true(asked(&stage, "revoke_send"));
        stage_done(&stage);
    }
    /* Here it does not fit: nothing is sent, however it is asked for. */
    for (int height = 10; height < 13; height++) {
        open_review(&stage, 40, height);
        arm(&stage);
        fill(&stage, "INC-1", "REVOKE 3AX");
        stage_keys(&stage, "Tab Tab");
        stage_expect(&stage, "make the window taller");
        stage_keys(&stage, "Enter");
        assert_false(asked(&stage, "revoke_send"));
        /* What was typed is still there in a taller one. */
        stage_size(&stage, 80, 24);
        stage_expect(&stage, "[INC-1");
        stage_keys(&stage, "Enter");
        assert_true(asked(&stage, "revoke_send"));
        stage_done(&stage);
    }
}

/* All that the button waits for is told, where the lines are few. */
static void test_low_window_tells_what_is_missing(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 60, 15);
    stage_expect(&stage, "> [ Cancel ] <    ( Revoke )");
    stage_expect(&stage, "read-only (! arms); reason missing;\n");
    stage_expect(&stage, " phrase not typed\n");
    stage.fake.session.tag = "staging";
    ui_changed(stage.ui);
    stage_expect(&stage, "Type REVOKE 3AX   [");
    stage_expect(&stage, "read-only (! arms); phrase not typed");
    stage_done(&stage);
}

/* Every line can be scrolled to where not all is seen at once, and PgUp comes back at once. */
static void test_low_window_scrolls(void **state)
{
    struct stage stage;
    bool seen = false;

    (void)state;
    open_review(&stage, 60, 15);
    stage_keys(&stage, "Up Up");
    for (int page = 0; page < 9; page++) {
        stage_keys(&stage, "PgDn");
        seen = seen || stage_has(&stage, "Makes keys");
    }
    assert_true(seen);
    for (int page = 0; page < 9; page++) {
        stage_keys(&stage, "PgUp");
    }
    stage_keys(&stage, "PgDn");
    stage_expect(&stage, "PgDn");
    stage_done(&stage);
}

static void test_reason_only_on_production(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage.fake.session.tag = "staging";
    arm(&stage);
    fill(&stage, "", "REVOKE 3AX");
    stage_expect_not(&stage, "reason missing");
    stage_expect_not(&stage, "(required)");
    stage_keys(&stage, "Tab Tab Enter");
    assert_true(asked(&stage, "revoke_send [REVOKE 3AX] [] 0\n"));
    stage_done(&stage);
}

/* No key alone sends: every key there is, on every field, with all else in place. */
static void test_no_key_sends(void **state)
{
    static const enum ui_key KEYS[] = {
        UI_KEY_ESC,    UI_KEY_TAB, UI_KEY_BACKTAB, UI_KEY_BACKSPACE, UI_KEY_DELETE,
        UI_KEY_INSERT, UI_KEY_UP,  UI_KEY_DOWN,    UI_KEY_LEFT,      UI_KEY_RIGHT,
        UI_KEY_HOME,   UI_KEY_END, UI_KEY_PAGE_UP, UI_KEY_PAGE_DOWN, UI_KEY_PASTE,
    };
    struct stage stage;

    (void)state;
    for (int presses = 0; presses < 4; presses++) {
        open_review(&stage, 80, 24);
        arm(&stage);
        fill(&stage, "INC-1", "REVOKE 3AX");
        for (int i = 0; i < presses; i++) {
            stage_keys(&stage, "Tab");
        }
        for (int c = 0x20; c < 0x7f; c++) {
            char text[2] = {(char)c, '\0'};

            if (strchr("qh?", c) == NULL) {
                ui_event(stage.ui, &(struct ui_event){.key = UI_KEY_CHAR, .text = text});
            }
        }
        for (int f = 1; f <= 12; f++) {
            ui_event(stage.ui, &(struct ui_event){.key = UI_KEY_F, .number = f, .text = ""});
            stage_keys(&stage, f == 1 ? "Esc" : "");
        }
        for (size_t i = sizeof(KEYS) / sizeof(*KEYS); i > 0; i--) {
            ui_event(stage.ui, &(struct ui_event){.key = KEYS[i - 1], .text = "REVOKE 3AX\n"});
        }
        assert_false(asked(&stage, "revoke_send"));
        stage_done(&stage);
    }
    /* Straight from the list: X, then Enter as often as one likes. */
    stage_init(&stage, 80, 24);
    set_operation(&stage, OP_REVIEW, FAKE_KEY_GIRA);
    arm(&stage);
    stage_keys(&stage, "Down Down Down Down Down Down X Enter Enter X Enter F8 Enter Space Enter");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
}

static void test_leave(void **state)
{
    static const char *const WAYS[] = {"Esc", "Enter", "q", "h", "Up Esc", "Tab Esc"};
    struct stage stage;

    (void)state;
    for (size_t i = 0; i < sizeof(WAYS) / sizeof(*WAYS); i++) {
        open_review(&stage, 80, 24);
        stage_keys(&stage, WAYS[i]);
        expect_closed(&stage);
        assert_true(asked(&stage, "close_operation\n"));
        assert_false(asked(&stage, "revoke_send"));
        stage_done(&stage);
    }
}

/* ! arms from inside, while no text field has the focus. */
static void test_arm_inside(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage_keys(&stage, "!");
    stage_expect(&stage, "Arm writes");
    stage_type(&stage, "INC-1");
    stage_keys(&stage, "Enter");
    assert_true(asked(&stage, "arm INC-1\n"));
    stage_expect(&stage, "ARMED");
    stage_expect_not(&stage, "read-only");
    /* Its reason serves for this, too: nobody types it twice. */
    stage_expect_not(&stage, "reason missing");
    stage_expect(&stage, "[INC-1");
    stage_keys(&stage, "Up !");
    stage_expect(&stage, "[!");
    stage_expect_not(&stage, "READ-ONLY");
    stage_done(&stage);
}

/* The time is over while one types: the button shuts. */
static void test_armed_time_over(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    fill(&stage, "INC-1", "REVOKE 3AX");
    stage_keys(&stage, "Tab Tab");
    stage.fake.session.armed = false;
    stage_keys(&stage, "Enter");
    stage_expect(&stage, "Nothing was sent: read-only");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
}

static void test_own_override(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage.fake.operation.needs_own_override = true;
    arm(&stage);
    stage_expect(&stage, "[ ] I know this is not my key");
    fill(&stage, "", "");
    stage_keys(&stage, "Up Up Up"); /* to the top */
    stage_type(&stage, "INC-1");
    stage_keys(&stage, "Tab");
    stage_type(&stage, "REVOKE 3AX");
    stage_expect(&stage, "box not ticked");
    stage_keys(&stage, "Tab Tab Tab Enter");
    assert_false(asked(&stage, "revoke_send"));
    stage_keys(&stage, "S-Tab S-Tab Space");
    stage_expect(&stage, "[x] I know this is not my key");
    stage_keys(&stage, "Tab Tab Enter");
    assert_true(asked(&stage, "revoke_send [REVOKE 3AX] [INC-1] 1\n"));
    stage_done(&stage);
}

static void test_host_refuses(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    fill(&stage, "INC-1", "REVOKE 3AX");
    err_set(&stage.fake.send_error, ERR_GUARD, "The ten minutes are over.");
    stage_keys(&stage, "Tab Tab Enter");
    stage_expect(&stage, "The ten minutes are over.");
    stage_expect(&stage, "REVOKE 3AX  ");
    stage_done(&stage);

    /* The review itself is refused. */
    stage_init(&stage, 80, 24);
    err_set(&stage.fake.review_error, ERR_GUARD, "Another write is under way: wait for its end.");
    ui_push(stage.ui, view_revoke_new(stage.ui, FAKE_KEY_GIRA));
    stage_expect(&stage, "NO REVIEW");
    stage_expect(&stage, "Another write is under way");
    stage_expect(&stage, "Nothing was sent.");
    stage.fake.review_error = (struct err){0};
    set_operation(&stage, OP_REVIEW, FAKE_KEY_GIRA);
    stage_keys(&stage, "r");
    stage_expect(&stage, "Cannot be undone");
    stage_done(&stage);
}

/* A key that only deletes keys leaves none behind. */
static void test_says_whether_it_makes_keys(void **state)
{
    static const struct {
        const char *scope, *words;
    } CASES[] = {
        {"workspace_user_api_keys.create", "YES: keys that it made live on when it is revoked"},
        {"workspace_service_api_keys.update", "no, but it can change or rotate keys"},
        {"workspace_service_api_keys.rotate", "no, but it can change or rotate keys"},
        {"workspace_service_api_keys.delete", "Makes keys  no"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct stage stage;

        stage_init(&stage, 80, 24);
        struct key_row *row = row_of(&stage.fake, FAKE_KEY_GIRA);
        row->scopes = (struct scope_set){0};
        scope_set_add(&row->scopes, scope_find(CASES[i].scope));
        set_operation(&stage, OP_REVIEW, FAKE_KEY_GIRA);
        ui_push(stage.ui, view_revoke_new(stage.ui, FAKE_KEY_GIRA));
        stage_expect(&stage, CASES[i].words);
        if (i == 3) {
            stage_expect_not(&stage, "no, but");
        }
        stage_done(&stage);
    }
}

/* A refresh puts another inventory in the place of the one the review began with. */
static void test_refresh_underneath(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 140, 40);
    fake_host_refill(&stage.fake, 40);
    ui_changed(stage.ui);
    stage_expect(&stage, "gira-app   z1*****3AX");
    stage.fake.inventory->key_count = 0;
    ui_changed(stage.ui);
    stage_text(&stage);
    stage_done(&stage);
}

/* The operation of another dialog is none of this one. */
static void test_not_mine(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    arm(&stage);
    stage.fake.operation.target_id = KEY_USER;
    ui_changed(stage.ui);
    stage_expect(&stage, "There is no review any more.");
    stage_keys(&stage, "Tab Enter");
    assert_false(asked(&stage, "revoke_send"));
    stage_done(&stage);
}

static void test_scrolls(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 22);
    set_operation(&stage, OP_REVIEW, KEY_EVIL);
    ui_push(stage.ui, view_revoke_new(stage.ui, KEY_EVIL));
    stage_expect(&stage, "more: PgDn");
    stage_expect_not(&stage, "Makes keys");
    stage_keys(&stage, "PgDn PgDn PgDn");
    stage_expect(&stage, "Makes keys");
    stage_expect(&stage, "Cannot be undone");
    stage_keys(&stage, "PgUp PgUp PgUp PgUp");
    stage_expect(&stage, "Key         ");
    stage_done(&stage);
}

static void test_copy(void **state)
{
    struct stage stage;
    struct ui_requests requests;

    (void)state;
    open_review(&stage, 80, 24);
    stage_keys(&stage, "y");
    ui_take_requests(stage.ui, &requests);
    assert_string_equal(requests.clipboard, FAKE_KEY_GIRA);
    free(requests.clipboard);
    stage_done(&stage);
}

static void test_any_size(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage.fake.operation.needs_own_override = true;
    stage.fake.operation.changed = true;
    for (int phase = OP_NONE; phase <= OP_UNKNOWN; phase++) {
        go_to_phase(&stage, (enum op_phase)phase, "Some words that are long enough to be wrapped");
        for (int height = 1; height < 45; height += height < 12 ? 3 : 9) {
            for (int width = 1; width < 150; width += width < 45 ? 7 : 33) {
                stage_size(&stage, width, height);
                stage_text(&stage);
                stage_keys(&stage, "PgDn Tab");
            }
        }
    }
    stage_size(&stage, 40, 10);
    go_to_phase(&stage, OP_REVIEW, "");
    stage_expect(&stage, "[ Cancel ]");
    stage_done(&stage);
}

/* Esc loses nothing that was typed; another key does not inherit it. */
static void test_reason_survives_leaving(void **state)
{
    struct stage stage;

    (void)state;
    open_review(&stage, 80, 24);
    stage_keys(&stage, TO_REASON);
    stage_type(&stage, "INC-2210 gist");
    stage_keys(&stage, "Esc");
    stage_expect_not(&stage, "INC-2210 gist");
    set_operation(&stage, OP_REVIEW, KEY_USER);
    ui_push(stage.ui, view_revoke_new(stage.ui, KEY_USER));
    stage_expect_not(&stage, "INC-2210 gist");
    stage_keys(&stage, "Esc");
    set_operation(&stage, OP_REVIEW, FAKE_KEY_GIRA);
    ui_push(stage.ui, view_revoke_new(stage.ui, FAKE_KEY_GIRA));
    stage_expect(&stage, "[INC-2210 gist");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reason_survives_leaving),
        cmocka_unit_test(test_facts_small),
        cmocka_unit_test(test_facts_wide),
        cmocka_unit_test(test_raw_name),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_makes_keys),
        cmocka_unit_test(test_ready),
        cmocka_unit_test(test_letters_go_to_the_phrase),
        cmocka_unit_test(test_phrase_as_reason),
        cmocka_unit_test(test_not_ready),
        cmocka_unit_test(test_wrong_phrase),
        cmocka_unit_test(test_low_windows),
        cmocka_unit_test(test_low_window_tells_what_is_missing),
        cmocka_unit_test(test_low_window_scrolls),
        cmocka_unit_test(test_reason_only_on_production),
        cmocka_unit_test(test_no_key_sends),
        cmocka_unit_test(test_leave),
        cmocka_unit_test(test_arm_inside),
        cmocka_unit_test(test_armed_time_over),
        cmocka_unit_test(test_own_override),
        cmocka_unit_test(test_host_refuses),
        cmocka_unit_test(test_says_whether_it_makes_keys),
        cmocka_unit_test(test_refresh_underneath),
        cmocka_unit_test(test_not_mine),
        cmocka_unit_test(test_scrolls),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_any_size),
    };

    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
