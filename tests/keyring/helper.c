/* The console's side of the helper: every way in which a helper can fail, with a fake one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"

#include "base/banned.h"

#define KEY "TestKey0123456789abcdef"

struct fixture {
    struct loop *loop;
    struct keyring *keyring;
    char folder[64];
    char *record; /* a path in it */
    struct answer answer;
};

static const struct keyring_entry ENTRY = {"prod", "https://api.example.test/v1"};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));

    assert_true(secret_setup());
    f->loop = loop_new();
    f->keyring = keyring_new(f->loop, FAKE_HELPER);
    snprintf(f->folder, sizeof(f->folder), "/tmp/portcullis-helper.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->record = file_join(f->folder, "seen");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    static const char *const NAMES[] = {"seen", "seen.request", "seen.pid"};
    struct fixture *f = *state;

    keyring_free(f->keyring);
    loop_free(f->loop);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        char *path = file_join(f->folder, NAMES[i]);

        unlink(path);
        free(path);
    }
    assert_int_equal(rmdir(f->folder), 0);
    free(f->record);
    free(f);
    unsetenv("PORTCULLIS_TEST_HELPER");
    return 0;
}

static void set_way(const struct fixture *f, const char *way, bool with_record)
{
    char *value = with_record ? xasprintf("%s:%s", way, f->record) : xstrdup(way);

    setenv("PORTCULLIS_TEST_HELPER", value, 1);
    free(value);
}

static const struct answer *get(struct fixture *f, int deadline_ms)
{
    assert_true(keyring_get(f->keyring, &ENTRY, deadline_ms, answer_take, &f->answer) > 0);
    assert_int_equal(f->answer.times, 0);
    answer_wait(f->loop, &f->answer);
    loop_turn(f->loop, 0);
    assert_int_equal(f->answer.times, 1);
    return &f->answer;
}

/* Waits until the fake helper has written its number down. */
static int recorded_pid(struct fixture *f)
{
    char *path = xasprintf("%s.pid", f->record);
    int64_t until = clock_mono_ms() + 30000;
    long pid = 0;

    while (pid == 0) {
        assert_true(clock_mono_ms() < until);
        loop_turn(f->loop, 10);
        if (access(path, R_OK) == 0) {
            char *text = slurp(path, NULL);

            pid = strtol(text, NULL, 10);
            free(text);
        }
    }
    free(path);
    return (int)pid;
}

static void a_key_comes_back(void **state)
{
    struct fixture *f = *state;
    const struct answer *answer;

    set_way(f, "key:" KEY, false);
    answer = get(f, 0);
    assert_int_equal(answer->outcome, KEYRING_OK);
    assert_string_equal(answer->key, KEY);
    assert_false(answer->has_err);
}

static void what_is_no_key_is_refused(void **state)
{
    static const char *const WAYS[] = {"key:", "key:two words", "key:a\r\nX-Evil: 1"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
        f->answer = (struct answer){0};
        set_way(f, WAYS[i], false);
        get(f, 0);
        assert_int_equal(f->answer.outcome, KEYRING_OTHER);
        assert_string_equal(f->answer.key, "");
        assert_non_null(strstr(f->answer.err.text, "is no key"));
        assert_null(strstr(f->answer.err.text, "Evil"));
    }
}

static void every_outcome_has_its_words(void **state)
{
    struct fixture *f = *state;

    for (int i = KEYRING_NONE; i <= KEYRING_OTHER; i++) {
        char way[32];

        f->answer = (struct answer){0};
        snprintf(way, sizeof(way), "outcome:%d", i);
        set_way(f, way, false);
        get(f, 0);
        assert_int_equal(f->answer.outcome, i);
        assert_true(f->answer.has_err);
        assert_int_equal(f->answer.err.kind, ERR_NO_KEY);
        assert_non_null(strstr(f->answer.err.text, "Key of profile prod: "));
        assert_non_null(strstr(f->answer.err.text, keyring_words((enum keyring_outcome)i)));
        for (int j = KEYRING_OK; j < i; j++) {
            assert_string_not_equal(keyring_words((enum keyring_outcome)i),
                                    keyring_words((enum keyring_outcome)j));
        }
    }
    /* The last was KEYRING_OTHER: the library's own number helps whoever looks for the cause. */
    assert_non_null(strstr(f->answer.err.text, "(some-error 5)"));
}

static void a_helper_that_breaks_off_has_died(void **state)
{
    static const char *const WAYS[] = {"silent", "half", "garbage", "huge", "unheard"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
        f->answer = (struct answer){0};
        set_way(f, WAYS[i], false);
        get(f, 0);
        assert_int_equal(f->answer.outcome, KEYRING_DIED);
        assert_string_equal(f->answer.key, "");
    }
}

static void a_closed_socket_ends_it_and_the_process(void **state)
{
    struct fixture *f = *state;

    set_way(f, "closes", true);
    get(f, 0);
    assert_int_equal(f->answer.outcome, KEYRING_DIED);
    wait_gone(f->loop, recorded_pid(f));
}

static void an_answer_does_not_wait_for_the_end(void **state)
{
    struct fixture *f = *state;

    set_way(f, "lingers", true);
    get(f, 0);
    assert_int_equal(f->answer.outcome, KEYRING_OK);
    assert_string_equal(f->answer.key, "lingering-key");
    wait_gone(f->loop, recorded_pid(f));
}

static void the_deadline_kills(void **state)
{
    struct fixture *f = *state;
    int64_t start = clock_mono_ms();
    int pid;

    set_way(f, "hang", true);
    get(f, 400);
    assert_true(clock_mono_ms() - start >= 400);
    assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
    assert_non_null(strstr(f->answer.err.text, "did not answer in time"));
    pid = recorded_pid(f);
    wait_gone(f->loop, pid);
}

