/* What a paint sends: after any number of them the terminal shows what one whole paint shows, and
 * no cell goes out that did not change. PAINT_SEED chooses other paints. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/term_diff.h"
#include "ui/term_info.h"

#include "base/banned.h"

#define PAINTS 10000
/* A whole paint beside the partial ones, every so many. */
#define LOOK_EVERY 10

struct glass {
    VTerm *vterm;
    VTermScreen *screen;
    VTermPos cursor;
    bool cursor_shown;
};

static uint64_t seed;

static int next(int below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)((seed >> 33) % (uint64_t)below);
}

static int on_property(VTermProp property, VTermValue *value, void *ctx)
{
    struct glass *glass = ctx;

    if (property == VTERM_PROP_CURSORVISIBLE) {
        glass->cursor_shown = value->boolean != 0;
    }
    return 1;
}

static int on_cursor(VTermPos now, VTermPos before, int shown, void *ctx)
{
    struct glass *glass = ctx;

    (void)before;
    (void)shown;
    glass->cursor = now;
    return 1;
}

static const VTermScreenCallbacks CALLBACKS = {.settermprop = on_property, .movecursor = on_cursor};

static void glass_open(struct glass *glass, int width, int height)
{
    *glass = (struct glass){.cursor_shown = true, .vterm = vterm_new(height, width)};
    vterm_set_utf8(glass->vterm, 1);
    glass->screen = vterm_obtain_screen(glass->vterm);
    vterm_screen_set_callbacks(glass->screen, &CALLBACKS, glass);
    vterm_screen_reset(glass->screen, 1);
}

static void glass_show(struct glass *glass, const struct buf *bytes)
{
    vterm_input_write(glass->vterm, bytes->data, bytes->len);
    vterm_screen_flush_damage(glass->screen);
}

static VTermScreenCell glass_cell(const struct glass *glass, int x, int y)
{
    VTermScreenCell cell = {0};

    vterm_screen_get_cell(glass->screen, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

/* A blank may be one that was written or one that was erased. */
static bool same_cell(VTermScreenCell a, VTermScreenCell b)
{
    uint32_t one = a.chars[0] == 0 ? ' ' : a.chars[0];
    uint32_t other = b.chars[0] == 0 ? ' ' : b.chars[0];
    bool blank = one == ' ' && other == ' ' && !a.attrs.reverse && !b.attrs.reverse &&
                 !a.attrs.underline && !b.attrs.underline;

    if (one == (uint32_t)-1 && other == (uint32_t)-1) {
        return true; /* the right half of what was compared before it */
    }
    if (!vterm_color_is_equal(&a.bg, &b.bg)) {
        return false;
    }
    return blank || (one == other &&
                     memcmp(a.chars + 1, b.chars + 1, sizeof(a.chars) - sizeof(a.chars[0])) == 0 &&
                     a.width == b.width && a.attrs.bold == b.attrs.bold &&
                     a.attrs.reverse == b.attrs.reverse && a.attrs.underline == b.attrs.underline &&
                     vterm_color_is_equal(&a.fg, &b.fg));
}

static void compare(const struct glass *glass, const struct glass *whole,
                    const struct canvas *canvas, int paint)
{
    int width = canvas_width(canvas);
    int height = canvas_height(canvas);
    int cursor_x, cursor_y;

    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            VTermScreenCell a = glass_cell(glass, x, y);
            VTermScreenCell b = glass_cell(whole, x, y);

            if (!same_cell(a, b)) {
                fail_msg("paint %d: cell %d,%d is %x and should be %x", paint, x, y, a.chars[0],
                         b.chars[0]);
            }
        }
    }
    assert_int_equal(glass->cursor_shown, whole->cursor_shown);
    /* Where it cannot be hidden it stands anywhere. */
    if (canvas_cursor_at(canvas, &cursor_x, &cursor_y)) {
        assert_int_equal(glass->cursor.row, whole->cursor.row);
        assert_int_equal(glass->cursor.col, whole->cursor.col);
    }
}

static const char *const PIECES[] = {
    " ",
    "  ",
    "          ",
    "                         ",
    "a",
    "word",
    "portcullis",
    "\xc3\xa9t\xc3\xa9",
    "e\xcc\x81",                            /* a combining mark */
    "\xd0\xb8\xcc\x86\xcc\x81",             /* two on a letter of two bytes */
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", /* wide */
    "\xe6\x97\xa5",
    "\xf0\x9f\x9a\x80",
    "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80",
    "x\xe6\x9c\xacx",
};

