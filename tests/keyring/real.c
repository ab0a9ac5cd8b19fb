/* The real helper and a real gnome-keyring on a private bus; started by with-keyring.sh, which
 * names the daemon in PORTCULLIS_TEST_DAEMON. The tests run in this order: the last ones end the
 * daemon. */
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

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"
#include "keyring/bus.h"

#include "base/banned.h"

#define KEY "Kq7RealKeyring+Test/Secret=="
#define OTHER_KEY "Zz9AnotherSecretAltogether"
#define SEEN_KEY "Vx4ThatNoOtherTextHasAPartOf"

static void assert_no_part(const char *text, const char *key)
{
    for (size_t i = 0; i + 6 <= strlen(key); i++) {
        char part[7] = "";

        memcpy(part, key + i, 6);
        assert_null(strstr(text, part));
    }
}

/* -- an open keyring -- */

static void nothing_is_stored_yet(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_non_null(strstr(f->answer.err.text, "holds no key"));
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_NONE);
}

static void a_key_is_stored_replaced_and_deleted(void **state)
{
    const struct keyring_entry other_profile = {"staging", SERVICE};
    const struct keyring_entry other_service = {"prod", "http://127.0.0.1:1/v1"};
    struct fixture *f = *state;

    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
    /* A profile whose base URL was edited must not send its key there. */
    assert_int_equal(ask_get(f, &other_service), KEYRING_NONE);
    assert_int_equal(ask_get(f, &other_profile), KEYRING_NONE);
    assert_int_equal(ask_set(f, &other_profile, OTHER_KEY), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
    assert_int_equal(ask_set(f, &ENTRY, "replaced"), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, "replaced");
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_get(f, &other_profile), KEYRING_OK);
    assert_string_equal(f->answer.key, OTHER_KEY);
}

static void the_longest_key_fits(void **state)
{
    struct fixture *f = *state;
    char *key = xmalloc(SECRET_KEY_MAX + 1);

    memset(key, 'L', SECRET_KEY_MAX);
    key[SECRET_KEY_MAX] = '\0';
    assert_int_equal(ask_set(f, &ENTRY, key), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, key);
    free(key);
}

static void what_others_see_holds_no_part_of_the_key(void **state)
{
    struct fixture *f = *state;
    char *attributes, *label;

    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    /* secret-tool prints the secret on stdout and the attributes on stderr. */
    attributes = shell("secret-tool search --all application portcullis profile prod "
                       "2>&1 >/dev/null");
    label = shell("secret-tool search --all application portcullis profile prod 2>/dev/null "
                  "| grep -v '^secret = '");
    assert_non_null(strstr(attributes, "attribute.application = portcullis"));
    assert_non_null(strstr(attributes, "attribute.profile = prod"));
    assert_non_null(strstr(attributes, "attribute.service = " SERVICE));
    assert_non_null(strstr(label, "portcullis.AdminKey"));
    assert_non_null(strstr(label, "label = portcullis admin key (prod)"));
    assert_no_part(attributes, KEY);
    assert_no_part(label, KEY);
    free(attributes);
    free(label);
}

/* Gives what dbus-monitor wrote down, once it has this in it. */
static char *wait_seen(struct fixture *f, const char *path, const char *what)
{
    int64_t until = clock_mono_ms() + 20000;
    char *seen = NULL;

    while (seen == NULL || strstr(seen, what) == NULL) {
        assert_true(clock_mono_ms() < until);
        loop_turn(f->loop, 20);
        free(seen);
        seen = slurp(path, NULL);
    }
    return seen;
}

/* Whoever may watch the bus sees what was asked, and not the key. */
static void the_key_crosses_the_bus_encrypted(void **state)
{
    struct fixture *f = *state;
    char *path = file_join(getenv("TMPDIR"), "bus.log"), *seen;
    char name[] = "dbus-monitor", session[] = "--session";
    char *const argv[] = {name, session, NULL};
    pid_t monitor;

    spill(path, "");
    monitor = fork();
    if (monitor == 0) {
        (void)!freopen(path, "a", stdout);
        execvp(argv[0], argv);
        _exit(127);
    }
    free(wait_seen(f, path, "NameLost")); /* it became a monitor */
    assert_int_equal(ask_set(f, &ENTRY, SEEN_KEY), KEYRING_OK);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    free(shell("gdbus emit --session --object-path / --signal org.example.End"));
    seen = wait_seen(f, path, "org.example");
    kill(monitor, SIGKILL);
    waitpid(monitor, NULL, 0);
    assert_non_null(strstr(seen, "member=CreateItem"));
    assert_non_null(strstr(seen, "portcullis admin key (prod)"));
    assert_no_part(seen, SEEN_KEY);
    free(seen);
    free(path);
}

