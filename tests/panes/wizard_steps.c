/* The steps of the wizard: what each shows, what it checks while one types, what cannot be chosen,
 * and that what was typed outlives leaving. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "panes/wizard_screen.h"
#include "ui/views/views.h"

#include "base/banned.h"

static void next(struct screen *screen)
{
    screen_ctrl(screen, 'n');
}

static void right(struct screen *screen, int times)
{
    while (times-- > 0) {
        screen_key(screen, UI_KEY_RIGHT, 0);
    }
}

/* The draft as it would be kept. Leaves the wizard. */
static const struct key_draft *leave(struct screen *screen)
{
    screen_key(screen, UI_KEY_ESC, 0);
    assert_true(screen->fake.has_draft);
    return &screen->fake.draft;
}

static void every_step(int width, int height)
{
    struct screen screen;
    bool wide = width >= 120;

    screen_init(&screen, width, height, FAKE_WS_TOOLS);
    screen_expect(&screen, "[1 Kind]  >  2 Identity  >  3 Scopes  >  4 Limits and life  >  5 Rev");
    screen_expect(&screen, "(o) workspace service");
    screen_expect(&screen, "( ) organisation service");
    next(&screen);
    screen_expect(&screen, "[2 Identity]");
    screen_expect(&screen, "[tools  ws-tools-e2a85b ");
    screen_expect(&screen, "id " FAKE_WS_TOOLS);
    screen_expect(&screen, "Name          [");
    screen_expect_not(&screen, "Owner  ");
    next(&screen);
    screen_expect(&screen, "0 of 91 chosen");
    screen_expect(&screen, "READ  LIST  CREATE UPDATE DELETE OTHER");
    screen_expect(&screen, "ws_service_api_keys");
    screen_expect(&screen, "[ ]!publish [ ] render");
    screen_expect(&screen, "see one workspace");
    next(&screen);
    screen_expect(&screen, "[ Add a rate limit ]");
    screen_expect(&screen, "(o) 90 days");
    screen_expect(&screen, "until 2027-02-21 02:47Z");
    next(&screen);
    screen_expect(&screen, "NOT RIGHT YET");
    screen_expect(&screen, "2 Identity     error: Name: a name is needed");
    screen_expect(&screen, "( Create )");
    screen_expect(&screen, "2 things are not right yet");
    screen_ctrl(&screen, 'p');
    if (wide) {
        screen_expect(&screen, "THE REQUEST SO FAR");
        screen_expect(&screen, "x  a name is needed");
        screen_expect(&screen, "IF THE ANSWER IS LOST");
    } else {
        screen_expect_not(&screen, "THE REQUEST SO FAR");
    }
    screen_done(&screen);
}

static void test_steps_80x24(void **state)
{
    (void)state;
    every_step(80, 24);
}

static void test_steps_140x40(void **state)
{
    (void)state;
    every_step(140, 40);
}

/* Every step in every size, whatever the frame thinks of it: nothing is drawn outside. */
static void test_any_size(void **state)
{
    struct screen screen;
    struct canvas *canvas = canvas_new(150, 50);

    (void)state;
    screen_init_console(&screen, 140, 40);
    screen.fake.operation.phase = OP_REVIEW;
    for (int step = 0; step < 5; step++) {
        struct pane pane = view_create_new(screen.ui, FAKE_WS_TOOLS);

        for (int i = 0; i < step; i++) {
            const struct ui_event event = {.key = UI_KEY_CTRL, .number = 'n', .text = ""};

            pane.ops->event(pane.self, screen.ui, &event);
        }
        pane.ops->prepare(pane.self, screen.ui);
        for (int width = 1; width < 145; width += 1 + width / 6) {
            for (int height = 1; height < 42; height += 1 + height / 6) {
                canvas_clear(canvas);
                pane.ops->draw(pane.self, screen.ui, canvas, (struct rect){2, 2, width, height});
                assert_string_equal(canvas_cell(canvas, 1, 2, NULL, NULL), " ");
                assert_string_equal(canvas_cell(canvas, 2, 1, NULL, NULL), " ");
                if (height > 3) {
                    assert_string_equal(canvas_cell(canvas, 2, 2 + height, NULL, NULL), " ");
                }
            }
        }
        pane.ops->free(pane.self);
    }
    for (int width = 1; width < 140; width += 7) {
        ui_resize(screen.ui, width, 1 + width / 4);
        canvas_resize(screen.canvas, width, 1 + width / 4);
        screen_open(&screen, "");
        screen_expect_not(&screen, "\x1b");
        screen_key(&screen, UI_KEY_ESC, 0);
    }
    canvas_free(canvas);
    screen_done(&screen);
}

