/* What the real console sends when a cursor moves, against what changed on the screen; that what is
 * painted bit by bit, and kept in between, is what a paint of the whole would be; the same inside a
 * real tmux. Nothing here is a matter of time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "support/sandbox.h"
#include "terminal/vt.h"

#include "base/banned.h"

#define TMUX "/usr/bin/tmux"
#define MOVES 24
#define KEYS 400

struct console {
    struct sandbox_process *sandbox;
    struct vt *vt;
    char *env[4];
    int width, height;
};

static void wait_loaded(struct vt *vt)
{
    vt_wait(vt, "data <1m");
    vt_send(vt, "4");
    vt_wait(vt, "> Keys");
    vt_wait_gone(vt, "so far");
    vt_wait_gone(vt, "Esc stops");
    vt_quiet(vt);
}

static void open_vt(struct console *console, const char *const *argv)
{
    struct vt_options options = {.width = console->width,
                                 .height = console->height,
                                 .env = (const char *const *)console->env};

    console->vt = vt_open(&options, argv);
}

static struct console start(int width, int height)
{
    static const char *const seed[] = {"--seed", "demo", NULL};
    static const char *const argv[] = {PORTCULLIS, NULL};
    struct console console = {.sandbox = sandbox_start(seed), .width = width, .height = height};

    console.env[0] = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(console.sandbox));
    console.env[1] = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(console.sandbox, 0));
    open_vt(&console, argv);
    wait_loaded(console.vt);
    return console;
}

static void finish(struct console *console)
{
    vt_close(console->vt);
    sandbox_stop(console->sandbox);
    for (size_t i = 0; i < sizeof(console->env) / sizeof(console->env[0]); i++) {
        free(console->env[i]);
    }
}

/* -- what is on the screen -- */

static VTermScreenCell *screen_of(const struct console *console)
{
    VTermScreenCell *cells =
        xcalloc((size_t)console->width * (size_t)console->height, sizeof(*cells));

    for (int y = 0; y < console->height; y++) {
        for (int x = 0; x < console->width; x++) {
            cells[y * console->width + x] = vt_cell(console->vt, x, y);
        }
    }
    return cells;
}

/* A blank that was erased is one that was written. */
static bool same(const VTermScreenCell *a, const VTermScreenCell *b)
{
    uint32_t one = a->chars[0] == 0 ? ' ' : a->chars[0];
    uint32_t other = b->chars[0] == 0 ? ' ' : b->chars[0];
    bool alike = one == other && a->attrs.reverse == b->attrs.reverse &&
                 a->attrs.underline == b->attrs.underline && vterm_color_is_equal(&a->bg, &b->bg);

    if (one == (uint32_t)-1 && other == (uint32_t)-1) {
        return true; /* the right half of what is compared before it */
    }
    if (one == ' ' && !a->attrs.reverse && !a->attrs.underline) {
        return alike;
    }
    return alike && memcmp(a->chars + 1, b->chars + 1, sizeof(a->chars) - sizeof(*a->chars)) == 0 &&
           a->attrs.bold == b->attrs.bold && vterm_color_is_equal(&a->fg, &b->fg);
}

/* -- what was sent -- */

/* Where the terminal stands while it reads. */
struct pen {
    int x, y;
    bool *written;
};

/* The number at this place of a sequence, 1 where it is left out. */
static int number_at(const char **at)
{
    char *end;
    long number = strtol(*at, &end, 10);

    *at = *end == ';' ? end + 1 : end;
    return number < 1 ? 1 : (int)number;
}

/* Returns the bytes of a sequence; modes and styles move nothing. */
static size_t follow_sequence(struct pen *pen, const char *bytes)
{
    const char *at = bytes + 2;
    size_t len = 2 + strcspn(at, "ABCDEFGHJKXhlmur$") + 1;
    int first = number_at(&at);
    int second = number_at(&at);

    switch (bytes[len - 1]) {
    case 'H':
        pen->y = first - 1;
        pen->x = second - 1;
        break;
    case 'G':
        pen->x = first - 1;
        break;
    case 'C':
        pen->x += first;
        break;
    case 'D':
        pen->x -= first;
        break;
    default:
        break;
    }
    return len;
}