static void draw_something(struct canvas *canvas)
{
    int width = canvas_width(canvas);
    int height = canvas_height(canvas);
    int x = next(width + 4) - 4;
    int y = next(height);
    enum style style = (enum style)next(STYLE_COUNT);

    switch (next(8)) {
    case 0:
        canvas_fill(canvas, (struct rect){x, y, 1 + next(width), 1 + next(3)}, style);
        break;
    case 1:
        canvas_fill(canvas, (struct rect){0, y, width, 1}, style);
        break;
    case 2:
        canvas_box(canvas, (struct rect){x, y, 2 + next(12), 2 + next(5)});
        break;
    case 3:
        canvas_cursor(canvas, next(width), y);
        break;
    default:
        canvas_text(canvas, x, y, PIECES[next((int)(sizeof(PIECES) / sizeof(PIECES[0])))], style);
        break;
    }
}

static struct buf painted(struct term_diff *diff, const struct canvas *canvas, int width,
                          int height)
{
    struct buf out;

    buf_init(&out, 0);
    term_diff_paint(diff, canvas, width, height, &out);
    return out;
}

static void paint_whole(const struct term_info *info, const struct canvas *canvas, int width,
                        int height, struct glass *glass)
{
    struct term_diff *diff = term_diff_new(info);
    struct buf out = painted(diff, canvas, width, height);

    glass_open(glass, width, height);
    glass_show(glass, &out);
    buf_done(&out);
    term_diff_free(diff);
}

/* Partial paints of a size, each of some changes; now and then all is cleared, or lost. */
static void many_paints(const struct term_info *info, int width, int height, int paints)
{
    struct canvas *canvas = canvas_new(width, height);
    struct term_diff *diff = term_diff_new(info);
    struct glass glass;

    glass_open(&glass, width, height);
    for (int paint = 0; paint < paints; paint++) {
        struct buf out;

        if (next(40) == 0) {
            canvas_clear(canvas);
        }
        if (next(500) == 0) {
            term_diff_lost(diff);
        }
        for (int i = next(6); i > 0; i--) {
            draw_something(canvas);
        }
        out = painted(diff, canvas, width, height);
        glass_show(&glass, &out);
        buf_done(&out);
        if (paint % LOOK_EVERY == 0 || paint + 1 == paints) {
            struct glass whole;

            paint_whole(info, canvas, width, height, &whole);
            compare(&glass, &whole, canvas, paint);
            vterm_free(whole.vterm);
        }
    }
    vterm_free(glass.vterm);
    term_diff_free(diff);
    canvas_free(canvas);
}

static void start_seed(uint64_t number)
{
    const char *other = getenv("PAINT_SEED");

    seed = (other != NULL ? strtoull(other, NULL, 10) : number) * 0x9e3779b97f4a7c15u + 1;
}

static void test_many_paints(void **state)
{
    static const int colours[] = {256, 8, 0};

    (void)state;
    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
        struct term_info info;

        start_seed(i + 1);
        term_info_init_ansi(&info, colours[i]);
        many_paints(&info, 80, 24, colours[i] == 256 ? PAINTS : PAINTS / 5);
        many_paints(&info, 7, 3, PAINTS / 5);
        term_info_done(&info);
    }
}

/* Terminals of terminfo; "ansi" has its strings alone, since some of them are not the usual ones.
 */
static void test_kinds(void **state)
{
    static const char *const kinds[] = {"xterm-256color", "xterm-16color", "linux",
                                        "vt100",          "tmux-256color", "rxvt-unicode",
                                        "ansi",           "screen",        "xterm-mono"};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct term_info info;
        struct err err = {0};

        setenv("TERM", kinds[i], 1);
        if (!term_info_init(&info, true, &err)) {
            continue; /* not every system knows all of them */
        }
        start_seed(i + 1);
        many_paints(&info, 80, 24, PAINTS / 20);
        term_info_done(&info);
    }
}

/* -- what goes out -- */

/* Cells that bytes write, whatever they say besides. */
static int cells_written(const struct buf *out)
{
    int cells = 0;

    for (size_t i = 0; i < out->len; i++) {
        unsigned char byte = (unsigned char)out->data[i];

        if (byte == 0x1b) {
            i += 2; /* CSI */
            while (i < out->len && ((unsigned char)out->data[i] < 0x40)) {
                i++;
            }
        } else if (byte >= ' ' && (byte & 0xc0) != 0x80) {
            cells++;
        }
    }
    return cells;
}

static int cells_changed(const struct canvas *before, const struct canvas *now)
{
    int count = 0;

    for (int y = 0; y < canvas_height(now); y++) {
        for (int x = 0; x < canvas_width(now); x++) {
            const struct canvas_cell *cell = &canvas_row(now, y)[x];

            count += memcmp(&canvas_row(before, y)[x], cell, sizeof(*cell)) == 0 ? 0 : 1;
        }
    }
    return count;
}