static void test_kinds_of_the_own_key(void **state)
{
    struct screen screen;

    (void)state;
    screen_init_console(&screen, 80, 24);
    screen_own_scope(&screen, "workspace_user_api_keys.create", false);
    screen_own_scope(&screen, "workspace_service_api_keys.create", false);
    screen_open(&screen, "");
    screen_expect(&screen, "(-) workspace service");
    screen_expect(&screen, "needs workspace_service_api_keys.create");
    screen_expect(&screen, "(o) organisation service");
    /* No key chooses what is grey. */
    screen_key(&screen, UI_KEY_UP, 0);
    screen_type(&screen, " k ");
    screen_key(&screen, UI_KEY_LEFT, 0);
    screen_expect(&screen, "(o) organisation service");
    screen_done(&screen);

    /* What is not known is not grey. */
    screen_init_console(&screen, 80, 24);
    screen.fake.inventory->own_key = -1;
    screen_open(&screen, "");
    screen_expect(&screen, "( ) workspace user");
    screen_expect(&screen, "? Your own key was not found");
    screen_done(&screen);
}

static void test_identity(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, "");
    next(&screen);
    /* The picker finds by a part of the name and by the slug. */
    screen_type(&screen, "\npaym");
    screen_expect(&screen, "ws-paymen-a1b2c3   " FAKE_WS_PAYMENTS);
    screen_expect_not(&screen, "ws-tools");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "tools-e2\n");
    screen_expect(&screen, "[tools  ws-tools-e2a85b ");
    /* Letters that are acts elsewhere are text here. */
    screen_type(&screen, "qXn!?/:1 hjkl");
    screen_expect(&screen, "[qXn!?/:1 hjkl ");
    screen_ctrl(&screen, 'u');
    screen_expect(&screen, "error: a name is needed");
    screen_type(&screen, "gira-app");
    screen_expect(&screen, "note: a key of this name is there already");
    screen_type(&screen, "-2");
    screen_expect_not(&screen, "is there already");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "default_user_key");
    screen_expect(&screen, "error: this is the name of keys that Portkey makes by itself");
    for (int i = 0; i < 10; i++) {
        screen_type(&screen, "0123456789");
    }
    screen_expect(&screen, "error: at most 100 characters; these are 116");
    assert_string_equal(leave(&screen)->workspace, FAKE_WS_TOOLS);
    screen_done(&screen);
}

/* What is pasted is what is checked: nothing becomes something else without a word. */
static void test_pasted_names(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"a\x1b[31mb", "error: it holds U+001B, a control character"},
        {"a\x01", "error: it holds U+0001, a control character"},
        {"a\nb", "error: it holds U+000A, a line break"},
        {"a\xe2\x80\xae"
         "b",
         "error: it holds U+202E, which turns the direction"},
        {"a\xe2\x80\x8b"
         "b",
         "note: it holds U+200B, which is not shown"},
    };
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    next(&screen);
    screen_key(&screen, UI_KEY_TAB, 0);
    for (int field = 0; field < 2; field++) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
            const struct ui_event paste = {.key = UI_KEY_PASTE, .text = cases[i].text};

            screen_ctrl(&screen, 'u');
            ui_event(screen.ui, &paste);
            screen_expect(&screen, cases[i].says);
            screen_expect_not(&screen, "\x1b");
            screen_expect_not(&screen, "\xe2\x80\xae");
        }
        screen_ctrl(&screen, 'u');
        {
            const struct ui_event paste = {
                .key = UI_KEY_PASTE, .text = "dev \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"};

            ui_event(screen.ui, &paste);
        }
        screen_expect_not(&screen, "it holds");
        screen_key(&screen, UI_KEY_TAB, 0);
    }
    assert_string_equal(leave(&screen)->name, "dev \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb");
    screen_done(&screen);
}

