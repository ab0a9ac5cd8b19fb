/* The review of the wizard and what comes after it: nothing is sent but by the focused button, a
 * refusal goes back to its field, a lost answer is never sent again by itself, and the secret is
 * shown on request, never dumped, and wiped. */
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

#define SECRET "pkNEW+zzq0123456789abcdefghijklmno"

static void set_phase(struct screen *screen, enum op_phase phase, const char *words)
{
    screen->fake.operation.phase = phase;
    screen->fake.operation.words = words;
    ui_changed(screen->ui);
}

/* At the review of a whole draft. */
static void at_review(struct screen *screen, int width, int height, bool armed)
{
    screen_init_console(screen, width, height);
    screen->fake.session.armed = armed;
    screen->fake.operation = (struct host_operation){
        .phase = OP_REVIEW,
        .words = "Nothing was sent.",
        .method = "POST",
        .path = "/v1/api-keys/workspace/service",
        .body =
            "{\n  \"name\": \"gira-app-2\",\n  \"scopes\": [\n    \"completions.write\"\n  ]\n}",
        .scope = "workspace_service_api_keys.create",
        .scope_held = HELD_YES,
    };
    screen_open(screen, "");
    screen_fill(screen, "gira-app-2");
    screen_expect(screen, "step 5 of 5");
}

/* Sent, and on its way. */
static void at_sending(struct screen *screen, int width, int height)
{
    at_review(screen, width, height, true);
    screen->fake.operation.phase = OP_SENDING;
    screen->fake.operation.words = "Making the key..";
    screen_type(screen, "\t\n");
    assert_true(screen_asked(screen, "create_send"));
}

static int times_asked(const struct screen *screen, const char *line)
{
    const char *at = screen->fake.log.data;
    int count = 0;

    while ((at = strstr(at, line)) != NULL) {
        count++;
        at += strlen(line);
    }
    return count;
}

static void test_review(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 140, 40, false);
    screen_expect(&screen, "Request        POST /v1/api-keys/workspace/service");
    screen_expect(&screen, "Organisation   acme-corp [PROD]   https://api.portkey.ai");
    screen_expect(&screen, "needs workspace_service_api_keys.create: your key holds it");
    screen_expect(&screen, "\"completions.write\"");
    screen_expect(&screen, "Scopes         1; completions: write");
    screen_expect(&screen, "> [ Cancel ] <");
    screen_done(&screen);
    /* At 80 columns what does not fit is scrolled to. */
    at_review(&screen, 80, 24, false);
    screen_expect(&screen, "POST /v1/api-keys/workspace/service");
    screen_expect_not(&screen, "\"completions.write\"");
    screen_key(&screen, UI_KEY_PAGE_DOWN, 0);
    screen_expect(&screen, "\"completions.write\"");
    screen_expect(&screen, "> [ Cancel ] <");
    /* Keys past the end do not have to be taken back before it goes up again. */
    for (int i = 0; i < 9; i++) {
        screen_key(&screen, UI_KEY_PAGE_DOWN, 0);
    }
    for (int i = 0; i < 3; i++) {
        screen_key(&screen, UI_KEY_PAGE_UP, 0);
    }
    screen_expect(&screen, "THE NEW KEY");
    screen_done(&screen);
}

static void test_scope_not_known(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 140, 40, false);
    screen.fake.operation.scope_held = HELD_UNKNOWN;
    ui_changed(screen.ui);
    screen_expect(&screen, "? not known whether");
    screen_done(&screen);
}

static void test_not_armed(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, false);
    screen_expect(&screen, "( Create )");
    screen_expect(&screen, "read-only: press ! first");
    screen_type(&screen, "\t\n \n");
    assert_false(screen_asked(&screen, "create_send"));
    /* ! works here, and only the button sends after it. */
    screen.fake.session.tag = "";
    screen_type(&screen, "!");
    assert_true(screen_asked(&screen, "arm"));
    screen_expect(&screen, "> [ Create ] <");
    assert_false(screen_asked(&screen, "create_send"));
    screen_type(&screen, "\n");
    assert_int_equal(times_asked(&screen, "create_send"), 1);
    screen_done(&screen);
}

