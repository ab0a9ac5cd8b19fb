/* What is on the terminal: text, styles, colours, lines, wide and combined characters, the cursor,
 * and that the last of many resizes counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "terminal/vt.h"
#include "ui/canvas.h"

#include "base/banned.h"

static struct vt *open_show(const char *term, const char *const *env, const char *option)
{
    struct vt_options options = {.term = term, .env = env};
    const char *argv[] = {SHOW, option, NULL};
    struct vt *vt = vt_open(&options, argv);

    vt_wait(vt, "events=0");
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

static void quit(struct vt *vt)
{
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_modes_restored(vt));
    vt_close(vt);
}

static bool indexed(VTermColor colour, int index)
{
    return VTERM_COLOR_IS_INDEXED(&colour) && colour.indexed.idx == index;
}

static bool own_colours(const VTermScreenCell *cell)
{
    return VTERM_COLOR_IS_DEFAULT_FG(&cell->fg) && VTERM_COLOR_IS_DEFAULT_BG(&cell->bg);
}

static void check_text(struct vt *vt)
{
    VTermScreenCell cell;

    vt_assert(vt, vt_find(vt, "size 80x24") == 0);
    cell = vt_cell(vt, 79, 0);
    vt_assert(vt, cell.attrs.reverse);
    cell = vt_cell(vt, 0, 1);
    vt_assert(vt, cell.chars[0] == 'l' && !cell.attrs.bold && !cell.attrs.reverse);
    cell = vt_cell(vt, 0, 6);
    vt_assert(vt, cell.chars[0] == 'e' && cell.chars[1] == 0x301 && cell.attrs.bold);
    cell = vt_cell(vt, 1, 4);
    vt_assert(vt, cell.chars[0] == 0x65e5 && cell.width == 2);
    cell = vt_cell(vt, 2, 4);
    vt_assert(vt, cell.chars[0] == (uint32_t)-1);
    cell = vt_cell(vt, 8, 4);
    vt_assert(vt, cell.chars[0] == '|');
    cell = vt_cell(vt, 4, 6);
    vt_assert(vt, cell.chars[0] == 0x1f680 && cell.width == 2);
    cell = vt_cell(vt, 6, 6);
    vt_assert(vt, cell.chars[0] == '|');
}

static void check_box(struct vt *vt)
{
    vt_assert(vt, vt_cell(vt, 0, 3).chars[0] == 0x250c);
    vt_assert(vt, vt_cell(vt, 11, 3).chars[0] == 0x2510);
    vt_assert(vt, vt_cell(vt, 0, 5).chars[0] == 0x2514);
    vt_assert(vt, vt_cell(vt, 11, 5).chars[0] == 0x2518);
    vt_assert(vt, vt_cell(vt, 0, 4).chars[0] == 0x2502);
    for (int x = 1; x < 11; x++) {
        vt_assert(vt, vt_cell(vt, x, 3).chars[0] == 0x2500);
    }
}

static void test_full_colour(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);
    VTermScreenCell cell;

    (void)state;
    vt_assert(vt, vt_alternate(vt));
    check_text(vt);
    check_box(vt);
    cell = vt_cell(vt, 60, STYLE_BAD);
    vt_assert(vt, indexed(cell.fg, 160) && VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) && cell.attrs.bold);
    cell = vt_cell(vt, 60, STYLE_GOOD);
    vt_assert(vt, indexed(cell.fg, 28));
    cell = vt_cell(vt, 60, STYLE_PROD);
    vt_assert(vt, indexed(cell.fg, 231) && indexed(cell.bg, 160));
    cell = vt_cell(vt, 60, STYLE_NORMAL + 1);
    vt_assert(vt, indexed(cell.fg, 243));
    cell = vt_cell(vt, 30, 10);
    vt_assert(vt, own_colours(&cell));
    vt_assert(vt, vt_find(vt, "foot mouse off") == 23);
    quit(vt);
}

static void test_eight_colours(void **state)
{
    struct vt *vt = open_show("xterm", NULL, NULL);
    VTermScreenCell cell;

    (void)state;
    check_text(vt);
    check_box(vt);
    cell = vt_cell(vt, 60, STYLE_BAD);
    vt_assert(vt, indexed(cell.fg, 1) && VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
    cell = vt_cell(vt, 60, STYLE_GOOD);
    vt_assert(vt, own_colours(&cell));
    quit(vt);
}

static void no_colour_anywhere(struct vt *vt)
{
    check_text(vt);
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < 80; x++) {
            VTermScreenCell cell = vt_cell(vt, x, y);

            vt_assert(vt, own_colours(&cell));
        }
    }
    vt_assert(vt, vt_cell(vt, 60, STYLE_SELECTED).attrs.reverse);
    vt_assert(vt, vt_cell(vt, 60, STYLE_BAD).attrs.bold);
}

static void test_no_colour(void **state)
{
    static const char *const wished[] = {"NO_COLOR=1", NULL};
    static const char *const empty[] = {"NO_COLOR=", NULL};
    struct vt *vt = open_show(NULL, wished, NULL);
    VTermScreenCell cell;

    (void)state;
    no_colour_anywhere(vt);
    quit(vt);
    vt = open_show(NULL, NULL, "--no-color");
    no_colour_anywhere(vt);
    quit(vt);
    vt = open_show(NULL, empty, NULL);
    cell = vt_cell(vt, 60, STYLE_BAD);
    vt_assert(vt, indexed(cell.fg, 160));
    quit(vt);
}

static void test_other_terminals(void **state)
{
    /* xterm-kitty is known or not: then it is taken for what it does as well. */
    static const char *const kinds[] = {
        "tmux-256color",     "screen-256color",      "linux", "vt100", "xterm-kitty",
        "xterm-no-such-one", "rxvt-unicode-256color"};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct vt *vt = open_show(kinds[i], NULL, NULL);

        check_text(vt);
        check_box(vt);
        press(vt, "\033[A", "last=8/");
        press(vt, "\033OB", "last=9/");
        quit(vt);
    }
}