/* Every n days and from a date, as the API has them: each field is there when it is asked for. */
static void test_days_and_dates(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    screen_init(&screen, 80, 40, FAKE_WS_TOOLS);
    for (int i = 0; i < 3; i++) {
        next(&screen);
    }
    screen_expect_not(&screen, "days 1-365");
    screen_type(&screen, "\t100\t\t\t"); /* budget, then reset: none, weekly, monthly, days */
    right(&screen, 3);
    screen_expect(&screen, "(o) days");
    screen_type(&screen, "\t0");
    screen_expect(&screen, "error: every how many days: a whole number, 1 to 365");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "30\t2027-02-29");
    screen_expect(&screen, "error: there is no such day: 2027-02-29");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "2027-03-01\t\t\t"); /* expires; rotation: to date */
    right(&screen, 4);
    screen_expect(&screen, "error: a date like 2027-01-31");
    screen_type(&screen, "\t2020-01-01");
    screen_expect(&screen, "error: this is not in the future");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "2027-05-01\t2m");
    screen_expect(&screen, "overlap");
    screen_expect(&screen, "The old secret works on for: 30m, 24h, 2d.");
    screen_expect(&screen, "error: the old secret lives on for 30 minutes at least");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "24h");
    screen_expect_not(&screen, "error:");
    draft = leave(&screen);
    assert_int_equal(draft->reset, RESET_DAYS);
    assert_string_equal(draft->reset_days, "30");
    assert_string_equal(draft->reset_at, "2027-03-01");
    assert_int_equal(draft->rotation, ROTATE_DATE);
    assert_string_equal(draft->rotation_at, "2027-05-01");
    assert_string_equal(draft->transition, "24h");
    screen_done(&screen);
}

/* Down has chosen: Space, which chooses elsewhere, must not go on to a kind with more power. */
static void test_space_chooses_what_is_reached(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    screen_key(&screen, UI_KEY_DOWN, 0);
    screen_type(&screen, " ");
    screen_expect(&screen, "(o) workspace user");
    assert_int_equal(leave(&screen)->kind, KEY_WORKSPACE_USER);
    screen_done(&screen);
}

static void test_owner(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, "");
    screen_key(&screen, UI_KEY_DOWN, 0);
    screen_expect(&screen, "(o) workspace user");
    next(&screen);
    screen_type(&screen, "\t\n");
    screen_expect(&screen, "Choose the workspace first");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_type(&screen, "\ntools\n\n");
    /* Its members only. */
    screen_expect(&screen, "R Shah");
    screen_expect(&screen, "manager  r.shah@acme.example");
    screen_expect_not(&screen, "Okoro");
    screen_type(&screen, "shah\n");
    screen_expect(&screen, "[R Shah  r.shah@acme.example");
    screen_expect(&screen, "It cannot be changed later.");
    /* Another workspace, where they are no member. */
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_type(&screen, "\nfinance\n");
    screen_expect(&screen, "error: the owner is not a member of this workspace");
    assert_string_equal(leave(&screen)->owner, FAKE_USER_SHAH);
    screen_done(&screen);
}

static void test_members_not_read(void **state)
{
    struct screen screen;
    struct inventory *inv;

    (void)state;
    screen_init_console(&screen, 80, 24);
    inv = screen.fake.inventory;
    inv->member_states[inventory_find_workspace_text(inv, FAKE_WS_TOOLS)].progress =
        PROGRESS_REFUSED;
    screen_open(&screen, FAKE_WS_TOOLS);
    screen_key(&screen, UI_KEY_DOWN, 0);
    next(&screen);
    screen_expect(&screen, "could not be read (needs workspace_users.list)");
    screen_type(&screen, "\tr.shah@acme.example");
    /* A mail address that is known is sent as the id. */
    assert_string_equal(leave(&screen)->owner, FAKE_USER_SHAH);
    screen_done(&screen);
}

