/* The frame at every size: nothing crashes, nothing runs over, one glance tells what matters. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "panes/stage.h"

#include "base/banned.h"

/* Every screen there is, as the keys that lead to it from the list of keys. */
static const char *const SCREENS[] = {
    "",
    "1",
    "2",
    "3",
    "2 G Enter",
    "/ gira",
    "/ zzz Enter",
    "c",
    "?",
    ":",
    "Enter",
    "Enter .",
    "Enter . .",
    "3 Enter",
    "3 Enter .",
    "3 Enter . .",
    "2 v",
    "2 v .",
    "2 v . .",
    "2 v . . .",
    "w",
    ": workspace Space",
    "2 Enter 3",
    "* s s S",
    "G Enter",
    "X",
    "Enter ? G",
};

static void every_screen_at_every_small_size(void **state)
{
    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(SCREENS) / sizeof(*SCREENS); i++) {
        stage_size(stage, 80, 24);
        stage_keys(stage, SCREENS[i]);
        for (int height = 1; height <= 10; height++) {
            for (int width = 1; width <= 40; width += width < 6 ? 1 : 3) {
                stage_size(stage, width, height);
                stage_text(stage);
            }
        }
        stage_size(stage, 40, 10);
        stage_keys(stage, "j k PgDn G g . , Right Left");
        stage_text(stage);
        stage_done(stage);
        stage_init(stage, 80, 24);
    }
}

static void every_screen_at_every_common_size(void **state)
{
    static const int SIZES[][2] = {{40, 10},  {80, 24},  {81, 25},  {100, 30}, {104, 17},
                                   {119, 40}, {120, 40}, {140, 40}, {200, 50}, {400, 100}};
    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(SCREENS) / sizeof(*SCREENS); i++) {
        stage_keys(stage, SCREENS[i]);
        for (size_t j = 0; j < sizeof(SIZES) / sizeof(*SIZES); j++) {
            const char *line;
            int lines = 0;

            stage_size(stage, SIZES[j][0], SIZES[j][1]);
            line = stage_text(stage);
            for (; *line != '\0'; lines++) {
                char *copy = xstrndup(line, strcspn(line, "\n"));

                assert_true(text_width(copy) <= SIZES[j][0]);
                assert_true(text_is_utf8(copy, strlen(copy)));
                line += strlen(copy) + 1;
                free(copy);
            }
            assert_int_equal(lines, SIZES[j][1]);
            assert_null(strchr(stage->text.data, '\x1b'));
            assert_null(strstr(stage->text.data, "\xe2\x80\xae"));
            /* Where am I and what may I do. */
            stage_expect(stage, "acme-corp [PROD]");
            stage_expect(stage, "READ-ONLY");
            assert_int_equal(stage_style(stage, "[PROD]"), STYLE_PROD);
        }
        stage_done(stage);
        stage_init(stage, 80, 24);
    }
}

static void too_small_says_so(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 39, 10);
    stage_expect(stage, "portcullis needs 40x10; this is 39x10.");
    stage_size(stage, 40, 9);
    stage_expect(stage, "40x9");
    /* What cannot be seen does not act. */
    stage_keys(stage, "2 !");
    assert_false(stage->fake.session.armed);
    stage_size(stage, 40, 10);
    stage_expect(stage, "15 keys");
}

static void the_smallest_screens(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 40, 10);
    stage_expect_screen(stage, "keys-40x10");
    stage_size(stage, 200, 50);
    stage_expect_screen(stage, "keys-200x50");
    stage_size(stage, 100, 30);
    stage_expect_screen(stage, "keys-100x30");
}

static void armed_is_seen_at_once(void **state)
{
    struct stage *stage = *state;

    stage->fake.session.armed = true;
    stage->fake.session.armed_left_ms = 371000;
    ui_changed(stage->ui);
    stage_expect(stage, " ARMED 06:11 ");
    assert_int_equal(stage_style(stage, "ARMED"), STYLE_ARMED);
    stage_expect_not(stage, "READ-ONLY");
    assert_int_equal(ui_next_tick(stage->ui), 1000);
    stage_keys(stage, "!");
    assert_string_equal(stage->fake.log.data, "disarm\n");
    stage_expect(stage, "READ-ONLY");
}

/* The key that disarms is called so, and the end of the arming is said. */
static void the_end_of_the_arming_is_said(void **state)
{
    struct stage *stage = *state;

    stage_expect(stage, "! arm ");
    stage->fake.session.armed = true;
    stage->fake.session.armed_left_ms = 1000;
    ui_changed(stage->ui);
    stage_expect(stage, "! disarm");
    stage->fake.session.armed = false;
    ui_changed(stage->ui);
    stage_expect(stage, "The ten minutes are over: read-only again.");
    stage_expect(stage, "! arm ");
}