static void test_cursor(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);
    int x, y;

    (void)state;
    vt_assert(vt, !vt_cursor(vt, &x, &y));
    press(vt, "c", "events=1");
    vt_assert(vt, vt_cursor(vt, &x, &y) && x == 5 && y == 4);
    press(vt, "c", "events=2");
    vt_assert(vt, !vt_cursor(vt, &x, &y));
    quit(vt);
    /* Given back with its cursor. */
}

static void test_only_changes_are_sent(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);
    size_t before;

    (void)state;
    press(vt, "j", "events=1");
    before = vt_bytes(vt);
    press(vt, "j", "events=2");
    vt_assert(vt, vt_bytes(vt) - before < 100);
    /* But all of them when asked, and what another program wrote over them is gone. */
    before = vt_bytes(vt);
    press(vt, "r", "events=3");
    vt_assert(vt, vt_sent(vt, before, "size 80x24"));
    quit(vt);
}

/* One that can show a paint as a whole is told where it begins and ends; any other is not, nor one
 * that must not be asked. */
static void test_marks(void **state)
{
    static const char *const off[] = {"PORTCULLIS_SYNC=off", NULL};
    const char *argv[] = {SHOW, NULL};
    struct vt_options options = {.marks = true};
    struct vt *vt = vt_open(&options, argv);
    size_t before;

    (void)state;
    vt_wait(vt, "foot");
    vt_quiet(vt);
    before = vt_bytes(vt);
    press(vt, "j", "events=1");
    vt_assert(vt, vt_sent(vt, before, "\033[?2026h"));
    vt_assert(vt, vt_sent(vt, before, "\033[?2026l"));
    quit(vt);
    vt = open_show(NULL, NULL, NULL);
    press(vt, "j", "events=1");
    vt_assert(vt, vt_sent(vt, 0, "\033[?2026$p"));
    vt_assert(vt, !vt_sent(vt, 0, "\033[?2026h"));
    quit(vt);
    options.env = off;
    vt = vt_open(&options, argv);
    vt_wait(vt, "foot");
    press(vt, "j", "events=1");
    vt_assert(vt, !vt_sent(vt, 0, "2026"));
    vt_assert(vt, !vt_sent(vt, 0, "\033[c"));
    quit(vt);
    vt = open_show("linux", NULL, NULL);
    vt_assert(vt, !vt_sent(vt, 0, "2026"));
    quit(vt);
}

/* The largest that a window can say: what fits is drawn, the rest stays empty. */
static void test_largest_window(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);

    (void)state;
    vt_resize_unseen(vt, 65535, 65535);
    while (!vt_sent(vt, 0, "size 1024x512")) {
        vt_assert(vt, vt_pump(vt, 1000));
    }
    vt_resize(vt, 80, 24);
    vt_wait_row(vt, 0, "size 80x24");
    vt_wait_row(vt, 23, "foot");
    quit(vt);
}

static void test_resize(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);

    (void)state;
    vt_resize(vt, 40, 8);
    vt_wait_row(vt, 0, "size 40x8");
    vt_wait_row(vt, 7, "foot");
    vt_quiet(vt);
    vt_resize(vt, 2, 1);
    vt_quiet(vt);
    vt_resize(vt, 300, 100);
    vt_wait_row(vt, 0, "size 300x100");
    vt_wait_row(vt, 99, "foot");
    quit(vt);
}

static void test_resize_storm(void **state)
{
    struct vt *vt = open_show(NULL, NULL, NULL);

    (void)state;
    for (int round = 0; round < 40; round++) {
        char text[64];
        int width = 60 + round;
        int height = 24 + round % 7;

        for (int i = 0; i < 50; i++) {
            vt_resize(vt, 20 + i * 7 % 120, 5 + i % 20);
            /* Now and then it gets to run in between. */
            if (i % 10 == round % 10) {
                vt_pump(vt, 0);
            }
        }
        vt_resize(vt, width, height);
        snprintf(text, sizeof(text), "size %dx%d", width, height);
        vt_wait_row(vt, 0, text);
        vt_wait_row(vt, height - 1, "foot");
    }
    quit(vt);
}

static void cannot_start(const char *term, const char *says)
{
    struct vt_options options = {.term = term};
    static const char *const argv[] = {SHOW, NULL};
    struct vt *vt = vt_open(&options, argv);

    vt_assert(vt, vt_wait_end(vt) == 3 << 8);
    vt_assert(vt, vt_find(vt, says) >= 0);
    vt_assert(vt, vt_modes_restored(vt));
    vt_assert(vt, !vt_alternate(vt));
    vt_close(vt);
}

static void test_unknown_terminal(void **state)
{
    (void)state;
    cannot_start("no-such-terminal", "\"no-such-terminal\"");
    cannot_start("dumb", "\"dumb\"");
    cannot_start("", "TERM is not set");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_colour),      cmocka_unit_test(test_eight_colours),
        cmocka_unit_test(test_no_colour),        cmocka_unit_test(test_other_terminals),
        cmocka_unit_test(test_cursor),           cmocka_unit_test(test_only_changes_are_sent),
        cmocka_unit_test(test_resize),           cmocka_unit_test(test_marks),
        cmocka_unit_test(test_largest_window),   cmocka_unit_test(test_resize_storm),
        cmocka_unit_test(test_unknown_terminal),
    };

    return cmocka_run_group_tests_name("terminal.screen", tests, NULL, NULL);
}