static void test_workspaces_not_read(void **state)
{
    struct screen screen;

    (void)state;
    screen_init_console(&screen, 80, 24);
    screen.fake.inventory->workspace_count = 0;
    screen.fake.inventory->lists[LIST_WORKSPACES].progress = PROGRESS_REFUSED;
    screen_open(&screen, "");
    next(&screen);
    screen_expect(&screen, "The workspaces could not be read: type the id or the slug.");
    screen_type(&screen, "ws-tools-e2a85b");
    assert_string_equal(leave(&screen)->workspace, "ws-tools-e2a85b");
    screen_done(&screen);
}

static void assert_legal(const struct scope_set *set, enum key_kind kind)
{
    for (int i = 0; i < SCOPE_COUNT; i++) {
        assert_false(scope_set_has(set, i) && !scope_legal(i, kind));
    }
}

/* Ticks all over the grid, by every key there is. */
static void tick_everything(struct screen *screen)
{
    for (int row = 0; row < 45; row++) {
        for (int column = 0; column < 12; column++) {
            screen_type(screen, " ");
            screen_key(screen, UI_KEY_RIGHT, 0);
        }
        for (int column = 0; column < 12; column++) {
            screen_key(screen, UI_KEY_LEFT, 0);
        }
        screen_key(screen, UI_KEY_DOWN, 0);
    }
}

static void test_illegal_scopes_cannot_be_ticked(void **state)
{
    static const enum key_kind kinds[] = {KEY_WORKSPACE_SERVICE, KEY_WORKSPACE_USER,
                                          KEY_ORGANISATION_SERVICE};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct scope_set legal = scope_set_legal(kinds[i]);
        struct screen screen;
        const struct key_draft *draft;

        screen_init(&screen, 80, 24, "");
        for (int down = 0; down < i; down++) {
            screen_key(&screen, UI_KEY_DOWN, 0);
        }
        next(&screen);
        next(&screen);
        tick_everything(&screen);
        draft = leave(&screen);
        assert_int_equal(draft->kind, kinds[i]);
        assert_legal(&draft->scopes, kinds[i]);
        screen_open(&screen, "");
        next(&screen);
        next(&screen);
        for (int row = 0; row < 45; row++) {
            screen_type(&screen, "aj");
        }
        screen_type(&screen, "A");
        draft = leave(&screen);
        assert_legal(&draft->scopes, kinds[i]);
        assert_true(scope_set_count(&draft->scopes) <= scope_set_count(&legal));
        screen_done(&screen);
    }
}

static void test_grid(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    screen_init(&screen, 80, 24, "");
    next(&screen);
    next(&screen);
    screen_type(&screen, "/completion.writ\n");
    screen_expect(&screen, "Did you mean completions.write?");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_type(&screen, "/organisation_users.create\n");
    screen_expect(&screen, "organisation_users.create: a workspace-service key cannot have it.");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_type(&screen, "/prompts\n");
    screen_expect_not(&screen, "ws_users");
    screen_type(&screen, "a");
    screen_expect(&screen, "7 of 91 chosen   danger: D");
    screen_type(&screen, "a");
    screen_expect(&screen, "0 of 91 chosen");
    screen_expect(&screen, "error: at least one scope is needed");
    /* Esc clears the search before it leaves. */
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "ws_users");
    screen_expect(&screen, "step 3 of 5");
    screen_type(&screen, "A");
    screen_type(&screen, "/rotate\n");
    screen_expect(&screen, "[x]   [x]   [ ]!");
    screen_key(&screen, UI_KEY_RIGHT, 0);
    screen_key(&screen, UI_KEY_RIGHT, 0);
    screen_expect(&screen, "! M makes or changes keys");
    screen_type(&screen, " ");
    screen_expect(&screen, "danger: M");
    screen_expect(&screen, " M makes or changes keys, L reads logs\n");
    screen_type(&screen, "pinfer\n");
    screen_expect(&screen, "1 of 91 chosen");
    screen_expect(&screen, "Preset inference: 1 scope in place of");
    screen_key(&screen, UI_KEY_ESC, 0);
    draft = leave(&screen);
    assert_true(scope_set_has_name(&draft->scopes, "completions.write"));
    screen_done(&screen);
}