/* A table and a bar that moves over it. */
static void draw_table(struct canvas *canvas, int bar)
{
    canvas_clear(canvas);
    for (int y = 0; y < canvas_height(canvas); y++) {
        enum style style = y == bar ? STYLE_SELECTED : y % 3 == 0 ? STYLE_WARN : STYLE_NORMAL;

        if (y == bar) {
            canvas_fill(canvas, (struct rect){0, y, canvas_width(canvas), 1}, style);
        }
        canvas_textf(canvas, 1, y, style, "row %d", y);
        canvas_text(canvas, 40, y, "the same in all of them", style);
    }
}

static void test_a_move_sends_what_changed(void **state)
{
    struct term_info info;
    struct canvas *before = canvas_new(80, 24);
    struct canvas *now = canvas_new(80, 24);
    struct term_diff *diff;
    struct buf out;

    (void)state;
    term_info_init_ansi(&info, 256);
    diff = term_diff_new(&info);
    draw_table(before, 3);
    out = painted(diff, before, 80, 24);
    buf_done(&out);
    for (int bar = 4; bar < 20; bar++) {
        draw_table(now, bar);
        out = painted(diff, now, 80, 24);
        assert_true(cells_written(&out) <= cells_changed(before, now));
        buf_done(&out);
        draw_table(before, bar);
    }
    /* The same again: nothing at all. */
    out = painted(diff, now, 80, 24);
    assert_int_equal(out.len, 0);
    buf_done(&out);
    term_diff_free(diff);
    term_info_done(&info);
    canvas_free(before);
    canvas_free(now);
}

/* A secret is sent, but not kept. */
static void test_a_secret_is_not_kept(void **state)
{
    struct term_info info;
    struct canvas *canvas = canvas_new(40, 5);
    struct term_diff *diff;
    struct buf out;

    (void)state;
    term_info_init_ansi(&info, 256);
    diff = term_diff_new(&info);
    canvas_text(canvas, 3, 2, "hidden", STYLE_SECRET);
    for (int i = 0; i < 2; i++) {
        out = painted(diff, canvas, 40, 5);
        assert_non_null(strstr(out.data, "hidden"));
        buf_done(&out);
    }
    canvas_clear(canvas);
    out = painted(diff, canvas, 40, 5);
    assert_true(out.len > 0);
    buf_done(&out);
    out = painted(diff, canvas, 40, 5);
    assert_int_equal(out.len, 0);
    buf_done(&out);
    term_diff_free(diff);
    term_info_done(&info);
    canvas_free(canvas);
}

/* A wide character that is younger than the tables of a terminal, which gives it one cell: what
 * stood in the other does not stay. */
static void test_nothing_stays_behind_a_wide_character(void **state)
{
    struct term_info info;
    struct canvas *canvas = canvas_new(20, 2);
    struct term_diff *diff;
    struct glass glass;
    struct buf out;

    (void)state;
    term_info_init_ansi(&info, 256);
    diff = term_diff_new(&info);
    glass_open(&glass, 20, 2);
    canvas_text(canvas, 2, 1, "::::", STYLE_NORMAL);
    out = painted(diff, canvas, 20, 2);
    glass_show(&glass, &out);
    buf_done(&out);
    canvas_text(canvas, 3, 1, "\xf0\x9f\xa7\x91", STYLE_NORMAL);
    out = painted(diff, canvas, 20, 2);
    glass_show(&glass, &out);
    buf_done(&out);
    assert_int_equal(glass_cell(&glass, 2, 1).chars[0], ':');
    assert_int_not_equal(glass_cell(&glass, 4, 1).chars[0], ':');
    assert_int_equal(glass_cell(&glass, 5, 1).chars[0], ':');
    vterm_free(glass.vterm);
    term_diff_free(diff);
    term_info_done(&info);
    canvas_free(canvas);
}

/* A canvas of another size than the terminal, in the turn between the two. */
static void test_other_sizes(void **state)
{
    struct term_info info;
    struct term_diff *diff;

    (void)state;
    term_info_init_ansi(&info, 256);
    diff = term_diff_new(&info);
    start_seed(9);
    for (int i = 0; i < 300; i++) {
        struct canvas *canvas = canvas_new(1 + next(120), 1 + next(40));
        int width = 2 + next(120);
        int height = 1 + next(40);
        struct glass glass;
        struct buf out;

        for (int n = 0; n < 30; n++) {
            draw_something(canvas);
        }
        out = painted(diff, canvas, width, height);
        glass_open(&glass, width, height);
        glass_show(&glass, &out);
        buf_done(&out);
        vterm_free(glass.vterm);
        canvas_free(canvas);
    }
    term_diff_free(diff);
    term_info_done(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_paints),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_a_move_sends_what_changed),
        cmocka_unit_test(test_a_secret_is_not_kept),
        cmocka_unit_test(test_nothing_stays_behind_a_wide_character),
        cmocka_unit_test(test_other_sizes),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests_name("terminal.paint", tests, NULL, NULL);
}