/* A window that has no room for what is made and where has no room to make it either. */
static void test_low_windows(void **state)
{
    static const int sizes[][2] = {{80, 24}, {60, 15}, {140, 40}, {100, 12}};
    struct screen screen;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        at_review(&screen, 80, 24, true);
        ui_resize(screen.ui, sizes[i][0], sizes[i][1]);
        canvas_resize(screen.canvas, sizes[i][0], sizes[i][1]);
        for (int page = 0; page < 3; page++) {
            screen_expect(&screen, "gira-app-2");
            screen_expect(&screen, "workspace service, in tools");
            screen_expect(&screen, "ws-tools-e2a85b");
            screen_expect(&screen, "acme-corp [PROD]   https://api.portkey.ai");
            screen_expect(&screen, "POST /v1/api-keys/workspace/service");
            screen_expect(&screen, "[ Create ]");
            screen_key(&screen, UI_KEY_PAGE_DOWN, 0);
        }
        screen_type(&screen, "\t\n");
        assert_true(screen_asked(&screen, "create_send"));
        screen_done(&screen);
    }
    at_review(&screen, 80, 24, true);
    ui_resize(screen.ui, 40, 10);
    canvas_resize(screen.canvas, 40, 10);
    screen_type(&screen, "\t");
    screen_expect(&screen, "make the window taller");
    screen_type(&screen, "\n\n");
    assert_false(screen_asked(&screen, "create_send"));
    ui_resize(screen.ui, 80, 24);
    screen_type(&screen, "\n");
    assert_true(screen_asked(&screen, "create_send"));
    screen_done(&screen);
}

/* The clock goes on; what was read in the review does not. */
static void test_review_stands_still(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, true);
    screen_expect(&screen, "2027-02-21 02:47Z, 90 days from the opening of this review");
    assert_string_equal(screen.fake.draft.expires, "2027-02-21T02:47:09.000Z");
    screen.fake.now += 5 * 60000;
    ui_changed(screen.ui);
    screen_expect(&screen, "2027-02-21 02:47Z, 90 days");
    screen_key(&screen, UI_KEY_UP, 0);
    screen_expect(&screen, "2027-02-21 02:47Z, 90 days");
    /* Looked at anew, it counts anew; the draft keeps its days. */
    screen_ctrl(&screen, 'p');
    screen_key(&screen, UI_KEY_F, 7);
    screen_expect(&screen, "2027-02-21 02:52Z, 90 days");
    screen_done(&screen);
}

/* A draft is made for an organisation: another one never gets it. */
static void test_draft_stays_in_its_organisation(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, true);
    screen_key(&screen, UI_KEY_ESC, 0);
    assert_true(screen.fake.has_draft);
    screen.fake.session.profile = "acme-eu";
    ui_changed(screen.ui);
    screen_open(&screen, "");
    screen_expect(&screen, "step 1 of 5");
    screen_expect_not(&screen, "The draft that you left");
    screen_key(&screen, UI_KEY_F, 7);
    screen_expect(&screen, "a name is needed");
    screen_expect(&screen, "acme-eu [PROD]");
    screen_expect_not(&screen, "gira-app-2");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen.fake.session.profile = "acme-corp";
    ui_changed(screen.ui);
    screen_open(&screen, "");
    screen_expect(&screen, "This is the draft that you left.");
    /* The organisation changes under an open wizard: its button is shut. */
    screen_key(&screen, UI_KEY_F, 7);
    screen.fake.operation.phase = OP_REVIEW;
    screen.fake.session.profile = "acme-eu";
    ui_changed(screen.ui);
    screen_expect(&screen, "another organisation is open now: this draft is for acme-corp");
    screen_type(&screen, "\t\n");
    assert_false(screen_asked(&screen, "create_send"));
    screen_done(&screen);
}

/* A message of three lines takes room from the page, not from the buttons. */
static void test_long_message(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, true);
    ui_message(screen.ui, true, "%s",
               "The server at https://api.portkey.ai/v1 took the request and did not answer within "
               "ten seconds, and the line was closed. Look at the network, or ask somebody who "
               "knows it, and try again then.");
    screen_expect(&screen, "try again then.");
    screen_expect(&screen, "> [ Cancel ] <    [ Create ]");
    screen_expect(&screen, "POST /v1/api-keys/workspace/service");
    screen_done(&screen);
}