static void test_kind_drops_scopes(void **state)
{
    struct screen screen;
    const struct key_draft *draft;
    int before;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    next(&screen);
    next(&screen);
    for (int row = 0; row < 48 && !screen_has(&screen, "91 of 91 chosen"); row++) {
        screen_type(&screen, "aj");
    }
    screen_expect(&screen, "91 of 91 chosen");
    screen_ctrl(&screen, 'p');
    screen_ctrl(&screen, 'p');
    screen_key(&screen, UI_KEY_DOWN, 0);
    screen_expect(&screen, "of the scopes dropped: a workspace user key cannot have them.");
    screen_key(&screen, UI_KEY_DOWN, 0);
    next(&screen);
    screen_expect(&screen, "belongs to no workspace and to no person");
    draft = leave(&screen);
    before = scope_set_count(&draft->scopes);
    assert_legal(&draft->scopes, KEY_ORGANISATION_SERVICE);
    assert_in_range(before, 1, 90);
    assert_string_equal(draft->workspace, "");
    screen_done(&screen);
}

static void test_limits(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    for (int i = 0; i < 3; i++) {
        next(&screen);
    }
    screen_type(&screen, "\n12x");
    screen_expect(&screen, "error: row 1: a whole number of 0 or more");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "0");
    screen_expect(&screen, "note: row 1: 0 blocks every call");
    /* A second row, made to limit the same thing. */
    screen_type(&screen, "\t\t\t\t\n60\t\t");
    screen_key(&screen, UI_KEY_LEFT, 0);
    screen_expect(&screen, "error: rows 1 and 2 limit the same thing");
    screen_type(&screen, "\t\n");
    screen_expect_not(&screen, "limit the same thing");
    screen_type(&screen, "\t0\t\t");
    screen_expect(&screen, "error: a number of 1 or more");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "200\t\t250");
    screen_expect(&screen, "error: the alert is above the budget");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "160\t");
    right(&screen, 1);
    screen_expect(&screen, "The alert comes at 80 % of the budget.");
    screen_expect(&screen, "(o) weekly");
    draft = leave(&screen);
    assert_int_equal(draft->rate_count, 1);
    assert_string_equal(draft->rates[0].value, "0");
    assert_string_equal(draft->budget, "200");
    assert_string_equal(draft->alert, "160");
    assert_int_equal(draft->reset, RESET_WEEKLY);
    screen_done(&screen);
}

static void test_life(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    for (int i = 0; i < 3; i++) {
        next(&screen);
    }
    screen_type(&screen, "\t\t\t\t\t\t");
    screen_key(&screen, UI_KEY_LEFT, 0);
    screen_key(&screen, UI_KEY_LEFT, 0);
    screen_expect(&screen, "note: this key never expires");
    /* "other" with nothing typed is not "never". */
    screen_key(&screen, UI_KEY_LEFT, 0);
    screen_expect(&screen, "error: a number of days like 90d, a date, or an RFC 3339 time");
    screen_type(&screen, "\t2026-01-01");
    screen_expect(&screen, "error: this is not in the future");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "45d");
    screen_expect(&screen, "until 2027-01-07 02:47Z");
    screen_type(&screen, "\t");
    right(&screen, 1);
    screen_type(&screen, "\t5m");
    screen_expect(&screen, "error: the old secret lives on for 30 minutes at least");
    screen_ctrl(&screen, 'u');
    screen_type(&screen, "24h");
    screen_expect_not(&screen, "error");
    draft = leave(&screen);
    assert_string_equal(draft->expires, "45d");
    assert_int_equal(draft->rotation, ROTATE_WEEKLY);
    assert_string_equal(draft->transition, "24h");
    screen_done(&screen);
}

/* So does the grid. */
static void test_more_scopes(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    next(&screen);
    next(&screen);
    screen_expect(&screen, "OTHER");
    screen_expect(&screen, " v1");
    screen_expect_not(&screen, " ^1");
    screen_expect(&screen, "Esc keep draft");
    for (int i = 0; i < 60; i++) {
        screen_key(&screen, UI_KEY_DOWN, 0);
    }
    screen_expect(&screen, " ^1");
    screen_expect_not(&screen, " v1");
    screen_done(&screen);
}

