/* Bytes to events, the clipboard's bytes, and that colours can be read: no terminal is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "ui/term_clipboard.h"
#include "ui/term_input.h"
#include "ui/term_look.h"

#include "base/banned.h"

static const char *const NAMES[] = {
    "char",   "enter", "esc",  "tab",  "backtab", "backspace", "delete",
    "insert", "up",    "down", "left", "right",   "home",      "end",
    "pgup",   "pgdn",  "f",    "ctrl", "paste",   "mouse",     "alt",
};

/* Each event as a word: up, f12, char:x, ctrl:a, alt:x, alt#13, paste:[...], mouse:1@3,4. */
static void on_event(void *ctx, const struct ui_event *event)
{
    struct buf *story = ctx;

    buf_addf(story, "%s%s", story->len > 0 ? " " : "", NAMES[event->key]);
    if (event->key == UI_KEY_ALT) {
        buf_addf(story, event->text[0] != '\0' ? ":%s" : "#%.0s%d", event->text, event->number);
    } else if (event->key == UI_KEY_CHAR) {
        buf_addf(story, ":%s", event->text);
    } else if (event->key == UI_KEY_F) {
        buf_addf(story, "%d", event->number);
    } else if (event->key == UI_KEY_CTRL) {
        buf_addf(story, ":%c", event->number);
    } else if (event->key == UI_KEY_PASTE) {
        buf_addf(story, ":[%s]", event->text);
    } else if (event->key == UI_KEY_MOUSE) {
        buf_addf(story, ":%d@%d,%d", event->number, event->x, event->y);
    }
}