/* Why nothing was sent is said whole, on the page. */
static void test_blocked_whole(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(&screen.fake.operation.error, ERR_NETWORK,
            "The server at https://api.portkey.ai/v1 took the request and did not answer within "
            "ten seconds, and the line to it was closed after that; nothing is known of the "
            "request, which was not one that writes. Look at the network and try again.");
    set_phase(&screen, OP_BLOCKED, "");
    screen_expect(&screen, "NOTHING WAS SENT");
    screen_expect(&screen, "try again.");
    screen_expect(&screen, "> [ Cancel ] <    [ Create ]");
    screen_done(&screen);
}

/* Armed, with Cancel in focus: no key by itself sends. */
static void test_no_key_sends(void **state)
{
    static const enum ui_key keys[] = {
        UI_KEY_ENTER,  UI_KEY_ESC,    UI_KEY_TAB, UI_KEY_BACKTAB, UI_KEY_BACKSPACE,
        UI_KEY_DELETE, UI_KEY_INSERT, UI_KEY_UP,  UI_KEY_DOWN,    UI_KEY_LEFT,
        UI_KEY_RIGHT,  UI_KEY_HOME,   UI_KEY_END, UI_KEY_PAGE_UP, UI_KEY_PAGE_DOWN};
    struct screen screen;

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        at_review(&screen, 80, 24, true);
        screen_key(&screen, keys[i], 0);
        assert_false(screen_asked(&screen, "create_send"));
        screen_done(&screen);
    }
    for (int number = 1; number <= 12; number++) {
        at_review(&screen, 80, 24, true);
        screen_key(&screen, UI_KEY_F, number);
        screen_key(&screen, UI_KEY_F, 7);
        assert_false(screen_asked(&screen, "create_send"));
        screen_done(&screen);
    }
    at_review(&screen, 80, 24, true);
    for (char c = ' '; c < 0x7f; c++) {
        const char text[2] = {c, '\0'};
        const struct ui_event paste = {.key = UI_KEY_PASTE, .text = "\n\t\n yes\n"};

        screen_type(&screen, text);
        ui_event(screen.ui, &paste);
        if (!screen_has(&screen, "step 5 of 5")) {
            screen_done(&screen);
            at_review(&screen, 80, 24, true);
        }
        assert_false(screen_asked(&screen, "create_send"));
    }
    screen_done(&screen);
}

static void test_f7_from_every_step(void **state)
{
    struct screen screen;

    (void)state;
    for (int step = 0; step < 4; step++) {
        screen_init(&screen, 80, 24, FAKE_WS_TOOLS);
        screen.fake.session.armed = true;
        for (int i = 0; i < step; i++) {
            screen_ctrl(&screen, 'n');
        }
        screen_key(&screen, UI_KEY_F, 7);
        screen_expect(&screen, "step 5 of 5");
        screen_expect(&screen, "NOT RIGHT YET");
        /* A draft with errors is not even reviewed. */
        assert_false(screen_asked(&screen, "create_review"));
        screen_type(&screen, "\t\n");
        assert_false(screen_asked(&screen, "create_send"));
        screen_done(&screen);
    }
}

static void test_guard_refuses_the_review(void **state)
{
    struct screen screen;

    (void)state;
    screen_init(&screen, 80, 24, "");
    screen.fake.session.armed = true;
    err_set(&screen.fake.review_error, ERR_GUARD, "Another write is under way: wait for its end.");
    screen_fill(&screen, "gira-app-2");
    screen_expect(&screen, "( Create )");
    screen_expect(&screen, "Another write is under way: wait for its end.");
    screen_type(&screen, "\t\n");
    assert_false(screen_asked(&screen, "create_send"));
    screen_done(&screen);
}

static void test_sending_is_refused_here(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, true);
    err_set(&screen.fake.send_error, ERR_GUARD, "The ten minutes are over.");
    screen_type(&screen, "\t\n");
    screen_expect(&screen, "The ten minutes are over.");
    screen_expect(&screen, "step 5 of 5");
    screen_expect(&screen, "[ Create ]");
    screen_done(&screen);
}

