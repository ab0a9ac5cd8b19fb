/* A service that asks before it stores or deletes, as KeePassXC does and gnome-keyring never: the
 * real helper and a service of ours, which mock_service.c describes. Started by with-keyring.sh
 * --bus; each test begins with an empty keyring. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keyring/answer.h"
#include "keyring/bus.h"
#include "keyring/plan.h"

#include "base/banned.h"

#define KEY "Kq7MockKeyring+Test/Secret=="
#define OTHER_KEY "Zz9AnotherSecretAltogether"

static int setup_empty(void **state)
{
    return plan_restart() != 0 || setup(state) != 0 ? -1 : 0;
}

static void assert_key(struct fixture *f, const char *key)
{
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, key);
}

static void assert_dismissed(const struct fixture *f)
{
    assert_int_equal(f->answer.outcome, KEYRING_DISMISSED);
    assert_non_null(strstr(f->answer.err.text, "closed without an answer: nothing was done"));
}

/* -- without a question: what is compared with -- */

static void what_is_not_asked_is_done(void **state)
{
    struct fixture *f = *state;

    plan("");
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_key(f, KEY);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_OK);
    assert_key(f, OTHER_KEY);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(plan_count("asked"), 0);
}

/* -- a question before deleting -- */

static void a_dismissed_delete_is_told_and_keeps_the_key(void **state)
{
    struct fixture *f = *state;

    plan("");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    plan("ask-delete dismiss");
    ask_delete(f, &ENTRY);
    assert_dismissed(f);
    assert_int_equal(plan_count("asked delete"), 1);
    assert_key(f, KEY);
}

static void an_answered_delete_is_done(void **state)
{
    struct fixture *f = *state;

    plan("");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    plan("ask-delete answer");
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_OK);
    assert_int_equal(plan_count("asked delete"), 1);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
}

/* KeePassXC before 2.7 reports a deletion that was declined as done. */
static void a_delete_that_was_only_said_is_refused(void **state)
{
    struct fixture *f = *state;

    plan("");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    plan("ask-delete pretend");
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_REFUSED);
    assert_key(f, KEY);
}

static void a_delete_that_is_locked_is_told(void **state)
{
    struct fixture *f = *state;

    plan("");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    plan("locked");
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_LOCKED);
    assert_key(f, KEY);
}

/* -- a question before storing -- */

static void a_dismissed_store_is_told_and_stores_nothing(void **state)
{
    struct fixture *f = *state;

    plan("ask-create dismiss");
    ask_set(f, &ENTRY, KEY);
    assert_dismissed(f);
    assert_int_equal(plan_count("asked create"), 1);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    /* What was there before stays. */
    plan("");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    plan("ask-create dismiss");
    ask_set(f, &ENTRY, OTHER_KEY);
    assert_dismissed(f);
    ask_set(f, &ENTRY, KEY);
    assert_dismissed(f);
    assert_key(f, KEY);
}

static void an_answered_store_is_done(void **state)
{
    struct fixture *f = *state;

    plan("ask-create answer");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_int_equal(plan_count("asked create"), 1);
    assert_key(f, KEY);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_OK);
    assert_key(f, OTHER_KEY);
    plan("");
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_OK);
    assert_int_equal(plan_count("deleted"), 1); /* it took the other's place */
}

static void a_store_that_was_only_said_is_refused(void **state)
{
    struct fixture *f = *state;

    plan("ask-create pretend");
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_REFUSED);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
}

/* -- a question that nobody answers -- */

static void begin(struct fixture *f, bool set, int deadline_ms)
{
    struct secret *key = secret_new(OTHER_KEY, strlen(OTHER_KEY));

    f->answer = (struct answer){0};
    if (set) {
        keyring_set(f->keyring, &ENTRY, key, deadline_ms, answer_take, &f->answer);
    } else {
        keyring_delete(f->keyring, &ENTRY, deadline_ms, answer_take, &f->answer);
    }
    secret_free(key);
}

/* The question stays where it is, and a late answer counts. */
static void an_open_question_ends_at_the_deadline(void **state)
{
    static const struct {
        bool set;
        const char *open, *done;
    } CASES[] = {{true, "ask-create open", "created"}, {false, "ask-delete open", "deleted"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        plan("");
        assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
        plan(CASES[i].open);
        begin(f, CASES[i].set, 5000);
        plan_wait(f->loop, "open");
        answer_wait(f->loop, &f->answer);
        assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
        assert_non_null(strstr(f->answer.err.text, "answer it there, then try again"));
        assert_key(f, KEY);
        plan("answer");
        kill(plan_pid(), SIGUSR1);
        plan_wait(f->loop, CASES[i].done);
        if (CASES[i].set) {
            assert_key(f, OTHER_KEY);
        } else {
            assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
        }
    }
}

static void a_service_that_ends_while_it_asks_is_told(void **state)
{
    struct fixture *f = *state;

    for (int set = 0; set < 2; set++) {
        plan("");
        assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
        plan("ask-create ask-delete open");
        begin(f, set == 1, 60000);
        plan_wait(f->loop, "open");
        plan_kill();
        answer_wait(f->loop, &f->answer);
        assert_int_equal(f->answer.outcome, KEYRING_DIED);
        assert_int_equal(plan_restart(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_not_asked_is_done, setup_empty, teardown),
        cmocka_unit_test_setup_teardown(a_dismissed_delete_is_told_and_keeps_the_key, setup_empty,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answered_delete_is_done, setup_empty, teardown),
        cmocka_unit_test_setup_teardown(a_delete_that_was_only_said_is_refused, setup_empty,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_delete_that_is_locked_is_told, setup_empty, teardown),
        cmocka_unit_test_setup_teardown(a_dismissed_store_is_told_and_stores_nothing, setup_empty,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answered_store_is_done, setup_empty, teardown),
        cmocka_unit_test_setup_teardown(a_store_that_was_only_said_is_refused, setup_empty,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_open_question_ends_at_the_deadline, setup_empty,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_service_that_ends_while_it_asks_is_told, setup_empty,
                                        teardown),
    };
    int code = plan_start(MOCK_SERVICE, "org.freedesktop.secrets");

    if (code == 0) {
        code = cmocka_run_group_tests(tests, NULL, NULL);
    }
    plan_end();
    return code;
}
