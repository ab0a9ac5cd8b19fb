/* Growing buffers, arenas, arrays. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"

#include "base/banned.h"

static void test_buf_adds(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.max, BUF_MAX_DEFAULT);
    assert_true(buf_add(&buf, "a\0b", 3));
    assert_true(buf_adds(&buf, "cd"));
    assert_true(buf_addc(&buf, 'e'));
    assert_true(buf_addf(&buf, "%d-%s", 42, "x"));
    assert_true(buf_add(&buf, NULL, 0));
    assert_int_equal(buf.len, 10);
    assert_memory_equal(buf.data, "a\0bcde42-x", 11);
    buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf.data, "");
    buf_done(&buf);
    buf_done(&buf);
    buf_done(NULL);
    buf_wipe_done(NULL);
}

static void test_buf_reserve(void **state)
{
    struct buf buf;
    char *place;

    (void)state;
    buf_init(&buf, 1000);
    assert_true(buf_reserve(&buf, 1000));
    place = buf.data;
    for (int i = 0; i < 1000; i++) {
        assert_true(buf_addc(&buf, 'x'));
    }
    assert_ptr_equal(buf.data, place);
    assert_false(buf_reserve(&buf, 1));
    assert_int_equal(buf.len, 1000);
    buf_done(&buf);
}

static void test_buf_cap(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    for (int i = 0; i < 100; i++) {
        assert_true(buf_addc(&buf, 'x'));
    }
    assert_false(buf.overflow);
    assert_false(buf_addc(&buf, 'y'));
    assert_true(buf.overflow);
    assert_false(buf_adds(&buf, "yy"));
    assert_false(buf_addf(&buf, "%d", 1));
    assert_false(buf_add(&buf, "y", SIZE_MAX));
    assert_int_equal(buf.len, 100);
    assert_int_equal(strlen(buf.data), 100);
    assert_null(strchr(buf.data, 'y'));
    assert_true(buf_add(&buf, "", 0));
    buf_clear(&buf);
    assert_false(buf.overflow);
    buf_wipe_done(&buf);
}

static void test_buf_take(void **state)
{
    struct buf buf;
    char *taken;

    (void)state;
    buf_init(&buf, 10);
    buf_adds(&buf, "gone");
    taken = buf_take(&buf);
    assert_string_equal(taken, "gone");
    assert_int_equal(buf.len, 0);
    assert_int_equal(buf.max, 10);
    assert_true(buf_adds(&buf, "again"));
    assert_string_equal(buf.data, "again");
    free(taken);
    buf_done(&buf);
}

static void test_buf_grows_large(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    for (int i = 0; i < 100000; i++) {
        assert_true(buf_addf(&buf, "%06d", i));
    }
    assert_int_equal(buf.len, 600000);
    assert_memory_equal(buf.data + (size_t)6 * 99999, "099999", 7);
    buf_done(&buf);
}

static void test_arena(void **state)
{
    struct arena arena;
    str_ref a;
    str_ref b;
    str_ref with_nul;

    (void)state;
    arena_init(&arena);
    assert_null(arena_text(&arena, STR_NONE));
    assert_string_equal(arena_text(&arena, STR_EMPTY), "");
    assert_int_equal(arena_len(&arena, STR_NONE), 0);
    assert_int_equal(arena_add(&arena, "", 0), STR_EMPTY);
    assert_int_equal(arena_intern(&arena, "", 0), STR_EMPTY);
    a = arena_add(&arena, "prod", 4);
    b = arena_add(&arena, "prod", 4);
    assert_true(a > STR_EMPTY && b > STR_EMPTY && a != b);
    with_nul = arena_add(&arena, "a\0b", 3);
    assert_int_equal(arena_len(&arena, with_nul), 3);
    assert_memory_equal(arena_text(&arena, with_nul), "a\0b", 4);
    assert_string_equal(arena_text(&arena, a), "prod");
    arena_done(&arena);
    arena_done(&arena);
    arena_done(NULL);
}

static void test_arena_interns(void **state)
{
    enum { many = 20000 };
    struct arena arena;
    str_ref *refs = xcalloc(many, sizeof(*refs));
    char text[32];

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < many; i++) {
        int len = snprintf(text, sizeof(text), "name %d", i);

        refs[i] = arena_intern(&arena, text, (size_t)len);
    }
    for (int i = 0; i < many; i++) {
        int len = snprintf(text, sizeof(text), "name %d", i);

        assert_int_equal(arena_intern(&arena, text, (size_t)len), refs[i]);
        assert_string_equal(arena_text(&arena, refs[i]), text);
        assert_int_equal(arena_len(&arena, refs[i]), len);
    }
    assert_int_equal(arena.index_len, many);
    /* A string and the same one with a NUL and more behind it are two. */
    assert_true(arena_intern(&arena, "name 1\0x", 8) != refs[1]);
    free(refs);
    arena_done(&arena);
}

static void test_arena_adds_its_own(void **state)
{
    struct arena arena;
    str_ref ref;

    (void)state;
    arena_init(&arena);
    ref = arena_add(&arena, "0123456789abcdef", 16);
    for (int i = 0; i < 1000; i++) {
        ref = arena_add(&arena, arena_text(&arena, ref), 16);
        assert_string_equal(arena_text(&arena, ref), "0123456789abcdef");
    }
    arena_done(&arena);
}

/* What a child says before it ends; returns how it ended. */
static int last_words(bool no_memory, char got[128])
{
    int ends[2];
    int status = 0;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0};

        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        if (no_memory) {
            die_no_memory();
        }
        die("this cannot be.");
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    memset(got, 0, 128);
    assert_true(read(ends[0], got, 127) > 0);
    close(ends[0]);
    return status;
}

static void test_die(void **state)
{
    char got[128];
    int status = last_words(false, got);

    (void)state;
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(got, "portcullis: this cannot be.\n");
    status = last_words(true, got);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
    assert_string_equal(got, "portcullis: there is no memory left.\n");
}

static void test_alloc(void **state)
{
    size_t cap = 0;
    int *items = NULL;
    char *text = xasprintf("%s %d", "n", 7);
    char *part = xstrndup("abcdef", 3);
    char *none = xmalloc(0);

    (void)state;
    assert_string_equal(text, "n 7");
    assert_string_equal(part, "abc");
    assert_non_null(none);
    none = xreallocarray(none, 0, 8);
    assert_non_null(none);
    for (int i = 0; i < 1000; i++) {
        items = xgrow(items, &cap, (size_t)i + 1, sizeof(*items));
        items[i] = i;
    }
    assert_true(cap >= 1000 && cap < 2100);
    assert_int_equal(items[999], 999);
    assert_ptr_equal(xgrow(items, &cap, 5, sizeof(*items)), items);
    xreplace(&text, text + 2); /* a part of itself */
    assert_string_equal(text, "7");
    xreplace(&text, part);
    assert_string_equal(text, "abc");
    free(items);
    free(none);
    free(part);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_adds),        cmocka_unit_test(test_buf_reserve),
        cmocka_unit_test(test_buf_cap),         cmocka_unit_test(test_buf_take),
        cmocka_unit_test(test_buf_grows_large), cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_interns),   cmocka_unit_test(test_arena_adds_its_own),
        cmocka_unit_test(test_alloc),           cmocka_unit_test(test_die),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