static void test_refused_field(void **state)
{
    struct screen screen;
    struct err *err = &screen.fake.operation.error;

    (void)state;
    at_sending(&screen, 80, 24);
    screen_expect(&screen, "Making the key..");
    err_set(err, ERR_REFUSED, "400: name has to be unique here.");
    screen.fake.operation.error.source = ERR_FROM_API;
    snprintf(err->field, sizeof(err->field), "name");
    set_phase(&screen, OP_REFUSED, "Refused: no key was made.");
    screen_expect(&screen, "step 2 of 5");
    screen_expect(&screen, "error: the server says: 400: name has to be unique here.");
    screen_expect(&screen, "[2 Identity !]");
    /* The field has the focus; another value takes the sentence away. */
    screen_type(&screen, "b");
    screen_expect(&screen, "[gira-app-2b ");
    screen_expect_not(&screen, "the server says");
    screen.fake.operation.phase = OP_REVIEW;
    screen_key(&screen, UI_KEY_F, 7);
    assert_int_equal(times_asked(&screen, "create_review workspace-service gira-app-2b"), 1);
    assert_int_equal(times_asked(&screen, "create_send"), 1);
    screen_done(&screen);
}

static void test_refused_scopes(void **state)
{
    struct screen screen;
    struct err *err = &screen.fake.operation.error;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(err, ERR_REFUSED, "400: scopes: not allowed.");
    screen.fake.operation.error.source = ERR_FROM_API;
    snprintf(err->field, sizeof(err->field), "scopes");
    set_phase(&screen, OP_REFUSED, "");
    screen_expect(&screen, "step 3 of 5");
    screen_expect(&screen, "error: the server says: 400: scopes: not allowed.");
    screen_done(&screen);
}

/* The panel of checks does not call a field right that the server refused. */
static void test_refused_in_the_checks(void **state)
{
    struct screen screen;
    struct err *err = &screen.fake.operation.error;

    (void)state;
    at_sending(&screen, 140, 40);
    err_set(err, ERR_REFUSED, "400: taken.");
    screen.fake.operation.error.source = ERR_FROM_API;
    snprintf(err->field, sizeof(err->field), "name");
    set_phase(&screen, OP_REFUSED, "");
    screen_expect(&screen, "x  refused by the server");
    screen_type(&screen, "b");
    screen_expect_not(&screen, "refused by the server");
    screen_done(&screen);
}

static void test_refused_without_field(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(&screen.fake.operation.error, ERR_FORBIDDEN, "403: this plan has no such keys.");
    screen.fake.operation.error.source = ERR_FROM_API;
    set_phase(&screen, OP_REFUSED, "");
    screen_expect(&screen, "step 5 of 5");
    screen_expect(&screen, "THE SERVER REFUSED");
    screen_expect(&screen, "403: this plan has no such keys.");
    screen_expect(&screen, "> [ Cancel ] <");
    screen_done(&screen);
}

/* A 403 speaks of the scope of the operator's key: no field of the new key is wrong. */
static void test_forbidden_stays_in_the_review(void **state)
{
    struct screen screen;
    struct err *err = &screen.fake.operation.error;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(err, ERR_FORBIDDEN,
            "The server refused a new service key (403 AB03: \"You do not have enough permissions "
            "to execute this request\"). Your key likely lacks the scope "
            "workspace_service_api_keys.create; the workspace may also be gone or out of its "
            "reach, or the plan or a security setting may forbid it.");
    err->source = ERR_FROM_API;
    snprintf(err->field, sizeof(err->field), "scopes");
    set_phase(&screen, OP_REFUSED, "Refused: no key was made.");
    screen_expect(&screen, "step 5 of 5");
    screen_expect(&screen, "THE SERVER REFUSED");
    screen_expect(&screen, "Your key likely lacks the scope");
    screen_expect(&screen, "or the plan or a security setting may forbid it.");
    screen_expect_not(&screen, "3 Scopes !");
    screen_expect(&screen, "> [ Cancel ] <    [ Create ]");
    screen_done(&screen);
}

/* No byte of it went out: the server refused nothing. */
static void test_not_sent_is_not_refused(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(&screen.fake.operation.error, ERR_NETWORK, "It refuses connections.");
    set_phase(&screen, OP_REFUSED, "");
    screen_expect(&screen, "NOTHING WAS SENT");
    screen_expect(&screen, "It refuses connections.");
    screen_expect_not(&screen, "THE SERVER REFUSED");
    screen_expect_not(&screen, "Refused");
    screen_done(&screen);
}

