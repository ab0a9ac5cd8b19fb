/* Logging in and out, arming, and the question for a key: what is handed to the host, what stays
 * when it says no, and that a typed key is on no screen and in no record. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "panes/stage.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define KEY "pk-0123456789-secret"

static bool asked(const struct stage *stage, const char *line)
{
    return strstr(stage->fake.log.data, line) != NULL;
}

/* No part of the key that says anything is on the screen or in what the host was told. */
static void expect_no_key(struct stage *stage)
{
    stage_expect_not(stage, "0123456789");
    stage_expect_not(stage, "secret");
    assert_false(asked(stage, "0123"));
    assert_false(asked(stage, "secret"));
}

/* q on a button would end the program. */
static void expect_no_quit(struct stage *stage)
{
    struct ui_requests requests;

    stage_keys(stage, "q");
    ui_take_requests(stage->ui, &requests);
    assert_false(requests.quit);
}

static void set_login(struct stage *stage, enum login_phase phase, const char *words)
{
    stage->fake.login.phase = phase;
    stage->fake.login.words = words;
    ui_changed(stage->ui);
}

/* -- login -- */

static void first_start(struct stage *stage, int width, int height)
{
    stage_init(stage, width, height);
    fake_host_empty(&stage->fake);
    ui_changed(stage->ui);
}

static void fill_login(struct stage *stage)
{
    stage_type(stage, "acme");
    stage_keys(stage, "Tab");
    stage_type(stage, "PROD");
    stage_keys(stage, "Tab Tab Tab"); /* the live address and the keyring stay */
    stage_type(stage, KEY);
}

/* From the key field to the button that tries it. */
static void submit(struct stage *stage)
{
    stage_keys(stage, "Tab Tab Tab Enter");
}

static void test_first_start(void **state)
{
    static const int SIZES[][2] = {{80, 24}, {140, 40}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stage stage;

        first_start(&stage, SIZES[i][0], SIZES[i][1]);
        stage_expect(&stage, "Log in: one admin key is one organisation");
        stage_expect(&stage, "[https://api.portkey.ai/v1 ");
        stage_expect(&stage, "(o) keyring  ( ) command  ( ) file  ( ) ask each time");
        stage_expect(&stage, "The key is tried with one read before anything is stored.");
        stage_expect_not(&stage, "Key command");
        stage_keys(&stage, "Esc");
        stage_expect_not(&stage, "Log in: one");
        ui_changed(stage.ui);
        stage_expect_not(&stage, "Log in: one");
        stage_done(&stage);
    }
}

/* At no size is a part of it out of reach, nor is it hidden that there is one. */
static void test_small_login(void **state)
{
    struct stage stage;

    (void)state;
    first_start(&stage, 60, 15);
    stage_expect(&stage, "4 more: PgDn ");
    stage_expect(&stage, "v │");
    stage_expect(&stage, "Esc leave");
    stage_expect_not(&stage, "Try and store");
    stage_keys(&stage, "PgDn");
    stage_expect(&stage, "[ Try and store ]");
    stage_expect(&stage, " more: PgUp ");
    stage_expect(&stage, "^ │");
    stage_keys(&stage, "PgUp");
    stage_expect(&stage, "Name         [");
    stage_keys(&stage, "PgDn a"); /* what is typed is seen */
    stage_expect(&stage, "Name         [a");
    stage_size(&stage, 40, 10);
    for (int i = 0; i < 6 && !stage_has(&stage, "Try and store"); i++) {
        stage_keys(&stage, "PgDn");
    }
    stage_expect(&stage, "Try and store");
    stage_expect(&stage, "Esc leave");
    stage_size(&stage, 80, 24);
    stage_expect_not(&stage, "more: ");
    stage_done(&stage);
}