static const struct {
    const char *bytes;
    const char *story;
} CASES[] = {
    {"q", "char:q"},
    {"a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x9a\x80", "char:a char:\xc3\xa9 char:\xe6\x97\xa5 "
                                              "char:\xf0\x9f\x9a\x80"},
    {"\r\n\t\x7f\b", "enter enter tab backspace backspace"},
    {"\x01\x1a\x03\x1c", "ctrl:a ctrl:z ctrl:c ctrl:\\"},
    {"\x1d\x1e\x1f", ""},
    {"\033[A\033[B\033[C\033[D\033[H\033[F", "up down right left home end"},
    {"\033OA\033OB\033OC\033OD\033OH\033OF", "up down right left home end"},
    {"\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
     "home insert delete end pgup pgdn home end"},
    {"\033OP\033OQ\033OR\033OS\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~",
     "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12"},
    {"\033[11~\033[14~\033[[A\033[[E", "f1 f4 f1 f5"},
    {"\033[Z\033[1;5A\033[3;2~\033Oa\033[b\033[5^", "backtab up delete up down pgup"},
    {"\033OM\033Oq\033Ow", "enter end home"},
    /* Alt with a key is a key of its own, never Esc and the key. */
    {"\033q\033D\0331\033\xc3\xa9", "alt:q alt:D alt:1 alt:\xc3\xa9"},
    {"\033\033[A\033\033OB\033\033q", "up down esc alt:q"},
    {"\033\r\033\x7f\033\x03", "alt#13 alt#127 alt#3"},
    /* Keys as kitty's protocol reports them, */
    {"\033[27u\033[13u\033[9u\033[127u\033[9;2u", "esc enter tab backspace backtab"},
    {"\033[97u\033[97;2u\033[97:65;2u\033[233u", "char:a char:A char:A char:\xc3\xa9"},
    {"\033[97;5u\033[99;5u\033[92;5u\033[91;5u\033[105;5u\033[109;5u\033[104;5u",
     "ctrl:a ctrl:c ctrl:\\ esc tab enter backspace"},
    {"\033[113;3u\033[113;4u\033[13;3u\033[27;3u", "alt:q alt:Q alt#13 alt#27"},
    {"\033[97;;98u\033[49:33;2u\033[49;2;33u", "char:b char:! char:!"},
    {"\033[1089::99;5u\033[1089;5u", "ctrl:c"},
    {"\033[97;1:1u\033[97;1:2u\033[97;1:3u\033[27;1:3u", "char:a char:a"},
    {"\033[1;1:3A\033[1;1:1A\033[5;1:3~\033[5;1:2~", "up pgup"},
    {"\033[97;9u\033[57441;2u\033[57358u\033[0u\033[2097151u\033[55296u\033[u", ""},
    {"\033[57399u\033[57414u\033[57419u\033[57426u\033[57413u\033[97;65u\033[97;129u",
     "char:0 enter up delete char:+ char:A char:a"},
    {"\033[13~\033[P\033[1;5S", "f3 f1 f4"},
    /* and as xterm's modifyOtherKeys does. */
    {"\033[27;5;97~\033[27;5;99~\033[27;2;65~\033[27;2;33~\033[27;3;120~",
     "ctrl:a ctrl:c char:A char:! alt:x"},
    {"\033[27;2;13~\033[27;5;9~\033[27;2;9~\033[27;5;27~\033[27;3;13~",
     "enter tab backtab esc alt#13"},
    {"\033[27;6;99~\033[27;5;49~", ""},
    /* What nobody asked for, and what is cut short by a new one, is no key. */
    {"\033[I\033[O\033[?1;2c\033[12;40R\033[1;1R\033[1;5Rx", "char:x"},
    {"\033[?2026;2$y\033[4;1$y\033[>41;354;0c\033[?5u\033[8;24;80t\033[0n\033[?997;1nx", "char:x"},
    {"\033X a\033\\\033^ b\033\\\033_Gi=1;OK\033\\\033P>|xterm(379)\033\\x", "char:x"},
    {"\xc2\x9b"
     "?1;2cx\x9b"
     "?64;4cx\x9d"
     "11;rgb:0/0/0\ax\xc2\x90"
     "1$r0m\033\\x\x8f"
     "Ax",
     "char:x char:x char:x char:x up char:x"},
    {"\033[>1;2;3mx\033[999999999999999999~x\033[1;\033[Ax", "char:x char:x up char:x"},
    {"\033[1 q\033[123456789012345678901234567890123456789012345Ax", "char:x"},
    {"\033]11;rgb:0000/0000/0000\033\\x\033]52;c;cQ==\ax\033P1$r0m\033\\x", "char:x char:x char:x"},
    {"\033[\x18x\033[1\x1ax", "char:x char:x"},
    /* Broken and controlling UTF-8. */
    {"\xff\xc0\x80x\xe6\x97x\xc2\x9b"
     "Ax\xed\xa0\x80x\xf5x",
     "char:x char:x up char:x char:x char:x"},
    /* The mouse: press and wheel, nothing else; an old report's bytes are no keys. */
    {"\033[<0;3;5M\033[<0;3;5m\033[<64;1;1M\033[<65;200;99M", "mouse:1@2,4 mouse:4@0,0 "
                                                              "mouse:5@199,98"},
    {"\033[<2;3;5M\033[<35;3;5M\033[<0;0;0M\033[<0M\033[<99999999;9;9M", ""},
    {"\033[MqX!x", "char:x"},
    /* A paste is data whatever is in it. */
    {"\033[200~q\r\nX\rD\x03\033[A\033[201~q", "paste:[q\nX\nD\x03\033[A] char:q"},
    {"\033[200~sk-live\r\n\r\033[201~\033[200~\r\033[201~x", "paste:[sk-live] char:x"},
    {"\033[200~\033[20\033[201\033[201~x\033[201~x", "paste:[\033[20\033[201] char:x char:x"},
};

static char *decoded(const char *bytes, size_t len, size_t step)
{
    struct buf story;
    struct term_input *input;
    char *text;

    buf_init(&story, 0);
    input = term_input_new(on_event, &story);
    for (size_t at = 0; at < len; at += step) {
        term_input_feed(input, bytes + at, len - at < step ? len - at : step);
    }
    term_input_free(input);
    text = xstrdup(story.data);
    buf_done(&story);
    return text;
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        size_t len = strlen(CASES[i].bytes);

        /* However the bytes are cut. */
        for (size_t step = 1; step <= len; step++) {
            char *story = decoded(CASES[i].bytes, len, step);

            assert_string_equal(story, CASES[i].story);
            free(story);
        }
    }
}

static void test_nul(void **state)
{
    static const char bytes[] = "a\0b\033[200~x\0y\033[201~";
    char *story = decoded(bytes, sizeof(bytes) - 1, 3);

    (void)state;
    assert_string_equal(story, "char:a char:b paste:[xy]");
    free(story);
}