static void test_blocked(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(&screen.fake.operation.error, ERR_NETWORK, "The server does not answer.");
    set_phase(&screen, OP_BLOCKED, "");
    screen_expect(&screen, "The server does not answer.");
    screen_expect(&screen, "> [ Cancel ] <");
    screen_done(&screen);
}

static void test_lost_with_candidate(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    set_phase(&screen, OP_LOST, "Looking whether the key was made..");
    screen_expect(&screen, "Looking whether the key was made..");
    screen.fake.operation.candidates = 1;
    screen.fake.operation.candidate_id = FAKE_KEY_GIRA;
    err_set(&screen.fake.operation.error, ERR_UNKNOWN, "The answer was lost, but one key fits.");
    set_phase(&screen, OP_UNKNOWN, "");
    screen_expect(&screen, "NOT KNOWN");
    screen_expect(&screen, "The answer was lost, but one key fits.");
    screen_expect(&screen, "It may be      " FAKE_KEY_GIRA);
    screen_expect(&screen, "> [ Leave ] <");
    screen_expect_not(&screen, "send again");
    screen_expect_not(&screen, "evoke");
    assert_false(screen_asked(&screen, "read_key"));
    screen_type(&screen, "\t\n");
    assert_true(screen_asked(&screen, "read_key " FAKE_KEY_GIRA));
    assert_false(screen_asked(&screen, "revoke_review"));
    assert_false(screen_asked(&screen, "create_again"));
    assert_true(screen.fake.has_draft);
    screen_done(&screen);
}

static void test_lost_without_candidate(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    err_set(&screen.fake.operation.error, ERR_UNKNOWN, "The answer was lost.");
    set_phase(&screen, OP_UNKNOWN, "");
    screen_expect(&screen, "[ Look again, then send again ]");
    screen_expect_not(&screen, "revocation");
    /* F7, letters and Enter on Leave do not send. */
    screen_key(&screen, UI_KEY_F, 7);
    screen_ctrl(&screen, 'p');
    screen_type(&screen, "nc!");
    assert_false(screen_asked(&screen, "create_again"));
    screen.fake.operation.phase = OP_SENDING;
    screen.fake.session.tag = "";
    screen_done(&screen);

    at_sending(&screen, 80, 24);
    set_phase(&screen, OP_UNKNOWN, "");
    screen_type(&screen, "\t");
    screen.fake.operation.phase = OP_READING;
    screen_type(&screen, "\n");
    assert_int_equal(times_asked(&screen, "create_again"), 1);
    assert_int_equal(times_asked(&screen, "create_send"), 1);
    screen_expect(&screen, "UNDER WAY");
    screen_done(&screen);

    at_sending(&screen, 80, 24);
    screen.fake.operation.candidates = 3;
    set_phase(&screen, OP_UNKNOWN, "");
    screen_expect(&screen, "one of 3 keys");
    screen_expect_not(&screen, "send again");
    screen_expect_not(&screen, "revocation");
    screen_done(&screen);
}

static void test_leaving_while_under_way(void **state)
{
    struct screen screen;

    (void)state;
    at_sending(&screen, 80, 24);
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "leaving now loses the secret");
    screen_expect(&screen, "step 5 of 5");
    /* Another key takes the question back. */
    screen_type(&screen, "\t");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "step 5 of 5");
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect_not(&screen, "step 5 of 5");
    assert_true(screen_asked(&screen, "close_operation"));
    screen_done(&screen);
}

/* -- the secret -- */

static struct secret *made(struct screen *screen, int width, int height)
{
    struct secret *secret = secret_new(SECRET, strlen(SECRET));

    at_sending(screen, 80, 24);
    ui_resize(screen->ui, width, height);
    canvas_resize(screen->canvas, width, height);
    screen->fake.operation.new_id = FAKE_KEY_GIRA;
    screen->fake.operation.new_key = secret;
    set_phase(screen, OP_DONE, "Made: gira-app-2. Read back: it is there.");
    return secret;
}

