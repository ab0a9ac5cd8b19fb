/* Questions to the person: a real gnome-keyring that really asks, and a prompter that closes the
 * question, answers it, or leaves it open. Started by with-keyring.sh; the tests run in this order,
 * the last ones end the daemon. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"
#include "keyring/bus.h"
#include "keyring/plan.h"

#include "base/banned.h"

#define KEY "Kq7RealKeyring+Test/Secret=="
#define OTHER_KEY "Zz9AnotherSecretAltogether"
#define RIGHT "password test-password" /* the one of with-keyring.sh */
#define WAIT_MS 20000

static void assert_asked(int times)
{
    assert_int_equal(plan_count("asked password"), times);
}

/* -- a question that is closed, and one that is answered -- */

static void a_dismissed_question_is_not_a_locked_keyring(void **state)
{
    struct fixture *f = *state;

    plan("dismiss");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_asked(0);
    lock_keyring();
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_DISMISSED);
    assert_non_null(strstr(f->answer.err.text, "closed without an answer"));
    assert_null(strstr(f->answer.err.text, "is locked"));
    assert_string_equal(f->answer.key, "");
    assert_asked(1);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_DISMISSED);
    assert_asked(2);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_DISMISSED);
    assert_asked(3);
}

static void the_right_password_opens_it_and_nothing_was_changed(void **state)
{
    struct fixture *f = *state;

    plan(RIGHT);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
    assert_asked(1);
    /* Open is open: nobody is asked again. */
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_asked(1);
    lock_keyring();
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_OK);
    assert_asked(2);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, OTHER_KEY);
    lock_keyring();
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_OK);
    assert_asked(3);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_asked(3);
}

static void a_wrong_password_is_asked_again(void **state)
{
    struct fixture *f = *state;

    lock_keyring();
    plan("password wrong-password");
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_DISMISSED);
    assert_asked(2);
}

/* -- a question that stays open -- */

static void count_slow(void *ctx)
{
    int *times = ctx;

    (*times)++;
}

/* The question stays on the desktop when nobody waits for it any more (gnome-keyring 42 would end
 * itself if it were told to take it away): an answer to it opens the keyring, and the next try asks
 * nothing. */
static void answer_the_old_question(struct fixture *f)
{
    plan(RIGHT);
    kill(plan_pid(), SIGUSR1);
    plan_wait(f->loop, "closed");
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
    assert_asked(0);
}

static void an_open_question_ends_at_the_deadline(void **state)
{
    struct fixture *f = *state;
    int64_t start = clock_mono_ms();
    int slow = 0;
    uint64_t ticket;

    plan("open");
    keyring_on_slow(f->keyring, count_slow, &slow);
    ticket = keyring_get(f->keyring, &ENTRY, 3500, answer_take, &f->answer);
    plan_wait(f->loop, "open");
    while (slow == 0) {
        assert_int_equal(f->answer.times, 0);
        loop_turn(f->loop, -1);
    }
    assert_non_null(strstr(keyring_slow(f->keyring, ticket), "waiting for you in another window"));
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
    assert_true(clock_mono_ms() - start >= 3500);
    assert_non_null(strstr(f->answer.err.text, "answer it there, then try again"));
    answer_the_old_question(f);
}

static void giving_up_leaves_the_question_to_be_answered(void **state)
{
    struct fixture *f = *state;
    uint64_t ticket;

    lock_keyring();
    plan("open");
    ticket = keyring_get(f->keyring, &ENTRY, 0, answer_take, &f->answer);
    plan_wait(f->loop, "open");
    keyring_cancel(f->keyring, ticket);
    answer_the_old_question(f);
    assert_int_equal(f->answer.times, 1); /* of the second call */
}

/* -- nobody there to ask -- */

static void a_prompter_that_goes_away_is_no_answer(void **state)
{
    struct fixture *f = *state;

    lock_keyring();
    plan("open");
    keyring_get(f->keyring, &ENTRY, WAIT_MS, answer_take, &f->answer);
    plan_wait(f->loop, "open");
    plan_kill();
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_LOCKED);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_LOCKED);
    assert_int_equal(plan_restart(), 0);
}

/* As over SSH on a machine with a desktop: it is installed, and ends for want of a display. */
static void a_prompter_that_cannot_start_is_no_answer(void **state)
{
    struct fixture *f = *state;
    char *path = file_join(getenv("PORTCULLIS_TEST_SERVICES"), "prompter.service");

    plan_kill();
    spill(path, "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/false\n");
    free(shell("gdbus call --session --dest org.freedesktop.DBus --object-path "
               "/org/freedesktop/DBus --method org.freedesktop.DBus.ReloadConfig"));
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_LOCKED);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_LOCKED);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_LOCKED);
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(plan_restart(), 0);
}

/* -- the keyring ends while its question is open -- */

static void begin_ask(struct fixture *f, int op)
{
    struct secret *key = secret_new(OTHER_KEY, strlen(OTHER_KEY));

    f->answer = (struct answer){0};
    if (op == 0) {
        keyring_get(f->keyring, &ENTRY, 60000, answer_take, &f->answer);
    } else if (op == 1) {
        keyring_set(f->keyring, &ENTRY, key, 60000, answer_take, &f->answer);
    } else {
        keyring_delete(f->keyring, &ENTRY, 60000, answer_take, &f->answer);
    }
    secret_free(key);
}

static void a_keyring_that_ends_meanwhile_is_told_at_once(void **state)
{
    struct fixture *f = *state;
    pid_t pid = 0;

    for (int op = 0; op < 3; op++) {
        int64_t start;

        plan("open");
        begin_ask(f, op);
        plan_wait(f->loop, "open");
        start = clock_mono_ms();
        kill(pid == 0 ? daemon_pid() : pid, SIGKILL);
        answer_wait(f->loop, &f->answer);
        assert_int_equal(f->answer.outcome, KEYRING_DIED);
        assert_true(clock_mono_ms() - start < WAIT_MS);
        if (pid != 0) {
            waitpid(pid, NULL, 0);
        }
        pid = start_locked_daemon();
    }
    plan(RIGHT);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

/* -- a person who has no keyring yet -- */

static void the_first_keyring_is_made_with_leave_only(void **state)
{
    struct fixture *f = *state;

    plan("dismiss");
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_NONE);
    assert_asked(0);
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_DISMISSED);
    assert_asked(1);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    plan("password a-new-password");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_asked(1);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_dismissed_question_is_not_a_locked_keyring, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_right_password_opens_it_and_nothing_was_changed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_wrong_password_is_asked_again, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_question_ends_at_the_deadline, setup, teardown),
        cmocka_unit_test_setup_teardown(giving_up_leaves_the_question_to_be_answered, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_prompter_that_goes_away_is_no_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(a_prompter_that_cannot_start_is_no_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(a_keyring_that_ends_meanwhile_is_told_at_once, setup,
                                        teardown),
    };
    const struct CMUnitTest fresh[] = {
        cmocka_unit_test_setup_teardown(the_first_keyring_is_made_with_leave_only, setup, teardown),
    };
    bool no_keyring = argc > 1 && strcmp(argv[1], "prompt-fresh") == 0;
    int code;

    code = plan_start(PROMPTER, "org.gnome.keyring.SystemPrompter");
    if (code == 0) {
        code = no_keyring ? cmocka_run_group_tests(fresh, NULL, NULL)
                          : cmocka_run_group_tests(tests, NULL, NULL);
    }
    plan_end();
    return code;
}