/* On the narrowest screen the countdown and the clock do not run into each other. */
static void the_clock_gives_way(void **state)
{
    struct stage *stage = *state;

    stage->fake.session.armed = true;
    stage->fake.session.armed_left_ms = 557000;
    stage_size(stage, 40, 12);
    stage_expect(stage, " ARMED 09:17");
    stage_expect_not(stage, "09:170");
    stage_expect_not(stage, "7Z");
}

static void arming_asks_where_the_tag_says_production(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "!");
    assert_string_equal(stage->fake.log.data, "");
    assert_false(stage->fake.session.armed);
    stage_keys(stage, "Esc");
    stage->fake.session.tag = "";
    ui_changed(stage->ui);
    stage_keys(stage, "!");
    assert_true(stage->fake.session.armed);
    stage_expect(stage, "ARMED");
}

static void work_and_errors_are_told(void **state)
{
    struct stage *stage = *state;
    struct err err = {0};

    err_set(&err, ERR_NETWORK, "GET /v1/api-keys: the server does not answer.");
    stage->fake.session.loading = true;
    stage->fake.session.work = "429: waiting 8 s";
    ui_changed(stage->ui);
    stage_expect(stage, "429: waiting 8 s   Esc stops");
    stage_keys(stage, "j j");
    assert_int_equal(stage_style(stage, "old-notebook"), STYLE_SELECTED);
    stage_keys(stage, "Esc");
    stage_expect(stage, "Stopped. What was read stays; r reads again.");
    stage->fake.session.error = &err;
    stage_keys(stage, "j");
    stage_expect(stage, "GET /v1/api-keys: the server does not answer.   r tries again");
    assert_int_equal(stage_style(stage, "GET /v1"), STYLE_BAD);
    stage_expect(stage, "checkout-api");
}

static void a_long_error_is_told_to_its_end(void **state)
{
    struct stage *stage = *state;
    struct err err = {0};

    err_set(&err, ERR_AUTH,
            "GET /v1/api-keys: 401. The admin key of acme-corp was refused: it was revoked or has"
            " expired. Log in again with another key: portcullis login --name acme-corp");
    stage->fake.session.error = &err;
    ui_changed(stage->ui);
    stage_expect(stage, "r tries again");
    stage_size(stage, 40, 10);
    stage_expect(stage, "GET /v1/api-keys: 401.");
    stage_expect(stage, "checkout..");
}

static void messages_go_with_the_next_key(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "y y");
    stage_expect(stage, "Copied");
    stage_keys(stage, "j");
    stage_expect_not(stage, "Copied");
    /* Those of the host stay for a while. */
    ui_message(stage->ui, false, "revoked and read back as gone");
    stage_keys(stage, "j");
    stage_expect(stage, "revoked and read back as gone");
    stage->fake.now += 5000;
    stage_keys(stage, "j");
    stage_expect_not(stage, "revoked and read back");
}

/* What became of a write that was left is not erased by any key but those that say it was read. */
static void a_result_stays_until_it_is_read(void **state)
{
    struct stage *stage = *state;

    stage->fake.session.writing = "The key \"gira-app\" is being revoked";
    stage->fake.session.writing_left = true;
    stage_keys(stage, "j");
    stage_keys(stage, "k");
    stage_expect(stage, "The key \"gira-app\" is being revoked. It goes on");
    stage_expect(stage, "WRITING");
    ui_message(stage->ui, false, "An older sentence.");
    stage->fake.session.writing = "";
    stage->fake.session.writing_left = false;
    stage->fake.session.result = "Revoked: gira-app.";
    ui_changed(stage->ui);
    stage_expect(stage, "Revoked: gira-app.   Enter: seen");
    stage_keys(stage, "j");
    stage_keys(stage, "?");
    stage_keys(stage, "Esc");
    stage_keys(stage, "2");
    stage_keys(stage, "4");
    stage_expect(stage, "Revoked: gira-app.");
    assert_null(strstr(stage->fake.log.data, "seen"));
    stage_keys(stage, "Enter");
    assert_non_null(strstr(stage->fake.log.data, "seen"));
    stage_expect_not(stage, "Revoked: gira-app.");
    stage_expect_not(stage, "> Key ");
}

/* Leaving while a write runs is asked about, however it is said. */
static void quitting_asks_while_a_write_runs(void **state)
{
    static const char *const WAYS[] = {"q", "F10"};
    struct stage *stage = *state;
    struct ui_requests requests;

    for (size_t i = 0; i < sizeof(WAYS) / sizeof(*WAYS); i++) {
        stage->fake.session.writing = "The key \"gira-app\" is being revoked";
        stage_keys(stage, WAYS[i]);
        ui_take_requests(stage->ui, &requests);
        assert_false(requests.quit);
        stage_expect(stage, "The key \"gira-app\" is being revoked. Leaving waits for its end");
        stage->fake.now += 31000;
    }
    ui_command(stage->ui, "q");
    ui_take_requests(stage->ui, &requests);
    assert_false(requests.quit);
    ui_command(stage->ui, "q");
    ui_take_requests(stage->ui, &requests);
    assert_true(requests.quit);
    stage->fake.now += 31000;
    stage->fake.session.writing = "";
    stage_keys(stage, "q");
    ui_take_requests(stage->ui, &requests);
    assert_true(requests.quit);
}