/* What a question is about can be read where the buttons push it out. */
static void test_small_question(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 40, 10);
    ui_command(stage.ui, "logout");
    stage_expect(&stage, "> [ Cancel ] <");
    stage_expect_not(&stage, "Forget the profile");
    stage_expect(&stage, " more: PgUp ");
    stage_keys(&stage, "PgUp PgUp PgUp PgUp");
    stage_expect(&stage, "Forget the profile");
    stage_expect(&stage, " more: PgDn ");
    stage_keys(&stage, "Tab");
    stage_expect(&stage, "> [ Log out ] <");
    stage_done(&stage);
}

static void test_login_hands_over(void **state)
{
    struct stage stage;

    (void)state;
    first_start(&stage, 80, 24);
    fill_login(&stage);
    stage_expect(&stage, "[********************");
    expect_no_key(&stage);
    submit(&stage);
    assert_true(asked(&stage, "login acme https://api.portkey.ai/v1 PROD keyring 20 bytes\n"));
    stage_expect(&stage, "Trying the key..");
    stage_expect(&stage, "Esc stop");
    stage_expect_not(&stage, "[***");
    expect_no_key(&stage);
    set_login(&stage, LOGIN_STORING, "Storing the key in the keyring..");
    stage_expect(&stage, "Storing the key in the keyring..");
    /* While it runs nothing is changed and nothing is asked twice. */
    stage_keys(&stage, "Enter Tab x Enter");
    stage_expect_not(&stage, "error: ");
    stage_expect_not(&stage, "[x");
    assert_ptr_equal(strstr(strstr(stage.fake.log.data, "login ") + 1, "login "), NULL);
    set_login(&stage, LOGIN_DONE, "The key works; profile acme is stored (key: keyring).");
    stage_expect(&stage, "The key works; profile acme is stored (key: keyring).");
    stage_keys(&stage, "Enter");
    stage_expect_not(&stage, "Log in: one");
    stage_done(&stage);
}