/* A form that does not fit says that it goes on; the end of it does not. */
static void test_more_below(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 22, FAKE_WS_TOOLS);
    for (int i = 0; i < 3; i++) {
        next(&screen);
    }
    screen_expect_not(&screen, "below");
    screen_type(&screen, "\n1\t\t\t\t\n2\t\t\t\t\n3\t\t\t\t\n4\t\t\t\t\n5");
    screen_expect(&screen, "2 more lines below: PgDn. Nothing is sent yet.");
    screen_expect_not(&screen, "Rotation");
    screen_type(&screen, "\t\t\t\t\t\t\t\t\t\t\t");
    screen_expect(&screen, "Rotation");
    screen_expect_not(&screen, "below");
    for (int i = 0; i < 6; i++) {
        screen_key(&screen, UI_KEY_UP, 0);
    }
    screen_expect(&screen, " below: PgDn.");
    ui_resize(screen.ui, 80, 40);
    canvas_resize(screen.canvas, 80, 40);
    screen_expect_not(&screen, "below");
    screen_done(&screen);
}

/* Tab goes through all steps, Shift-Tab all the way back. */
static void test_tab_goes_on(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    screen_type(&screen, "\t");
    screen_expect(&screen, "step 2 of 5");
    screen_type(&screen, "\t\t\t\t\t\t\t\t\t");
    screen_expect(&screen, "step 3 of 5");
    screen_type(&screen, "\t");
    screen_expect(&screen, "step 4 of 5");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_expect(&screen, "step 3 of 5");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_expect(&screen, "step 2 of 5");
    screen_key(&screen, UI_KEY_BACKTAB, 0);
    screen_type(&screen, "x");
    screen_expect(&screen, "Config        [x ");
    /* Those that terminals and multiplexers take do nothing here. */
    for (const char *letter = "basq"; *letter != '\0'; letter++) {
        screen_ctrl(&screen, *letter);
    }
    screen_expect(&screen, "Config        [x ");
    screen_done(&screen);
}

static void test_draft_is_kept(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
    /* Nothing typed: nothing to keep. */
    screen_key(&screen, UI_KEY_ESC, 0);
    assert_false(screen.fake.has_draft);
    screen_open(&screen, FAKE_WS_TOOLS);
    next(&screen);
    screen_type(&screen, "\tmy-new-key");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "The draft is kept");
    assert_string_equal(screen.fake.draft.name, "my-new-key");
    screen_open(&screen, FAKE_WS_PAYMENTS);
    screen_expect(&screen, "The draft that you left is back");
    screen_expect(&screen, "This is the draft that you left.");
    next(&screen);
    screen_expect(&screen, "[my-new-key ");
    screen_expect(&screen, "[tools ");
    screen_ctrl(&screen, 'p');
    screen_type(&screen, "DD");
    screen_expect_not(&screen, "Throw the draft away?");
    screen_key(&screen, UI_KEY_ALT, 'd');
    screen_expect(&screen, "Throw the draft away? Alt-D again does it.");
    screen_type(&screen, " ");
    screen_key(&screen, UI_KEY_ALT, 'd');
    assert_true(screen.fake.has_draft);
    screen_key(&screen, UI_KEY_ALT, 'd');
    assert_false(screen.fake.has_draft);
    next(&screen);
    screen_expect_not(&screen, "my-new-key");
    screen_done(&screen);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Letters are text in a text field, begin the search in one that is picked for, and do nothing in
 * the others: no key of the wizard, of the console behind it, and no other choice. */