static size_t follow_text(const struct console *console, struct pen *pen, const char *bytes)
{
    unsigned char first = (unsigned char)bytes[0];
    int columns = vt_cell(console->vt, pen->x, pen->y).width;

    if (pen->x >= 0 && pen->x < console->width && pen->y >= 0 && pen->y < console->height) {
        pen->written[pen->y * console->width + pen->x] = true;
    }
    pen->x += columns > 1 ? columns : 1;
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Which cells the bytes from `from` on write: all that they say besides is where and how. */
static void follow(const struct console *console, size_t from, bool *written)
{
    const char *bytes = vt_output(console->vt, from);
    const char *end = bytes + vt_bytes(console->vt) - from;
    struct pen pen = {-1, -1, written};

    while (bytes < end) {
        if (*bytes == '\033') {
            bytes += follow_sequence(&pen, bytes);
        } else if (*bytes == '\n') {
            pen.y++;
            bytes++;
        } else if (*bytes == '\r') {
            pen.x = 0;
            bytes++;
        } else if (*bytes == '\b') {
            pen.x--;
            bytes++;
        } else {
            bytes += follow_text(console, &pen, bytes);
        }
    }
}

/* One write for a key: how often it wrote so far; -1: that is not told to us. */
static long writes_of(const struct vt *vt)
{
    char *path = xasprintf("/proc/%d/io", (int)vt_pid(vt));
    FILE *file = fopen(path, "re");
    char line[128];
    long count = -1;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "syscw:", 6) == 0) {
            count = strtol(line + 6, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    return count;
}

static void move_once(const struct console *console, const char *key)
{
    struct vt *vt = console->vt;
    size_t count = (size_t)console->width * (size_t)console->height;
    VTermScreenCell *before = screen_of(console);
    size_t from = vt_bytes(vt);
    long writes = writes_of(vt);
    bool *written = xcalloc(count, sizeof(*written));
    VTermScreenCell *now;

    vt_send(vt, key);
    while (vt_bytes(vt) == from && vt_pump(vt, 1000)) {
    }
    vt_quiet(vt);
    vt_assert(vt, writes < 0 || writes_of(vt) == writes + 1);
    now = screen_of(console);
    follow(console, from, written);
    for (size_t i = 0; i < count; i++) {
        if (written[i] && same(&before[i], &now[i])) {
            fprintf(stderr, "cell %zu,%zu was sent and is as it was\n", i % (size_t)console->width,
                    i / (size_t)console->width);
            vt_assert(vt, !written[i]);
        }
    }
    free(before);
    free(now);
    free(written);
}

static void test_a_move_sends_no_cell_that_did_not_change(void **state)
{
    static const int sizes[][2] = {{80, 24}, {140, 40}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct console console = start(sizes[i][0], sizes[i][1]);

        for (int zoomed = 0; zoomed < 2; zoomed++) {
            /* The first move may find a sentence there that it takes away. */
            for (int move = 0; move < MOVES; move++) {
                move_once(&console, move < MOVES / 2 ? "j" : "k");
            }
            vt_send(console.vt, "w");
            vt_quiet(console.vt);
        }
        finish(&console);
    }
}

/* -- bit by bit, and as a whole -- */

static uint64_t seed;

static unsigned next(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % below;
}

/* Esc as a sequence of its own: by itself it is waited for what may follow it. */
static void press_any(struct vt *vt)
{
    static const char *const keys[] = {
        "j", "k", "j", "k",  "G",      "g",      "\033[6~", "\033[5~", " ", "w",  "S",        "s",
        "2", "3", "4", "\t", "\033OC", "\033OD", "/g",      "/e",      "?", "\r", "\033[27u", "c"};

    vt_send(vt, keys[next((unsigned)(sizeof(keys) / sizeof(*keys)))]);
    vt_quiet(vt);
}

/* Until what was asked for came: it paints the whole screen, after all that was typed before. */
static VTermScreenCell *painted(const struct console *console, size_t from)
{
    while (vt_bytes(console->vt) == from && vt_pump(console->vt, 1000)) {
    }
    vt_quiet(console->vt);
    return screen_of(console);
}

static VTermScreenCell *resized(const struct console *console, int width)
{
    size_t from = vt_bytes(console->vt);

    vt_resize(console->vt, width, console->height);
    return painted(console, from);
}

/* A window of another width forgets what was kept, and so does what is drawn when it is as before.
 */
static void test_what_is_kept_is_what_would_be_drawn(void **state)
{
    struct console console = start(140, 40);
    const char *other = getenv("MOVES_SEED");

    (void)state;
    seed = (other != NULL ? strtoull(other, NULL, 10) : 1) * 0x9e3779b97f4a7c15u + 1;
    for (int key = 0; key < KEYS; key++) {
        VTermScreenCell *kept, *drawn;
        size_t from;

        press_any(console.vt);
        if (key % 8 != 0) {
            continue;
        }
        from = vt_bytes(console.vt);
        vt_send(console.vt, "\f");
        kept = painted(&console, from);
        free(resized(&console, console.width + 1));
        drawn = resized(&console, console.width);
        /* The first line has the time. */
        for (int i = console.width; i < console.width * console.height; i++) {
            if (!same(&kept[i], &drawn[i])) {
                fprintf(stderr, "key %d: cell %d,%d was not as it is drawn anew\n", key,
                        i % console.width, i / console.width);
                vt_assert(console.vt, same(&kept[i], &drawn[i]));
            }
        }
        free(kept);
        free(drawn);
    }
    finish(&console);
}

/* -- inside tmux -- */

/* Every row but the first, which has the time, as text. */
static char *rows_of(const struct console *console)
{
    struct buf out;

    buf_init(&out, 0);
    for (int y = 1; y < console->height; y++) {
        buf_adds(&out, vt_row(console->vt, y));
        buf_addc(&out, '\n');
    }
    return buf_take(&out);
}

static void test_tmux_shows_the_same(void **state)
{
    static const char *const argv[] = {TMUX, "-f",  "/dev/null", "new-session", PORTCULLIS,
                                       ";",  "set", "status",    "off",         NULL};
    struct console plain, inside;

    (void)state;
    if (access(TMUX, X_OK) != 0) {
        print_message("tmux is not installed here: not looked at\n");
        skip();
    }
    plain = start(80, 24);
    inside = plain;
    inside.env[2] = xasprintf("TMUX_TMPDIR=%s", vt_home(plain.vt));
    open_vt(&inside, argv);
    wait_loaded(inside.vt);
    for (int move = 0; move < MOVES; move++) {
        int64_t end = clock_mono_ms() + VT_DEADLINE_MS;
        char *expected, *shown;

        vt_send(plain.vt, move % 5 == 4 ? "k" : "j");
        vt_send(inside.vt, move % 5 == 4 ? "k" : "j");
        vt_quiet(plain.vt);
        expected = rows_of(&plain);
        /* tmux paints when it comes to it. */
        for (shown = rows_of(&inside); strcmp(shown, expected) != 0 && clock_mono_ms() < end;
             shown = rows_of(&inside)) {
            free(shown);
            vt_pump(inside.vt, 50);
        }
        assert_string_equal(shown, expected);
        free(shown);
        free(expected);
    }
    /* The console ends, and with it the session and its server. */
    vt_send(inside.vt, "\033[21~");
    vt_assert(inside.vt, vt_wait_end(inside.vt) == 0);
    vt_close(inside.vt);
    plain.env[2] = inside.env[2];
    finish(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_move_sends_no_cell_that_did_not_change),
        cmocka_unit_test(test_what_is_kept_is_what_would_be_drawn),
        cmocka_unit_test(test_tmux_shows_the_same),
    };

    return cmocka_run_group_tests_name("terminal.moves", tests, NULL, NULL);
}