static void the_deadline_is_the_operators(void **state)
{
    static const char *const BAD[] = {"",    "0",  "-1",   "+1",         "1s",
                                      "1.5", " 1", "3601", "99999999999"};
    struct fixture *f = *state;
    int64_t start;

    assert_true(keyring_set_deadline(f->keyring, "3600", NULL));
    assert_true(keyring_set_deadline(f->keyring, "1", NULL));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct err err = {0};

        assert_false(keyring_set_deadline(f->keyring, BAD[i], &err));
        assert_int_equal(err.kind, ERR_INVALID);
    }
    start = clock_mono_ms();
    set_way(f, "hang", true);
    get(f, 0);
    assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
    assert_in_range(clock_mono_ms() - start, 1000, 25000);
}

static void count(void *ctx)
{
    int *times = ctx;

    (*times)++;
}

static void a_slow_keyring_says_so_first(void **state)
{
    struct fixture *f = *state;
    int times = 0;
    uint64_t ticket;

    set_way(f, "hang", true);
    keyring_on_slow(f->keyring, count, &times);
    ticket = keyring_get(f->keyring, &ENTRY, 3000, answer_take, &f->answer);
    assert_null(keyring_slow(f->keyring, ticket));
    assert_null(keyring_slow(f->keyring, 0));
    while (times == 0) {
        assert_int_equal(f->answer.times, 0);
        loop_turn(f->loop, -1);
    }
    assert_non_null(strstr(keyring_slow(f->keyring, ticket), "another window"));
    assert_null(keyring_slow(f->keyring, ticket + 1));
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
    assert_null(keyring_slow(f->keyring, ticket));
    assert_int_equal(times, 1);
}

static void a_cancelled_call_never_answers(void **state)
{
    struct fixture *f = *state;
    uint64_t ticket;
    int pid;

    set_way(f, "hang", true);
    ticket = keyring_get(f->keyring, &ENTRY, 30000, answer_take, &f->answer);
    pid = recorded_pid(f);
    keyring_cancel(f->keyring, ticket);
    keyring_cancel(f->keyring, ticket);
    keyring_cancel(f->keyring, 12345);
    wait_gone(f->loop, pid);
    assert_int_equal(f->answer.times, 0);
}

static void freeing_kills_and_never_answers(void **state)
{
    struct fixture *f = *state;
    int pid;

    set_way(f, "hang", true);
    keyring_get(f->keyring, &ENTRY, 0, answer_take, &f->answer);
    pid = recorded_pid(f);
    keyring_file(f->keyring, "/nonexistent/key", answer_take, &f->answer);
    keyring_free(f->keyring);
    f->keyring = NULL;
    assert_int_equal(kill(pid, 0), -1);
    loop_turn(f->loop, 0);
    assert_int_equal(f->answer.times, 0);
}

static void a_missing_helper_is_told(void **state)
{
    struct fixture *f = *state;

    keyring_free(f->keyring);
    f->keyring = keyring_new(f->loop, "/nonexistent/portcullis-keyring");
    get(f, 0);
    assert_int_equal(f->answer.outcome, KEYRING_NO_HELPER);
    assert_non_null(strstr(f->answer.err.text, "install it again"));
}

static void nobody_sees_the_key_beside_the_socket(void **state)
{
    struct fixture *f = *state;
    struct secret *key = secret_new(KEY, strlen(KEY));
    char *request_path = xasprintf("%s.request", f->record);
    char *seen, *request;
    size_t seen_len, request_len;

    setenv("PORTKEY_API_KEY", KEY, 1);
    setenv("PORTCULLIS_TEST_OTHER", "handed-on", 1);
    set_way(f, "record", true);
    keyring_set(f->keyring, &ENTRY, key, 0, answer_take, &f->answer);
    secret_free(key);
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_OK);
    assert_string_equal(f->answer.key, "");
    seen = slurp(f->record, &seen_len);
    request = slurp(request_path, &request_len);
    assert_true(bytes_hold(seen, seen_len, "portcullis-keyring"));
    assert_true(bytes_hold(seen, seen_len, "handed-on"));
    assert_false(bytes_hold(seen, seen_len, "TestKey"));
    assert_false(bytes_hold(seen, seen_len, "PORTKEY_API_KEY"));
    assert_false(bytes_hold(seen, seen_len, ENTRY.service));
    assert_true(bytes_hold(request, request_len, KEY));
    assert_true(bytes_hold(request, request_len, ENTRY.profile));
    assert_true(bytes_hold(request, request_len, ENTRY.service));
    free(seen);
    free(request);
    free(request_path);
    unsetenv("PORTKEY_API_KEY");
    unsetenv("PORTCULLIS_TEST_OTHER");
}

static void an_entry_that_is_too_long_is_refused(void **state)
{
    struct fixture *f = *state;
    char name[300] = "";
    struct keyring_entry entry = {name, "x"};

    memset(name, 'n', sizeof(name) - 1);
    keyring_get(f->keyring, &entry, 0, answer_take, &f->answer);
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_key_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_outcome_has_its_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_helper_that_breaks_off_has_died, setup, teardown),
        cmocka_unit_test_setup_teardown(a_closed_socket_ends_it_and_the_process, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_does_not_wait_for_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(the_deadline_kills, setup, teardown),
        cmocka_unit_test_setup_teardown(the_deadline_is_the_operators, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slow_keyring_says_so_first, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cancelled_call_never_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(freeing_kills_and_never_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_helper_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_sees_the_key_beside_the_socket, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_that_is_too_long_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