/* Is the character of the secret in a cell, and is every such cell marked as secret? */
static int secret_cells(struct screen *screen)
{
    int found = 0;

    ui_draw(screen->ui, screen->canvas);
    for (int y = 0; y < canvas_height(screen->canvas); y++) {
        for (int x = 0; x < canvas_width(screen->canvas); x++) {
            enum style style;

            canvas_cell(screen->canvas, x, y, NULL, &style);
            found += style == STYLE_SECRET;
        }
    }
    return found;
}

static void assert_no_secret(struct screen *screen)
{
    /* Any four characters in a row would tell. */
    for (size_t i = 0; i + 4 <= strlen(SECRET); i++) {
        char part[5] = "";

        memcpy(part, &SECRET[i], 4);
        screen_expect_not(screen, part);
    }
}

static void test_secret_is_hidden(void **state)
{
    static const int sizes[][2] = {{80, 24}, {140, 40}, {40, 10}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct screen screen;
        struct secret *secret = made(&screen, sizes[i][0], sizes[i][1]);

        screen_expect(&screen, "Enter s show");
        assert_int_equal(secret_cells(&screen), 0);
        assert_no_secret(&screen);
        screen_type(&screen, "\n");
        if (sizes[i][1] > 10) {
            assert_int_equal(secret_cells(&screen), strlen(SECRET));
        }
        assert_no_secret(&screen);
        screen_type(&screen, "\n");
        assert_int_equal(secret_cells(&screen), 0);
        screen_done(&screen);
        secret_free(secret);
    }
}

static void test_secret_is_copied(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);
    struct ui_requests requests;

    (void)state;
    ui_take_requests(screen.ui, &requests);
    assert_null(requests.clipboard);
    screen_type(&screen, "c");
    assert_no_secret(&screen);
    ui_take_requests(screen.ui, &requests);
    assert_string_equal(requests.clipboard, SECRET);
    free(requests.clipboard);
    /* Copied is taken: leaving asks nothing. */
    screen_key(&screen, UI_KEY_ESC, 0);
    assert_true(screen_asked(&screen, "forget_secret"));
    screen_expect(&screen, "gira-app-2 was made; its secret is wiped here.");
    screen_done(&screen);
    secret_free(secret);
}

/* What the journal could not note is neither shown nor copied; it can be tried again. */
static void test_secret_is_kept_back(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);
    struct ui_requests requests;

    (void)state;
    err_set(&screen.fake.hand_error, ERR_UNKNOWN, "The disk is full.");
    screen_type(&screen, "\n");
    assert_int_equal(secret_cells(&screen), 0);
    screen_expect(&screen, "The disk is full.");
    err_set(&screen.fake.hand_error, ERR_UNKNOWN, "The disk is full.");
    screen_type(&screen, "c");
    ui_take_requests(screen.ui, &requests);
    assert_null(requests.clipboard);
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "The secret was not taken");
    screen.fake.hand_error = (struct err){0};
    screen_type(&screen, "\n");
    assert_int_equal(secret_cells(&screen), strlen(SECRET));
    screen_done(&screen);
    secret_free(secret);
}

/* It was not read back as it should be: the secret is there all the same, and what is wrong. */
static void test_secret_of_a_key_to_look_at(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);

    (void)state;
    err_set(&screen.fake.operation.error, ERR_UNKNOWN, "Its mask does not fit.");
    set_phase(&screen, OP_UNKNOWN, "Made: look at it.");
    screen_expect(&screen, "Made: look at it.");
    screen_expect(&screen, "Its mask does not fit.");
    screen_type(&screen, "\n");
    assert_int_equal(secret_cells(&screen), strlen(SECRET));
    screen_done(&screen);
    secret_free(secret);
}

static void test_leaving_asks_once(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);

    (void)state;
    screen_key(&screen, UI_KEY_ESC, 0);
    screen_expect(&screen, "The secret was not taken");
    assert_false(screen_asked(&screen, "forget_secret"));
    screen_type(&screen, "x");
    screen_key(&screen, UI_KEY_F, 10);
    assert_false(screen_asked(&screen, "forget_secret"));
    assert_false(screen.fake.quit);
    screen_key(&screen, UI_KEY_ESC, 0);
    assert_true(screen_asked(&screen, "forget_secret"));
    assert_true(screen_asked(&screen, "close_operation"));
    /* The draft is done with. */
    assert_false(screen.fake.has_draft);
    screen_expect_not(&screen, "New key");
    screen_done(&screen);
    secret_free(secret);
}