static void many_calls_at_once_all_answer(void **state)
{
    struct fixture *f = *state;
    struct answer answers[8] = {0};

    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    for (size_t i = 0; i < 8; i++) {
        keyring_get(f->keyring, &ENTRY, 20000, answer_take, &answers[i]);
    }
    for (size_t i = 0; i < 8; i++) {
        answer_wait(f->loop, &answers[i]);
        assert_int_equal(answers[i].outcome, KEYRING_OK);
        assert_string_equal(answers[i].key, KEY);
        assert_int_equal(answers[i].times, 1);
    }
}

static void an_unknown_backend_does_not_hang(void **state)
{
    struct fixture *f = *state;

    setenv("SECRET_BACKEND", "bogus", 1);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    unsetenv("SECRET_BACKEND");
}

/* libsecret would write a file of its own when the environment says so. */
static void no_file_takes_the_place_of_the_keyring(void **state)
{
    struct fixture *f = *state;
    char *path = file_join(getenv("TMPDIR"), "secrets.file");

    setenv("SECRET_BACKEND", "file", 1);
    setenv("SECRET_FILE_TEST_PATH", path, 1);
    setenv("SECRET_FILE_TEST_PASSWORD", "file-password", 1);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_OK);
    assert_int_equal(access(path, F_OK), -1);
    unsetenv("SECRET_BACKEND");
    unsetenv("SECRET_FILE_TEST_PATH");
    unsetenv("SECRET_FILE_TEST_PASSWORD");
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, OTHER_KEY);
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    free(path);
}

/* -- no bus, no service -- */

static void without_a_bus_it_says_so(void **state)
{
    static const char *const ADDRESSES[] = {NULL, "unix:path=/nonexistent/bus", "garbage",
                                            "tcp:host=127.0.0.1,port=1"};
    struct fixture *f = *state;
    char *bus = xstrdup(getenv("DBUS_SESSION_BUS_ADDRESS"));

    for (size_t i = 0; i < sizeof(ADDRESSES) / sizeof(ADDRESSES[0]); i++) {
        if (ADDRESSES[i] == NULL) {
            unsetenv("DBUS_SESSION_BUS_ADDRESS");
        } else {
            setenv("DBUS_SESSION_BUS_ADDRESS", ADDRESSES[i], 1);
        }
        enum keyring_outcome what = ADDRESSES[i] == NULL ? KEYRING_NO_BUS : KEYRING_DEAD_BUS;

        assert_int_equal(ask_get(f, &ENTRY), what);
        assert_non_null(strstr(f->answer.err.text, ADDRESSES[i] == NULL
                                                       ? "There is no D-Bus session"
                                                       : "nobody answers, left from an earlier"));
        assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), what);
        assert_int_equal(ask_delete(f, &ENTRY), what);
    }
    setenv("DBUS_SESSION_BUS_ADDRESS", bus, 1);
    free(bus);
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_OK);
    assert_string_equal(f->answer.key, KEY);
}

/* -- a service that stops -- */

/* Gives the number of our own child that is the helper; fails the test when there is none. */
static int helper_pid(void)
{
    char *path = xasprintf("/proc/self/task/%d/children", (int)getpid());
    char *text = slurp(path, NULL);
    int pid = (int)strtol(text, NULL, 10);

    free(text);
    free(path);
    assert_true(pid > 0);
    return pid;
}

/* Waits until the helper sleeps and nothing about it changes any more: it waits for the service. */
static void wait_blocked(struct fixture *f)
{
    char *path = xasprintf("/proc/%d/status", helper_pid());
    int64_t until = clock_mono_ms() + 10000;
    char *before = xstrdup("");
    int same = 0;

    while (same < 4) {
        char *now;

        assert_true(clock_mono_ms() < until);
        loop_turn(f->loop, 50);
        assert_int_equal(f->answer.times, 0);
        now = slurp(path, NULL);
        same = strcmp(now, before) == 0 && strstr(now, "(sleeping)") != NULL ? same + 1 : 0;
        free(before);
        before = now;
    }
    free(before);
    free(path);
}

