/* What comes in through a real terminal: keys, ESC alone, pastes, the mouse; and what goes out past
 * the screen: the clipboard. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "terminal/vt.h"
#include "ui/event.h"

#include "base/banned.h"

static struct vt *open_show(const char *const *env)
{
    struct vt_options options = {.env = env};
    static const char *const argv[] = {SHOW, NULL};
    struct vt *vt = vt_open(&options, argv);

    vt_wait(vt, "foot");
    vt_quiet(vt);
    return vt;
}

static void quit(struct vt *vt)
{
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_close(vt);
}

/* The last event as show prints it. */
static void wait_event(struct vt *vt, enum ui_key key, int number, const char *rest)
{
    char text[256];

    snprintf(text, sizeof(text), "last=%d/%d/%s", (int)key, number, rest);
    vt_wait(vt, text);
}

static void test_keys(void **state)
{
    /* Encoded by the terminal itself, in whatever mode it was put. */
    static const struct {
        VTermKey key;
        enum ui_key event;
        int number;
    } keys[] = {
        {VTERM_KEY_UP, UI_KEY_UP, 0},          {VTERM_KEY_DOWN, UI_KEY_DOWN, 0},
        {VTERM_KEY_LEFT, UI_KEY_LEFT, 0},      {VTERM_KEY_RIGHT, UI_KEY_RIGHT, 0},
        {VTERM_KEY_HOME, UI_KEY_HOME, 0},      {VTERM_KEY_END, UI_KEY_END, 0},
        {VTERM_KEY_INS, UI_KEY_INSERT, 0},     {VTERM_KEY_DEL, UI_KEY_DELETE, 0},
        {VTERM_KEY_PAGEUP, UI_KEY_PAGE_UP, 0}, {VTERM_KEY_PAGEDOWN, UI_KEY_PAGE_DOWN, 0},
        {VTERM_KEY_ENTER, UI_KEY_ENTER, 0},    {VTERM_KEY_TAB, UI_KEY_TAB, 0},
        {VTERM_KEY_ESCAPE, UI_KEY_ESC, 0},     {VTERM_KEY_BACKSPACE, UI_KEY_BACKSPACE, 0},
    };
    struct vt *vt = open_show(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        vt_key(vt, keys[i].key);
        wait_event(vt, keys[i].event, keys[i].number, "");
    }
    for (int f = 1; f <= 11; f++) {
        vt_key(vt, (VTermKey)VTERM_KEY_FUNCTION(f));
        wait_event(vt, UI_KEY_F, f, "");
    }
    vt_send(vt, "\xc3\xa9");
    wait_event(vt, UI_KEY_CHAR, 0, "0,0[\xc3\xa9]");
    vt_send(vt, "\001");
    wait_event(vt, UI_KEY_CTRL, 'a', "");
    quit(vt);
}

/* What a program before us asked for is taken back at the start, and reported keys are read if it
 * is not. */
static void test_reported_keys(void **state)
{
    struct vt *vt = open_show(NULL);

    (void)state;
    vt_assert(vt, vt_sent(vt, 0, "\033[>4;0m"));
    vt_assert(vt, vt_sent(vt, 0, "\033[=0u"));
    vt_send(vt, "\033[27;3;106~");
    wait_event(vt, UI_KEY_ALT, 'j', "0,0[j]");
    vt_send(vt, "\033[27u");
    wait_event(vt, UI_KEY_ESC, 0, "");
    vt_send(vt, "\033j");
    wait_event(vt, UI_KEY_ALT, 'j', "0,0[j]");
    vt_send(vt, "\033[99;5u");
    vt_wait_end(vt);
    vt_assert(vt, vt_keys_are_plain(vt));
    vt_close(vt);
}

/* It is over when nothing comes for a second, and its rest, should it come then, is no key: q quits
 * and S crashes. The end of the dropping is waited for: only then does a key act. */
