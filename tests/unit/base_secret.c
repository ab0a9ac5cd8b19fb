/* Secrets and errors: what is held, what is said. */
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"

#include "base/banned.h"

static void test_hold(void **state)
{
    struct secret *a = secret_new("abc", 3);
    struct secret *b = secret_dup(a);
    struct secret *empty = secret_new(NULL, 0);

    (void)state;
    assert_string_equal(secret_text(a), "abc");
    assert_int_equal(secret_len(a), 3);
    assert_true(secret_equal(a, b));
    assert_true(secret_text(a) != secret_text(b));
    assert_true(secret_add(b, "d", 1));
    assert_false(secret_equal(a, b));
    assert_string_equal(secret_text(a), "abc");
    assert_string_equal(secret_text(empty), "");
    assert_false(secret_equal(a, empty));
    secret_free(empty);
    secret_free(b);
    secret_free(a);
    secret_free(NULL);
}

static void test_type(void **state)
{
    struct secret *secret = secret_new_empty();
    char block[SECRET_KEY_MAX];

    (void)state;
    memset(block, 'x', sizeof(block));
    secret_backspace(secret);
    assert_int_equal(secret_len(secret), 0);
    assert_true(secret_add(secret, "a", 1));
    assert_true(secret_add(secret, "\xe6\x9d\xb1", 3));
    secret_backspace(secret);
    assert_string_equal(secret_text(secret), "a");
    assert_memory_equal(secret_text(secret) + 1, "\0\0\0", 3); /* wiped, not only cut */
    secret_backspace(secret);
    assert_int_equal(secret_len(secret), 0);
    assert_true(secret_add(secret, "\x80\x80", 2)); /* broken input ends too */
    secret_backspace(secret);
    assert_int_equal(secret_len(secret), 0);
    assert_true(secret_add(secret, block, sizeof(block)));
    assert_false(secret_add(secret, "y", 1));
    assert_false(secret_add(secret, block, SIZE_MAX));
    assert_int_equal(secret_len(secret), SECRET_KEY_MAX);
    secret_free(secret);
}

static void test_longer_than_a_key(void **state)
{
    char *block = xcalloc(1, (size_t)3 * SECRET_KEY_MAX);
    struct secret *secret;

    (void)state;
    memset(block, 'x', (size_t)3 * SECRET_KEY_MAX);
    secret = secret_new(block, (size_t)3 * SECRET_KEY_MAX);
    assert_int_equal(strlen(secret_text(secret)), (size_t)3 * SECRET_KEY_MAX);
    assert_false(secret_add(secret, "y", 1));
    secret_free(secret);
    free(block);
}

static void test_is_key(void **state)
{
    static const char *const bad[] = {
        "", "a b", "a\tb", "abc\r\nX-Evil: 1", "abc\n", " abc", "k\xc3\xa9y", "a\x7f", "\x01"};
    char block[SECRET_KEY_MAX + 1];
    struct err err = {0};

    (void)state;
    memset(block, '~', sizeof(block));
    assert_true(secret_is_key("!", 1, &err));
    assert_true(secret_is_key("OrFTrzvuBOy2+/-._~==", 20, &err));
    assert_true(secret_is_key(block, SECRET_KEY_MAX, &err));
    assert_int_equal(err.kind, ERR_NONE);
    assert_false(secret_is_key(block, SECRET_KEY_MAX + 1, &err));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_false(secret_is_key("a\0b", 3, NULL));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        err = (struct err){0};
        assert_false(secret_is_key(bad[i], strlen(bad[i]), &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_null(strstr(err.text, "Evil"));
        assert_null(strstr(err.text, "abc"));
    }
}

static void test_wipe(void **state)
{
    char bytes[] = "secret";

    (void)state;
    secret_wipe(bytes, 6);
    assert_memory_equal(bytes, "\0\0\0\0\0\0", 7);
    secret_wipe(bytes, 0);
}

static void test_freed_memory_is_gone(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0};
        struct secret *secret = secret_new("abc", 3);
        const volatile char *text = secret_text(secret);

        setrlimit(RLIMIT_CORE, &none);
        signal(SIGSEGV, SIG_DFL);
        secret_free(secret);
        _exit(text[0] == 'a' ? 1 : 0); /* unmapped: never gets here */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void test_err_set(void **state)
{
    struct err err = {.status = 3, .code = "AB03"};

    (void)state;
    assert_false(err_set(&err, ERR_TIMEOUT, "No answer from %s in %d s.", "host", 10));
    assert_int_equal(err.kind, ERR_TIMEOUT);
    assert_string_equal(err.text, "No answer from host in 10 s.");
    assert_int_equal(err.status, 0); /* nothing of the error before stays */
    assert_string_equal(err.code, "");
    err.status = 403;
    err_prefix(&err, "%s", "revoke");
    assert_string_equal(err.text, "revoke: No answer from host in 10 s.");
    assert_int_equal(err.status, 403);
    assert_false(err_set(NULL, ERR_TIMEOUT, "x"));
    err_prefix(NULL, "x");
}

static void test_err_is_clean_and_cut(void **state)
{
    char long_text[4000];
    struct err err;

    (void)state;
    err_set(&err, ERR_SERVER, "name %s", "\x1b[2J\xe2\x80\xae");
    assert_string_equal(err.text, "name \xe2\x90\x9b[2J\xef\xbf\xbd");
    for (size_t shift = 0; shift < 3; shift++) {
        memset(long_text, 0, sizeof(long_text));
        memset(long_text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof(long_text); i += 3) {
            memcpy(long_text + i, "\xe6\x9d\xb1", 3);
        }
        err_set(&err, ERR_SERVER, "%s", long_text);
        assert_true(strlen(err.text) >= sizeof(err.text) - 3);
        assert_true(text_is_utf8(err.text, strlen(err.text)));
        err_prefix(&err, "long");
        assert_true(text_is_utf8(err.text, strlen(err.text)));
        assert_memory_equal(err.text, "long: ", 6);
    }
}

static void test_err_names(void **state)
{
    (void)state;
    for (int kind = ERR_NONE; kind <= ERR_INTERNAL; kind++) {
        for (int other = ERR_NONE; other < kind; other++) {
            assert_string_not_equal(err_kind_name((enum err_kind)kind),
                                    err_kind_name((enum err_kind)other));
        }
    }
    assert_string_equal(err_kind_name(ERR_RATE_LIMIT), "rate-limit");
    assert_string_equal(err_kind_name(ERR_AUTH), "auth");
}

static int group_setup(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") != NULL && secret_setup() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_type),
        cmocka_unit_test(test_longer_than_a_key),
        cmocka_unit_test(test_is_key),
        cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_freed_memory_is_gone),
        cmocka_unit_test(test_err_set),
        cmocka_unit_test(test_err_is_clean_and_cut),
        cmocka_unit_test(test_err_names),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