static void your_own_key_is_marked(void **state)
{
    struct stage *stage = *state;

    stage_expect(stage, "@! oncall-admin (YOU)");
    assert_int_equal(stage_style(stage, "oncall-admin (YOU)"), STYLE_OWN);
    stage_size(stage, 140, 40);
    stage_expect(stage, "you: oncall-admin ..k3Q  15 scopes");
    stage->fake.session.own_name = "";
    stage->fake.session.own_scopes = -1;
    ui_changed(stage->ui);
    stage_expect(stage, "you: ?");
}

static void ascii_draws_no_lines_of_ours(void **state)
{
    struct stage *stage = *state;
    static const char *const KEYS[] = {"", "?", ":", "Enter", "2"};

    ui_free(stage->ui);
    stage->ui = ui_new(&stage->fake.host, &(struct ui_options){.ascii = true});
    for (size_t i = 0; i < sizeof(KEYS) / sizeof(*KEYS); i++) {
        stage_size(stage, 140, 40);
        stage_keys(stage, KEYS[i]);
        stage_expect_not(stage, "─");
        stage_expect_not(stage, "│");
        stage_expect_not(stage, "┌");
        stage_expect_not(stage, "▸");
        stage_expect(stage, "----");
        stage_keys(stage, "Esc");
    }
    stage_keys(stage, "4");
    stage_expect(stage, "> 4 Keys");
}

static void ages_wake_the_screen_once_a_minute(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(ui_next_tick(stage->ui), 46001);
    stage->fake.session.data_age_ms = 61000;
    assert_int_equal(ui_next_tick(stage->ui), 60000);
    stage->fake.session.data_age_ms = -1;
    assert_int_equal(ui_next_tick(stage->ui), -1);
}

static void a_clock_that_is_off_stands_in_the_title(void **state)
{
    static const struct {
        int64_t off;
        const char *words; /* NULL: none */
    } rows[] = {
        {0, NULL},
        {119000, NULL},
        {-120000, NULL},
        {600000, "this clock is 10m slow"},
        {-600000, "this clock is 10m fast"},
        {2 * DAY_MS, "this clock is 2d slow"},
        {-2 * DAY_MS, "this clock is 2d fast"},
    };
    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage->fake.session.clock_off_ms = rows[i].off;
        if (rows[i].words == NULL) {
            stage_expect_not(stage, "this clock");
        } else {
            stage_expect(stage, rows[i].words);
        }
    }
}

static void too_many_screens_are_refused(void **state)
{
    struct stage *stage = *state;

    for (int i = 0; i < 20; i++) {
        ui_command(stage->ui, "key 60571396-bd81-4e58-8c82-000000000007");
    }
    stage_expect(stage, "Too many screens on top of each other: Esc closes one.");
    for (int i = 0; i < 16; i++) {
        stage_keys(stage, "Esc");
    }
    stage_expect(stage, "15 keys");
}

static void a_key_press_is_fast_on_many_keys(void **state)
{
    struct stage *stage = *state;
    int64_t start;

    fake_host_refill(&stage->fake, 50000);
    ui_changed(stage->ui);
    stage_size(stage, 140, 40);
    stage_text(stage);
    start = clock_mono_ms();
    for (int i = 0; i < 50; i++) {
        stage_keys(stage, "j");
        ui_draw(stage->ui, stage->canvas);
    }
    /* Far from what it takes, under any load: it must not grow with the list. */
    assert_true(clock_mono_ms() - start < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(every_screen_at_every_small_size),
        STAGE_TEST(every_screen_at_every_common_size),
        STAGE_TEST(too_small_says_so),
        STAGE_TEST(the_smallest_screens),
        STAGE_TEST(armed_is_seen_at_once),
        STAGE_TEST(the_end_of_the_arming_is_said),
        STAGE_TEST(the_clock_gives_way),
        STAGE_TEST(arming_asks_where_the_tag_says_production),
        STAGE_TEST(work_and_errors_are_told),
        STAGE_TEST(a_long_error_is_told_to_its_end),
        STAGE_TEST(messages_go_with_the_next_key),
        STAGE_TEST(a_result_stays_until_it_is_read),
        STAGE_TEST(quitting_asks_while_a_write_runs),
        STAGE_TEST(your_own_key_is_marked),
        STAGE_TEST(ascii_draws_no_lines_of_ours),
        STAGE_TEST(ages_wake_the_screen_once_a_minute),
        STAGE_TEST(a_clock_that_is_off_stands_in_the_title),
        STAGE_TEST(too_many_screens_are_refused),
        STAGE_TEST(a_key_press_is_fast_on_many_keys),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