static void test_paste_without_end(void **state)
{
    struct vt *vt = open_show(NULL);

    (void)state;
    vt_send(vt, "\033[200~first");
    wait_event(vt, UI_KEY_PASTE, 0, "0,0[first]");
    vt_send(vt, "S");
    vt_quiet(vt);
    vt_assert(vt, vt_find(vt, "events=1") >= 0);
    for (int i = 0; vt_find(vt, "events=2") < 0; i++) {
        vt_send(vt, "c");
        for (int64_t end = clock_mono_ms() + 1000; clock_mono_ms() < end;) {
            vt_pump(vt, 100);
        }
        vt_assert(vt, i < 30);
    }
    quit(vt);
}

static void test_escape_alone(void **state)
{
    struct vt *vt = open_show(NULL);

    (void)state;
    vt_send(vt, "\033");
    wait_event(vt, UI_KEY_ESC, 0, "");
    vt_send(vt, "j");
    vt_wait(vt, "events=2");
    quit(vt);
}

static void test_paste(void **state)
{
    struct vt *vt = open_show(NULL);

    (void)state;
    vt_assert(vt, vt_sent(vt, 0, "\033[?2004h"));
    /* q quits, S crashes, ^C ends, ^Z stops: none of them here. */
    vt_send(vt, "\033[200~qS\003\032\033[A\r\033[201~");
    vt_wait(vt, "events=1");
    vt_quiet(vt);
    vt_assert(vt, vt_find(vt, "[qS") >= 0);
    vt_assert(vt, vt_find(vt, "events=1") >= 0);
    vt_send(vt, "j");
    vt_wait(vt, "events=2");
    quit(vt);
}

static void test_mouse(void **state)
{
    static const char click[] = "\033[<0;11;6M\033[<0;11;6m";
    struct vt *vt = open_show(NULL);
    size_t before = vt_bytes(vt);

    (void)state;
    /* Off: the terminal's own selection works, and nothing asks for reports. */
    vt_assert(vt, !vt_sent(vt, 0, "\033[?1000h"));
    vt_send(vt, click);
    vt_quiet(vt);
    vt_assert(vt, vt_find(vt, "events=0") >= 0);
    vt_send(vt, "m");
    vt_wait(vt, "mouse on");
    vt_assert(vt, vt_sent(vt, before, "\033[?1000h\033[?1006h"));
    vt_send(vt, click);
    wait_event(vt, UI_KEY_MOUSE, 1, "10,5");
    vt_send(vt, "\033[<65;1;1M");
    wait_event(vt, UI_KEY_MOUSE, 5, "0,0");
    vt_send(vt, "\033[<0;99999;99999M");
    wait_event(vt, UI_KEY_MOUSE, 1, "99998,99998");
    before = vt_bytes(vt);
    quit(vt);
    vt = open_show(NULL);
    vt_send(vt, "m");
    vt_wait(vt, "mouse on");
    before = vt_bytes(vt);
    vt_send(vt, "m");
    vt_wait(vt, "mouse off");
    vt_assert(vt, vt_sent(vt, before, "\033[?1000l"));
    quit(vt);
}

static void test_clipboard(void **state)
{
    static const char *const tmux[] = {"TMUX=/tmp/no-such,1,0", NULL};
    struct vt *vt = open_show(NULL);

    (void)state;
    vt_send(vt, "y");
    vt_wait(vt, "copied");
    vt_assert(vt, vt_sent(vt, 0, "\033]52;c;Y29waWVk\a"));
    vt_assert(vt, !vt_sent(vt, 0, "\033Ptmux;"));
    vt_send(vt, "Y");
    vt_wait(vt, "refused");
    quit(vt);
    vt = open_show(tmux);
    vt_wait(vt, "mouse off");
    vt_send(vt, "y");
    vt_wait(vt, "copied");
    vt_assert(vt, vt_sent(vt, 0, "\033Ptmux;\033\033]52;c;Y29waWVk\a\033\\"));
    quit(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),          cmocka_unit_test(test_escape_alone),
        cmocka_unit_test(test_reported_keys), cmocka_unit_test(test_paste_without_end),
        cmocka_unit_test(test_paste),         cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_clipboard),
    };

    return cmocka_run_group_tests_name("terminal.input", tests, NULL, NULL);
}