/* Ctrl-C, which people press to copy, asks as Esc does; the second one ends. */
static void test_interrupt_asks_once(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);

    (void)state;
    assert_true(ui_interrupt(screen.ui));
    screen_expect(&screen, "The secret was not taken");
    screen_expect(&screen, "Ctrl-C again");
    assert_false(ui_interrupt(screen.ui));
    /* Another key takes the question back; a secret that was seen needs none. */
    screen_type(&screen, "x");
    assert_true(ui_interrupt(screen.ui));
    screen_type(&screen, "\n");
    assert_true(screen_asked(&screen, "hand_over"));
    assert_false(ui_interrupt(screen.ui));
    screen_done(&screen);
    secret_free(secret);
    /* A draft is worth a question too: it lives as long as the program. */
    at_review(&screen, 80, 24, true);
    assert_true(ui_interrupt(screen.ui));
    screen_expect(&screen, "the draft with it: Esc leaves and keeps the");
    assert_false(ui_interrupt(screen.ui));
    screen_done(&screen);
    at_sending(&screen, 80, 24);
    assert_true(ui_interrupt(screen.ui));
    screen_done(&screen);
}

/* While another write runs the button says so and waits. */
static void test_waits_for_another_write(void **state)
{
    struct screen screen;

    (void)state;
    at_review(&screen, 80, 24, true);
    screen.fake.session.writing = "A new service key \"dbl\" is being made";
    screen.fake.session.writing_left = true;
    ui_changed(screen.ui);
    screen_expect(&screen, "A new service key \"dbl\" is being made: wait for its end");
    screen_expect(&screen, "WRITING");
    screen_type(&screen, "\t\n");
    assert_false(screen_asked(&screen, "create_send"));
    screen.fake.session.writing = "";
    screen.fake.session.writing_left = false;
    ui_changed(screen.ui);
    screen_type(&screen, "\n");
    assert_true(screen_asked(&screen, "create_send"));
    screen_done(&screen);
}

static void test_nothing_writes_after_it_was_made(void **state)
{
    struct screen screen;
    struct secret *secret = made(&screen, 80, 24);

    (void)state;
    screen_key(&screen, UI_KEY_F, 7);
    screen_ctrl(&screen, 'p');
    screen_ctrl(&screen, 'n');
    screen_type(&screen, "\t \t");
    screen_expect(&screen, "New key  made");
    assert_int_equal(times_asked(&screen, "create_send"), 1);
    assert_int_equal(times_asked(&screen, "create_review"), 1);
    screen_done(&screen);
    secret_free(secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_review),
        cmocka_unit_test(test_scope_not_known),
        cmocka_unit_test(test_not_armed),
        cmocka_unit_test(test_low_windows),
        cmocka_unit_test(test_review_stands_still),
        cmocka_unit_test(test_draft_stays_in_its_organisation),
        cmocka_unit_test(test_long_message),
        cmocka_unit_test(test_blocked_whole),
        cmocka_unit_test(test_no_key_sends),
        cmocka_unit_test(test_f7_from_every_step),
        cmocka_unit_test(test_guard_refuses_the_review),
        cmocka_unit_test(test_sending_is_refused_here),
        cmocka_unit_test(test_refused_field),
        cmocka_unit_test(test_refused_scopes),
        cmocka_unit_test(test_refused_in_the_checks),
        cmocka_unit_test(test_refused_without_field),
        cmocka_unit_test(test_forbidden_stays_in_the_review),
        cmocka_unit_test(test_not_sent_is_not_refused),
        cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_lost_with_candidate),
        cmocka_unit_test(test_lost_without_candidate),
        cmocka_unit_test(test_leaving_while_under_way),
        cmocka_unit_test(test_secret_is_hidden),
        cmocka_unit_test(test_secret_is_copied),
        cmocka_unit_test(test_secret_is_kept_back),
        cmocka_unit_test(test_secret_of_a_key_to_look_at),
        cmocka_unit_test(test_leaving_asks_once),
        cmocka_unit_test(test_interrupt_asks_once),
        cmocka_unit_test(test_waits_for_another_write),
        cmocka_unit_test(test_nothing_writes_after_it_was_made),
    };

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