/* After the silence the story is told, and what then follows is dropped or not. */
static void expect_wait(const char *bytes, int ms, const char *after, bool drops)
{
    struct buf story;
    struct term_input *input;

    buf_init(&story, 0);
    input = term_input_new(on_event, &story);
    term_input_feed(input, bytes, strlen(bytes));
    assert_int_equal(term_input_wait_ms(input), ms);
    assert_string_equal(story.data, "");
    term_input_timeout(input);
    assert_string_equal(story.data, after);
    assert_int_equal(term_input_wait_ms(input), drops ? 200 : 0);
    if (drops) {
        term_input_feed(input, "q\033[A\r", 5);
        assert_string_equal(story.data, after);
        assert_int_equal(term_input_wait_ms(input), 200);
        term_input_timeout(input);
        assert_int_equal(term_input_wait_ms(input), 0);
    }
    buf_clear(&story);
    term_input_feed(input, "x", 1);
    assert_string_equal(story.data, "char:x");
    term_input_free(input);
    buf_done(&story);
}

static void test_waiting(void **state)
{
    (void)state;
    expect_wait("", 0, "", false);
    expect_wait("\033", 25, "esc", false);
    expect_wait("\033\033", 25, "esc esc", false);
    /* Alt with what could have opened a sequence. */
    expect_wait("\033[", 500, "alt:[", false);
    expect_wait("\033O", 500, "alt:O", false);
    expect_wait("\033P", 500, "alt:P", false);
    expect_wait("\033]", 500, "alt:]", false);
    /* What breaks off: its rest would be keys. */
    expect_wait("\033[1;", 500, "", true);
    expect_wait("\033[?2026", 500, "", true);
    expect_wait("\033]11;", 1000, "", true);
    expect_wait("\033P1$r\033", 1000, "", true);
    expect_wait("\033[Mq", 500, "", true);
    expect_wait("\xe6\x97", 500, "", false);
    /* A paste without an end. */
    expect_wait("\033[200~abc", 1000, "paste:[abc]", true);
    expect_wait("\033[200~abc\033[20", 1000, "paste:[abc]", true);
    expect_wait("\033[200~", 1000, "", true);
}

static void test_reset(void **state)
{
    struct buf story;
    struct term_input *input;

    (void)state;
    buf_init(&story, 0);
    input = term_input_new(on_event, &story);
    term_input_feed(input, "\033[200~abc", 9);
    term_input_reset(input);
    term_input_feed(input, "x", 1);
    assert_string_equal(story.data, "char:x");
    term_input_free(input);
    buf_done(&story);
}

static void on_long_paste(void *ctx, const struct ui_event *event)
{
    size_t *len = ctx;

    assert_int_equal(event->key, UI_KEY_PASTE);
    *len = strlen(event->text);
}

/* The cap never leaves half a character. */
static void test_paste_cut_in_character(void **state)
{
    static const char tail[] = "\xf0\x9f\x9a\x80 and more\033[201~";

    (void)state;
    for (size_t fits = 0; fits <= 5; fits++) {
        size_t got = 0;
        struct term_input *input = term_input_new(on_long_paste, &got);
        size_t size = TERM_PASTE_MAX - fits;
        char *bytes = xmalloc(size);

        memset(bytes, 'a', size);
        term_input_feed(input, "\033[200~", 6);
        term_input_feed(input, bytes, size);
        term_input_feed(input, tail, sizeof(tail) - 1);
        assert_int_equal(got, fits < 4 ? size : TERM_PASTE_MAX);
        term_input_free(input);
        free(bytes);
    }
}

static void paste_of(size_t size, size_t expected)
{
    size_t got = 0;
    struct term_input *input = term_input_new(on_long_paste, &got);
    char *bytes = xmalloc(size);

    memset(bytes, 'a', size);
    term_input_feed(input, "\033[200~", 6);
    term_input_feed(input, bytes, size);
    term_input_feed(input, "\033[201~", 6);
    assert_int_equal(got, expected);
    assert_int_equal(term_input_wait_ms(input), 0);
    term_input_free(input);
    free(bytes);
}

static void test_long_paste(void **state)
{
    (void)state;
    /* Round the cap, where the bytes of the end find no room or only some. */
    for (size_t less = 0; less < 8; less++) {
        paste_of(TERM_PASTE_MAX - less, TERM_PASTE_MAX - less);
    }
    paste_of(TERM_PASTE_MAX + 1, TERM_PASTE_MAX);
    paste_of(3 * TERM_PASTE_MAX, TERM_PASTE_MAX);
}

