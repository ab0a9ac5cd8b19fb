/* A secret on the screen is gone once it is not shown any more: from the terminal and from the
 * memory of the program, whatever curses keeps. */
#include <fcntl.h>
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
#include "terminal/vt.h"

#include "base/banned.h"

#define SECRET "Zq7WvX2kPfG9"
/* Each byte but its last bit: what show takes. */
#define HIDDEN "[p6VwY3jQgF8"
/* Parts this long would be found too. */
#define PART 8
/* Cells of a screen hold a character each, this far apart at most. */
#define STRIDE_MAX 64
/* Larger ones are shadow of the sanitizer. */
#define MAPPING_MAX ((size_t)64 << 20)

static struct vt *open_show(const char *term)
{
    static const char *const env[] = {"SHOW_SECRET=" HIDDEN, NULL};
    static const char *const argv[] = {SHOW, NULL};
    struct vt_options options = {.term = term, .env = env};
    struct vt *vt = vt_open(&options, argv);

    vt_wait(vt, "foot");
    vt_quiet(vt);
    return vt;
}

static void press(struct vt *vt, const char *key, const char *then)
{
    vt_send(vt, key);
    vt_wait(vt, then);
    vt_quiet(vt);
}

/* How often a part of the secret stands in the bytes, one character every `stride` bytes. */
static int count_strided(const char *bytes, size_t len, size_t stride)
{
    int count = 0;

    for (size_t at = 0; at + PART * stride <= len; at++) {
        size_t i = 0;

        if (bytes[at] != SECRET[0]) {
            continue;
        }
        while (i < PART && bytes[at + i * stride] == SECRET[i]) {
            i++;
        }
        count += i == PART;
    }
    return count;
}

static int count_in_mapping(int memory, size_t from, size_t to)
{
    size_t len = to - from;
    char *bytes = xmalloc(len);
    ssize_t got = pread(memory, bytes, len, (off_t)from);
    int count = 0;

    if (got > 0 && memchr(bytes, SECRET[0], (size_t)got) != NULL) {
        for (size_t stride = 1; stride <= STRIDE_MAX; stride++) {
            count += count_strided(bytes, (size_t)got, stride);
        }
    }
    free(bytes);
    return count;
}

/* All that the program can write to. */
static int count_in_memory(struct vt *vt)
{
    char path[64];
    char line[512];
    FILE *maps;
    int memory;
    int count = 0;

    snprintf(path, sizeof(path), "/proc/%d/mem", (int)vt_pid(vt));
    memory = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/%d/maps", (int)vt_pid(vt));
    maps = fopen(path, "re");
    assert_true(memory >= 0 && maps != NULL);
    while (fgets(line, sizeof(line), maps) != NULL) {
        char *end;
        size_t from = strtoul(line, &end, 16);
        size_t to = strtoul(end + 1, &end, 16);

        if (strncmp(end, " rw", 3) == 0 && to - from <= MAPPING_MAX) {
            count += count_in_mapping(memory, from, to);
        }
    }
    fclose(maps);
    close(memory);
    return count;
}

static void test_memory(void **state)
{
    struct vt *vt = open_show(NULL);

    (void)state;
    assert_int_equal(count_in_memory(vt), 0);
    press(vt, "s", "events=1");
    vt_assert(vt, vt_find(vt, SECRET) == 7);
    vt_assert(vt, vt_cell(vt, 10, 7).attrs.bold);
    /* The canvas, as long as it is shown; and nothing else. This also shows that the search finds.
     */
    assert_int_equal(count_in_memory(vt), 1);
    /* Painted again and again it is not in more places. */
    press(vt, "r", "events=2");
    vt_assert(vt, vt_find(vt, SECRET) == 7);
    assert_int_equal(count_in_memory(vt), 1);
    press(vt, "s", "events=3");
    vt_assert(vt, vt_find(vt, SECRET) < 0);
    for (int x = 0; x < 50; x++) {
        uint32_t c = vt_cell(vt, x, 7).chars[0];

        vt_assert(vt, c == ' ' || c == 0);
    }
    assert_int_equal(count_in_memory(vt), 0);
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_close(vt);
}

/* Other cells change round it, it moves with a resize, and its neighbours stay whole. */
static void test_on_screen(void **state)
{
    struct vt *vt = open_show(NULL);
    int x, y;

    (void)state;
    press(vt, "s", "events=1");
    press(vt, "c", "events=2");
    vt_assert(vt, vt_find(vt, SECRET) == 7);
    vt_assert(vt, vt_find(vt, "style07") == 7);
    vt_assert(vt, vt_cursor(vt, &x, &y) && x == 5 && y == 4);
    vt_resize(vt, 16, 10);
    vt_wait_row(vt, 7, "Zq7WvX");
    vt_quiet(vt);
    vt_resize(vt, 100, 20);
    vt_wait_row(vt, 7, SECRET);
    vt_wait_row(vt, 19, "foot");
    vt_resize(vt, 100, 8);
    vt_wait_row(vt, 7, "foot");
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_close(vt);
}

/* What is left on the terminal after the program, on the second screen and on the only one. */
static void leaves_nothing(const char *term, const char *how, int signo)
{
    struct vt *vt = open_show(term);
    size_t before;

    press(vt, "s", "events=1");
    vt_assert(vt, vt_find(vt, SECRET) >= 0);
    before = vt_bytes(vt);
    if (signo != 0) {
        kill(vt_pid(vt), signo);
    } else {
        vt_send(vt, how);
    }
    vt_wait_end(vt);
    vt_assert(vt, vt_find(vt, SECRET) < 0);
    /* Cleared before it is left: some terminals can show the second screen again. */
    vt_assert(vt, vt_sent(vt, before, "\033[H\033[2J") || vt_sent(vt, before, "\033[H\033[J"));
    vt_close(vt);
}

static void test_end(void **state)
{
    (void)state;
    leaves_nothing(NULL, "q", 0);
    leaves_nothing(NULL, NULL, SIGTERM);
    leaves_nothing("linux", "q", 0);
    leaves_nothing("linux", NULL, SIGHUP);
    leaves_nothing("vt100", "q", 0);
    leaves_nothing("xterm", NULL, SIGABRT);
    leaves_nothing("linux", NULL, SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_on_screen),
        cmocka_unit_test(test_end),
    };

    return cmocka_run_group_tests_name("terminal.secret", tests, NULL, NULL);
}