static void letters_never_act(void **state)
{
    static const char *const STEPS[] = {"step 1 of 5", "step 2 of 5", "step 3 of 5", "step 4 of 5"};
    static const char each[] = LETTERS;
    struct screen screen;
    char *before, *after;

    (void)state;
    screen_init(&screen, 100, 40, FAKE_WS_TOOLS);
    for (int step = 0; step < 4; step++) {
        for (int field = 0; step != 2 && field < 12; field++) {
            for (size_t i = 0; i < sizeof(each) - 1; i++) {
                char text[] = {each[i], '\0'}, typed[] = {'[', each[i], ' ', '\0'};

                before = screen_dump(&screen);
                screen_type(&screen, text);
                after = screen_dump(&screen);
                if (strstr(after, "type to filter") != NULL) {
                    screen_key(&screen, UI_KEY_ESC, 0);
                } else if (strstr(after, typed) != NULL) {
                    screen_key(&screen, UI_KEY_BACKSPACE, 0);
                } else if (strcmp(before, after) != 0) {
                    fail_msg("step %d, field %d: %s acts\n%s", step + 1, field, text, after);
                }
                screen_expect(&screen, STEPS[step]);
                free(before);
                free(after);
            }
            screen_key(&screen, UI_KEY_DOWN, 0);
        }
        next(&screen);
    }
    screen_done(&screen);
}

static void a_letter_begins_the_search(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 100, 40, "");
    next(&screen);
    screen_type(&screen, "pay");
    screen_expect(&screen, "pay");
    screen_expect(&screen, "payments");
    screen_expect_not(&screen, "search-and-");
    screen_key(&screen, UI_KEY_ENTER, 0);
    screen_expect(&screen, "[payments");
    screen_type(&screen, "gira");
    screen_expect(&screen, "[gira");
    screen_done(&screen);
}

/* What is typed after a pick is for the next field: the owner of a user key, else the name. A
 * picker that is left without a pick leaves the focus where it was. */
static void after_a_pick_the_focus_goes_on(void **state)
{
    struct screen screen;
    const struct key_draft *draft;

    (void)state;
    screen_init(&screen, 100, 40, "");
    screen_key(&screen, UI_KEY_DOWN, 0);
    screen_expect(&screen, "(o) workspace user");
    next(&screen);
    screen_type(&screen, "\ntools");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_type(&screen, "tools");
    screen_expect(&screen, "type to filter");
    screen_key(&screen, UI_KEY_ENTER, 0);
    screen_type(&screen, "shah");
    screen_expect(&screen, "Owner: a member of this workspace");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_type(&screen, "shah\nby-shah");
    screen_expect(&screen, "[R Shah  r.shah@acme.example");
    screen_expect(&screen, "[by-shah ");
    draft = leave(&screen);
    assert_string_equal(draft->workspace, FAKE_WS_TOOLS);
    assert_string_equal(draft->owner, FAKE_USER_SHAH);
    assert_string_equal(draft->name, "by-shah");
    screen_done(&screen);

    /* The members were refused: the owner is typed. */
    screen_init_console(&screen, 100, 40);
    for (size_t i = 0; i < screen.fake.inventory->workspace_count; i++) {
        screen.fake.inventory->member_states[i].progress = PROGRESS_REFUSED;
    }
    screen_open(&screen, "");
    screen_key(&screen, UI_KEY_DOWN, 0);
    next(&screen);
    screen_type(&screen, "tools\nsomebody\tby-hand");
    draft = leave(&screen);
    assert_string_equal(draft->owner, "somebody");
    assert_string_equal(draft->name, "by-hand");
    screen_done(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_pick_the_focus_goes_on),
        cmocka_unit_test(test_steps_80x24),
        cmocka_unit_test(test_steps_140x40),
        cmocka_unit_test(test_any_size),
        cmocka_unit_test(test_kinds_of_the_own_key),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(letters_never_act),
        cmocka_unit_test(a_letter_begins_the_search),
        cmocka_unit_test(test_pasted_names),
        cmocka_unit_test(test_days_and_dates),
        cmocka_unit_test(test_space_chooses_what_is_reached),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_members_not_read),
        cmocka_unit_test(test_workspaces_not_read),
        cmocka_unit_test(test_illegal_scopes_cannot_be_ticked),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_kind_drops_scopes),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_more_scopes),
        cmocka_unit_test(test_more_below),
        cmocka_unit_test(test_tab_goes_on),
        cmocka_unit_test(test_draft_is_kept),
    };

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