static void clipboard_is(const char *text, bool tmux, const char *expected)
{
    size_t len;
    char *bytes = term_clipboard_bytes(text, strlen(text), tmux, &len);

    assert_int_equal(len, strlen(expected));
    assert_memory_equal(bytes, expected, len);
    free(bytes);
}

static void test_clipboard(void **state)
{
    (void)state;
    clipboard_is("", false, "\033]52;c;\a");
    clipboard_is("f", false, "\033]52;c;Zg==\a");
    clipboard_is("fo", false, "\033]52;c;Zm8=\a");
    clipboard_is("foo", false, "\033]52;c;Zm9v\a");
    clipboard_is("\xff\xfe\xfd?>", false, "\033]52;c;//79Pz4=\a");
    clipboard_is("foo", true, "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
}

/* -- colours -- */

static double linear(int level)
{
    /* The levels of the cube, as sRGB defines their light. */
    static const double cube[] = {0.0, 0.1144, 0.2423, 0.4287, 0.6795, 1.0};

    return cube[level];
}

static double luminance(int index)
{
    if (index >= 232) {
        double grey = (8 + 10 * (index - 232)) / 255.0;

        /* Close enough to the curve of sRGB for a limit with a margin. */
        return grey * grey * (0.305306011 * grey + 0.682171111) + 0.012522878 * grey;
    }
    index -= 16;
    return 0.2126 * linear(index / 36) + 0.7152 * linear(index / 6 % 6) +
           0.0722 * linear(index % 6);
}

static double contrast(double a, double b)
{
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void test_colours(void **state)
{
    (void)state;
    for (int style = 0; style < STYLE_COUNT; style++) {
        const struct term_look *full = term_look((enum style)style, 256);
        const struct term_look *eight = term_look((enum style)style, 8);
        const struct term_look *plain = term_look((enum style)style, 0);

        assert_true(plain->fg == -1 && plain->bg == -1);
        assert_true(eight->fg < 8 && eight->bg < 8);
        /* Their shades are the terminal's own choice: none that a ground may swallow. */
        assert_true(eight->bg != -1 || eight->fg == -1 || eight->fg == 1 || eight->fg == 5);
        if (full->bg >= 0) {
            assert_true(full->fg >= 16 && full->bg >= 16);
            assert_true(contrast(luminance(full->fg), luminance(full->bg)) >= 4.5);
        } else if (full->fg >= 0) {
            assert_true(full->fg >= 16);
            assert_true(contrast(luminance(full->fg), 0.0) >= 3.8);
            assert_true(contrast(luminance(full->fg), 1.0) >= 3.8);
        }
    }
}

/* Without colour the one with the focus still differs from the ones without. */
static void test_focus_shows(void **state)
{
    static const int depths[] = {0, 8, 256};
    static const enum style pairs[][2] = {
        {STYLE_SELECTED, STYLE_NORMAL},     {STYLE_SELECTED, STYLE_SELECTED_DIM},
        {STYLE_SELECTED_DIM, STYLE_NORMAL}, {STYLE_FIELD_FOCUS, STYLE_FIELD},
        {STYLE_BUTTON_FOCUS, STYLE_BUTTON}, {STYLE_ARMED, STYLE_TITLE},
        {STYLE_PROD, STYLE_TITLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        for (size_t d = 0; d < sizeof(depths) / sizeof(depths[0]); d++) {
            const struct term_look *a = term_look(pairs[i][0], depths[d]);
            const struct term_look *b = term_look(pairs[i][1], depths[d]);

            assert_true(a->fg != b->fg || a->bg != b->bg || a->flags != b->flags);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),       cmocka_unit_test(test_nul),
        cmocka_unit_test(test_waiting),     cmocka_unit_test(test_reset),
        cmocka_unit_test(test_long_paste),  cmocka_unit_test(test_paste_cut_in_character),
        cmocka_unit_test(test_clipboard),   cmocka_unit_test(test_colours),
        cmocka_unit_test(test_focus_shows),
    };

    return cmocka_run_group_tests_name("terminal.decode", tests, NULL, NULL);
}