static void a_stopped_service_is_a_timeout_and_shows_nothing(void **state)
{
    static const char *const FILES[] = {"cmdline", "environ"};
    struct fixture *f = *state;
    struct secret *key = secret_new(OTHER_KEY, strlen(OTHER_KEY));
    int pid;

    kill(daemon_pid(), SIGSTOP);
    f->answer = (struct answer){0};
    keyring_set(f->keyring, &ENTRY, key, 5000, answer_take, &f->answer);
    secret_free(key);
    wait_blocked(f);
    pid = helper_pid();
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        char *path = xasprintf("/proc/%d/%s", pid, FILES[i]);
        size_t len;
        char *seen = slurp(path, &len);

        assert_true(len > 0);
        assert_false(bytes_hold(seen, len, OTHER_KEY));
        assert_false(bytes_hold(seen, len, SERVICE));
        free(seen);
        free(path);
    }
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
    wait_gone(f->loop, pid);
    kill(daemon_pid(), SIGCONT);
}

static void a_locked_keyring_is_not_an_empty_one(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_OK);
    lock_keyring();
    assert_int_equal(ask_get(f, &ENTRY), KEYRING_LOCKED);
    assert_non_null(strstr(f->answer.err.text, "locked"));
    assert_string_equal(f->answer.key, "");
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_LOCKED);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_LOCKED);
}

static void a_service_that_dies_during_a_call_is_told(void **state)
{
    struct fixture *f = *state;

    kill(daemon_pid(), SIGSTOP);
    f->answer = (struct answer){0};
    keyring_get(f->keyring, &ENTRY, 20000, answer_take, &f->answer);
    wait_blocked(f);
    kill(daemon_pid(), SIGKILL);
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.outcome, KEYRING_DIED);
    assert_non_null(strstr(f->answer.err.text, "ended before it answered"));
}

static void without_a_service_it_says_so(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NO_SERVICE);
    assert_non_null(strstr(f->answer.err.text, "gnome-keyring"));
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_NO_SERVICE);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_NO_SERVICE);
}

/* Another daemon over the same keyring files, that nobody gave a password. */
static void locked_since_its_start_is_locked_too(void **state)
{
    struct fixture *f = *state;
    pid_t pid = start_locked_daemon();

    assert_int_equal(ask_get(f, &ENTRY), KEYRING_LOCKED);
    assert_int_equal(ask_set(f, &ENTRY, OTHER_KEY), KEYRING_LOCKED);
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_LOCKED);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

/* -- a daemon that never had a keyring -- */

static void a_keyring_that_cannot_be_made_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_get(f, &ENTRY), KEYRING_NONE);
    assert_int_equal(ask_set(f, &ENTRY, KEY), KEYRING_NO_PROMPT);
    assert_non_null(strstr(f->answer.err.text, "cannot do that here"));
    assert_int_equal(ask_delete(f, &ENTRY), KEYRING_NONE);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_stored_yet, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_is_stored_replaced_and_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(the_longest_key_fits, setup, teardown),
        cmocka_unit_test_setup_teardown(what_others_see_holds_no_part_of_the_key, setup, teardown),
        cmocka_unit_test_setup_teardown(the_key_crosses_the_bus_encrypted, setup, teardown),
        cmocka_unit_test_setup_teardown(many_calls_at_once_all_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_backend_does_not_hang, setup, teardown),
        cmocka_unit_test_setup_teardown(no_file_takes_the_place_of_the_keyring, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_bus_it_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stopped_service_is_a_timeout_and_shows_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_locked_keyring_is_not_an_empty_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_service_that_dies_during_a_call_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_service_it_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(locked_since_its_start_is_locked_too, setup, teardown),
    };
    const struct CMUnitTest fresh[] = {
        cmocka_unit_test_setup_teardown(a_keyring_that_cannot_be_made_is_told, setup, teardown),
    };

    if (argc > 1 && strcmp(argv[1], "fresh") == 0) {
        return cmocka_run_group_tests(fresh, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