/* What was typed stays, but for the key. */
static void test_login_fails(void **state)
{
    static const struct {
        const char *field, *text, *then; /* then: Z goes into the field that is wrong */
    } CASES[] = {
        {"", "401: the server does not know this key.", "[*"},
        {"base_url", "The address answers with a web page.", "[https://api.portkey.ai/v1Z"},
        {"name", "A name is made of letters and digits.", "[acmeZ"},
        {"proxy", "That is no proxy.", "[Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        struct stage stage;

        first_start(&stage, 80, 24);
        fill_login(&stage);
        submit(&stage);
        err_set(&stage.fake.login.error, ERR_AUTH, "%s", CASES[i].text);
        snprintf(stage.fake.login.error.field, sizeof(stage.fake.login.error.field), "%s",
                 CASES[i].field);
        set_login(&stage, LOGIN_FAILED, "Nothing was stored.");
        stage_expect(&stage, CASES[i].text);
        stage_expect(&stage, "error: ");
        stage_expect(&stage, "Nothing");
        stage_expect(&stage, "[acme ");
        stage_expect(&stage, "[PROD ");
        stage_expect(&stage, "[https://api.portkey.ai/v1 ");
        stage_expect_not(&stage, "[***");
        expect_no_key(&stage);
        /* The key has to be typed again. */
        buf_clear(&stage.fake.log);
        if (i == 0) {
            submit(&stage);
            stage_expect(&stage, "error: the admin key is needed.");
        }
        assert_false(asked(&stage, "login"));
        stage_type(&stage, "Z");
        stage_expect(&stage, CASES[i].then);
        stage_done(&stage);
    }
}

static void test_login_stops(void **state)
{
    struct stage stage;

    (void)state;
    first_start(&stage, 80, 24);
    fill_login(&stage);
    submit(&stage);
    stage_keys(&stage, "Esc");
    assert_true(asked(&stage, "stop\n"));
    err_set(&stage.fake.login.error, ERR_CANCELLED, "Stopped. Nothing was stored.");
    set_login(&stage, LOGIN_FAILED, "");
    stage_expect(&stage, "Stopped. Nothing was stored.");
    stage_expect(&stage, "[acme ");
    stage_keys(&stage, "Esc");
    stage_expect_not(&stage, "Log in: one");
    stage_done(&stage);
}

static void test_login_needs(void **state)
{
    static const struct {
        const char *keys, *expect;
    } CASES[] = {
        {"S-Tab S-Tab Enter", "error: a name is needed"},
        {"acme Tab Tab ^U Tab Tab x Tab Tab Tab Enter", "error: the address of the API is needed"},
        {"acme Tab Tab Tab Tab Tab Tab Tab Enter", "error: the admin key is needed."},
        {"acme Tab Tab Tab Right Tab Tab Tab Tab Enter", "error: the command that prints the key"},
        {"acme Tab Tab Tab Right Right Tab Tab Tab Tab Enter", "error: the path of the file"},
        {"acme Tab Tab Tab Left Tab Tab Tab Tab Enter", "error: the admin key is needed."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        struct stage stage;

        first_start(&stage, 80, 24);
        stage_keys(&stage, CASES[i].keys);
        stage_expect(&stage, CASES[i].expect);
        assert_false(asked(&stage, "login"));
        stage_done(&stage);
    }
}

/* Each source has its own field, and what belongs to another is not handed over. */
static void test_login_sources(void **state)
{
    struct stage stage;

    (void)state;
    first_start(&stage, 80, 24);
    fill_login(&stage);
    stage_keys(&stage, "S-Tab Right");
    stage_expect(&stage, "Key command");
    stage_expect_not(&stage, "Admin key");
    stage_keys(&stage, "Tab");
    stage_type(&stage, "pass show portkey");
    submit(&stage);
    assert_true(asked(&stage, "login acme https://api.portkey.ai/v1 PROD command 0 bytes\n"));
    expect_no_key(&stage);
    stage_done(&stage);

    first_start(&stage, 80, 24);
    stage_keys(&stage, "acme Tab Tab Tab Left");
    stage_expect(&stage, "kept in memory only");
    stage_keys(&stage, "Tab");
    stage_type(&stage, KEY);
    submit(&stage);
    assert_true(asked(&stage, "login acme https://api.portkey.ai/v1  ask 20 bytes\n"));
    stage_done(&stage);
}

static void test_login_same_name(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    ui_push(stage.ui, view_login_new(stage.ui));
    stage_type(&stage, "acme-corp");
    stage_expect(&stage, "there is a profile of this name: it would be replaced.");
    stage_type(&stage, "2");
    stage_expect_not(&stage, "it would be replaced");
    stage_done(&stage);
}

static void test_login_pasted_key(void **state)
{
    struct stage stage;

    (void)state;
    first_start(&stage, 80, 24);
    stage_keys(&stage, "acme Tab Tab Tab Tab");
    ui_event(stage.ui, &(struct ui_event){.key = UI_KEY_PASTE, .text = "  " KEY "\r\n"});
    expect_no_key(&stage);
    submit(&stage);
    assert_true(asked(&stage, "keyring 20 bytes\n"));
    /* A key pasted where no field has the focus becomes no command. */
    set_login(&stage, LOGIN_FAILED, "");
    stage_keys(&stage, "Tab Tab Tab");
    ui_event(stage.ui, &(struct ui_event){.key = UI_KEY_PASTE, .text = "q" KEY});
    expect_no_key(&stage);
    expect_no_quit(&stage);
    stage_expect(&stage, "Log in: one");
    stage_done(&stage);
}

/* -- the question for a key -- */

static void ask(struct stage *stage)
{
    stage_init(stage, 80, 24);
    stage->fake.session.phase = SESSION_ASK;
    ui_changed(stage->ui);
}

static void test_ask_key(void **state)
{
    struct stage stage;

    (void)state;
    ask(&stage);
    stage_expect(&stage, "The admin key of acme-corp (https://api.portkey.ai/v1).");
    ui_changed(stage.ui); /* it asks once */
    stage_keys(&stage, "Esc");
    stage_expect_not(&stage, "The admin key of");
    ui_changed(stage.ui);
    stage_type(&stage, KEY);
    expect_no_key(&stage);
    stage.fake.session.phase = SESSION_KEY;
    stage_keys(&stage, "Enter");
    assert_true(asked(&stage, "give_key 20 bytes\n"));
    stage_expect_not(&stage, "The admin key of");
    expect_no_key(&stage);
    stage_done(&stage);
}

static void test_ask_key_refused(void **state)
{
    struct stage stage;

    (void)state;
    ask(&stage);
    stage_keys(&stage, "Enter");
    stage_expect(&stage, "error: ");
    assert_false(asked(&stage, "give_key"));
    stage_type(&stage, "0123456789\xc3\xa4");
    stage_keys(&stage, "Enter");
    stage_expect(&stage, "error: ");
    stage_expect_not(&stage, "[***");
    expect_no_key(&stage);
    assert_false(asked(&stage, "give_key"));
    stage_keys(&stage, "Tab");
    expect_no_quit(&stage);
    stage_expect(&stage, "The admin key of");
    stage_keys(&stage, "Esc");
    stage_expect_not(&stage, "The admin key of");
    stage_done(&stage);
}

/* It does not open over a form in which another key is typed. */
static void test_ask_key_waits_for_forms(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    ui_push(stage.ui, view_login_new(stage.ui));
    stage.fake.session.phase = SESSION_ASK;
    ui_changed(stage.ui);
    stage_expect(&stage, "Log in: one");
    stage_expect_not(&stage, "The admin key of");
    stage_done(&stage);
}

/* -- arming -- */

static void test_arm(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    stage_keys(&stage, "!");
    stage_expect(&stage, "Arm writes");
    stage_expect(&stage, "Reason (required)");
    stage_keys(&stage, "Enter");
    stage_expect(&stage, "error: production asks why");
    stage_keys(&stage, "Space Enter");
    assert_false(asked(&stage, "arm"));
    stage_type(&stage, "INC-7 !q");
    stage_keys(&stage, "Enter");
    assert_true(asked(&stage, "arm  INC-7 !q\n"));
    stage_expect(&stage, "ARMED");
    stage_expect_not(&stage, "Arm writes");
    stage_keys(&stage, "!");
    assert_true(asked(&stage, "disarm\n"));
    stage_done(&stage);
}

static void test_arm_leaves(void **state)
{
    static const char *const WAYS[] = {"Esc", "INC-1 Esc", "Tab Tab Enter", "Tab q"};

    (void)state;
    for (size_t i = 0; i < sizeof(WAYS) / sizeof(*WAYS); i++) {
        struct stage stage;

        stage_init(&stage, 80, 24);
        stage_keys(&stage, "!");
        stage_keys(&stage, WAYS[i]);
        stage_expect_not(&stage, "Arm writes");
        stage_expect(&stage, "READ-ONLY");
        assert_false(asked(&stage, "arm"));
        stage_done(&stage);
    }
}

static void test_arm_other_tags(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    stage.fake.session.tag = "staging";
    stage_keys(&stage, "!");
    stage_expect_not(&stage, "(required)");
    stage_keys(&stage, "Enter");
    assert_true(asked(&stage, "arm \n"));
    stage_done(&stage);

    stage_init(&stage, 80, 24);
    stage.fake.session.tag = "staging";
    stage.fake.arm_needs_reason = true; /* the host has the last word */
    stage_keys(&stage, "! Enter");
    stage_expect(&stage, "asks for a reason before writes");
    stage_done(&stage);
}

/* -- logging out -- */

static void test_logout(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    ui_push(stage.ui, view_logout_new(stage.ui, "acme-corp"));
    stage_expect(&stage, "Forget the profile acme-corp (https://api.portkey.ai/v1)?");
    stage_expect(&stage, "taken out of the keyring");
    stage_expect(&stage, "It is the one that is open");
    stage_expect(&stage, "> [ Cancel ] <    [ Log out ]");
    stage_keys(&stage, "Enter");
    stage_expect_not(&stage, "Forget the profile");
    assert_false(asked(&stage, "logout"));
    ui_push(stage.ui, view_logout_new(stage.ui, "acme-corp"));
    stage_keys(&stage, "Tab Enter");
    assert_true(asked(&stage, "logout acme-corp\n"));
    stage_expect_not(&stage, "Forget the profile");
    stage_done(&stage);
}

static void test_logout_words(void **state)
{
    static const struct {
        const char *profile, *words;
    } CASES[] = {
        {"acme-eu", "Its key comes from a command"},
        {"sandbox", "Its key file stays"},
        {"nobody", "No profile is called nobody."},
        {"", "No profile is chosen."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        struct stage stage;

        stage_init(&stage, 80, 24);
        ui_push(stage.ui, view_logout_new(stage.ui, CASES[i].profile));
        stage_expect(&stage, CASES[i].words);
        stage_expect_not(&stage, "It is the one that is open");
        stage_keys(&stage, i < 2 ? "Esc" : "Tab Enter");
        assert_false(asked(&stage, "logout"));
        stage_done(&stage);
    }
}

/* Beside the fields a letter is no command, but for the help and leaving. */
static void test_letters_in_dialogs(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    ui_push(stage.ui, view_logout_new(stage.ui, "acme-corp"));
    stage_keys(&stage, "! n X :");
    stage_expect(&stage, "Forget the profile");
    stage_expect_not(&stage, "Arm writes");
    stage_keys(&stage, "?");
    stage_expect(&stage, "Keys here: logout");
    stage_keys(&stage, "Esc q");
    stage_expect_not(&stage, "Forget the profile");
    stage_keys(&stage, "! Tab ?");
    stage_expect(&stage, "Keys here: arm");
    stage_done(&stage);
    ask(&stage);
    stage_keys(&stage, "Tab ? q !"); /* a key may hold them */
    stage_expect(&stage, "The admin key of");
    stage_expect_not(&stage, "Keys here");
    stage_done(&stage);
}

static void test_logout_refused(void **state)
{
    struct stage stage;

    (void)state;
    stage_init(&stage, 80, 24);
    err_set(&stage.fake.logout_error, ERR_GUARD, "A write is under way: wait for its end first.");
    ui_push(stage.ui, view_logout_new(stage.ui, "acme-corp"));
    stage_keys(&stage, "Tab Enter");
    stage_expect(&stage, "A write is under way");
    stage_done(&stage);
}

/* -- sizes -- */

static void test_any_size(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        struct stage stage;

        stage_init(&stage, 80, 24);
        if (which == 3) {
            view_arm(stage.ui);
        } else {
            ui_push(stage.ui, which == 0   ? view_login_new(stage.ui)
                              : which == 1 ? view_ask_key_new(stage.ui)
                                           : view_logout_new(stage.ui, "acme-corp"));
        }
        for (int height = 1; height < 45; height += height < 14 ? 1 : 7) {
            for (int width = 1; width < 150; width += width < 45 ? 3 : 19) {
                stage_size(&stage, width, height);
                stage_text(&stage);
                stage_keys(&stage, "Tab");
            }
        }
        stage_done(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_start),
        cmocka_unit_test(test_small_login),
        cmocka_unit_test(test_small_question),
        cmocka_unit_test(test_login_hands_over),
        cmocka_unit_test(test_login_fails),
        cmocka_unit_test(test_login_stops),
        cmocka_unit_test(test_login_needs),
        cmocka_unit_test(test_login_sources),
        cmocka_unit_test(test_login_same_name),
        cmocka_unit_test(test_login_pasted_key),
        cmocka_unit_test(test_ask_key),
        cmocka_unit_test(test_ask_key_refused),
        cmocka_unit_test(test_ask_key_waits_for_forms),
        cmocka_unit_test(test_arm),
        cmocka_unit_test(test_arm_leaves),
        cmocka_unit_test(test_arm_other_tags),
        cmocka_unit_test(test_logout),
        cmocka_unit_test(test_logout_words),
        cmocka_unit_test(test_letters_in_dialogs),
        cmocka_unit_test(test_logout_refused),
        cmocka_unit_test(test_any_size),
    };

    setlocale(LC_ALL, "");
    return secret_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
