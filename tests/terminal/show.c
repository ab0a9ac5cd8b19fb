/* show: a program on ui/term.c and a canvas alone, for the tests to drive. The first line says the
 * size, the second the last event, the third the state; keys do what a test needs. */
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/loop.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/canvas.h"
#include "ui/term.h"

#include "base/banned.h"

struct show {
    struct loop *loop;
    struct term *term;
    struct canvas *canvas;
    char last[200];
    const char *state;
    unsigned long events;
    bool secret, cursor, mouse, quit, storm;
    int signo;
};

/* SHOW_SECRET is the secret with every byte changed, so that the environment does not hold it. */
static void draw_secret(struct canvas *canvas)
{
    const char *hidden = getenv("SHOW_SECRET");
    char text[80] = "";

    for (size_t i = 0; hidden != NULL && hidden[i] != '\0' && i + 1 < sizeof(text); i++) {
        text[i] = (char)(hidden[i] ^ 1);
    }
    canvas_text(canvas, 10, 7, text, STYLE_SECRET);
    secret_wipe(text, sizeof(text));
}

static void draw_styles(struct canvas *canvas)
{
    for (int style = 0; style < STYLE_COUNT; style++) {
        if (style != STYLE_SECRET) {
            canvas_textf(canvas, 60, style, (enum style)style, "style%02d", style);
        }
    }
}

static void draw(struct show *show)
{
    struct canvas *canvas = show->canvas;
    int width = canvas_width(canvas);
    int height = canvas_height(canvas);

    canvas_clear(canvas);
    canvas_fill(canvas, (struct rect){0, 0, width, 1}, STYLE_TITLE);
    canvas_textf(canvas, 1, 0, STYLE_TITLE, "size %dx%d", width, height);
    canvas_textf(canvas, 0, 1, STYLE_NORMAL, "last=%s", show->last);
    canvas_textf(canvas, 0, 2, STYLE_NORMAL, "%s events=%lu", show->state, show->events);
    canvas_box(canvas, (struct rect){0, 3, 12, 3});
    canvas_text(canvas, 1, 4, "\xe6\x97\xa5\xe6\x9c\xac", STYLE_NORMAL);
    canvas_text(canvas, 8, 4, "|", STYLE_NORMAL);
    canvas_text(canvas, 0, 6, "e\xcc\x81t\xc3\xa9 \xf0\x9f\x9a\x80|", STYLE_BOLD);
    if (show->secret) {
        draw_secret(canvas);
    }
    draw_styles(canvas);
    if (show->cursor) {
        canvas_cursor(canvas, 5, 4);
    }
    canvas_textf(canvas, 0, height - 1, STYLE_NORMAL, "foot mouse %s", show->mouse ? "on" : "off");
}

static void paint(void *ctx)
{
    struct show *show = ctx;

    draw(show);
    term_paint(show->term, show->canvas);
}

/* Fills the stack; the depth that no caller passes keeps the compiler from knowing that. */
__attribute__((noinline)) static int deep(int depth)
{
    volatile char bytes[4096];

    bytes[0] = (char)depth;
    return depth < 0 ? 0 : deep(depth / 2 + 1) + bytes[0];
}

static void crash(char how)
{
    volatile int zero = 0;
    /* Not NULL: that a sanitizer would stop before the processor does. */
    volatile int *volatile nowhere = (volatile int *)(intptr_t)sizeof(int);

    switch (how) {
    case 'S':
        *nowhere = 1;
        break;
    case 'O':
        deep(zero);
        break;
    case 'A':
        abort();
    case 'D':
        die("the test wants it so.");
    case 'E':
        exit(4);
    case 'I':
        __builtin_trap();
    case 'T':
        raise(SIGTRAP);
        break;
    case 'K':
        kill(getpid(), SIGTSTP);
        break;
    case 'F':
        raise(SIGFPE);
        break;
    case 'U':
        raise(SIGBUS);
        break;
    default:
        break;
    }
}

static void lend(struct show *show)
{
    term_lend(show->term);
    if (system("stty -a | grep -o -e '-\\?icanon'; echo lent; read line; echo \"got $line\"") !=
        0) {
        show->state = "lending failed";
    }
    term_take_back(show->term);
}

static void act(struct show *show, char key)
{
    struct err err = {0};

    switch (key) {
    case 'q':
        show->quit = true;
        break;
    case 's':
        show->secret = !show->secret;
        break;
    case 'c':
        show->cursor = !show->cursor;
        break;
    case 'm':
        show->mouse = term_toggle_mouse(show->term);
        break;
    case 'z':
        term_suspend(show->term);
        break;
    case 'r':
        term_redraw(show->term);
        break;
    case 'l':
        lend(show);
        break;
    case 'y':
        show->state = term_copy(show->term, "copied", 6, &err) ? "copied" : "not copied";
        break;
    case 'Y': {
        char *text = xcalloc(1, TERM_CLIPBOARD_MAX + 1);

        show->state = term_copy(show->term, text, TERM_CLIPBOARD_MAX + 1, &err) ? "too much copied"
                                                                                : "refused";
        free(text);
        break;
    }
    default:
        crash(key);
        break;
    }
}

static void on_event(void *ctx, const struct ui_event *event)
{
    struct show *show = ctx;
    char *text = text_cleaned(event->text);

    show->events++;
    snprintf(show->last, sizeof(show->last), "%d/%d/%d,%d[%.120s]", event->key, event->number,
             event->x, event->y, text);
    free(text);
    loop_dirty(show->loop);
    if (event->key == UI_KEY_CTRL && event->number == 'z') {
        term_suspend(show->term);
    }
    /* In a storm keys are only counted, but for the one that ends it. */
    if (event->key == UI_KEY_F && event->number == 12) {
        show->quit = true;
    }
    if (event->key == UI_KEY_CHAR && !show->storm) {
        act(show, event->text[0]);
    }
}

static void on_resize(void *ctx, int width, int height)
{
    struct show *show = ctx;

    canvas_resize(show->canvas, width, height);
    loop_dirty(show->loop);
}

static void on_ended(void *ctx, int signo)
{
    struct show *show = ctx;

    show->signo = signo;
    show->quit = true;
}

int main(int argc, char **argv)
{
    struct rlimit none = {0, 0};
    struct rlimit stack = {(rlim_t)1 << 20, (rlim_t)1 << 20};
    struct show show = {.last = "-", .state = "ready"};
    struct term_hooks hooks = {
        .event = on_event, .resize = on_resize, .ended = on_ended, .ctx = &show};
    struct term_options options = {.no_color = argc > 1 && strcmp(argv[1], "--no-color") == 0};
    struct err err = {0};

    setlocale(LC_ALL, "C.UTF-8");
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_STACK, &stack);
    show.storm = argc > 1 && strcmp(argv[1], "--storm") == 0;
    show.loop = loop_new();
    show.canvas = canvas_new(80, 24);
    show.term = term_start(show.loop, &options, &hooks, &err);
    if (show.term == NULL) {
        fprintf(stderr, "show: %s\n", err.text);
        canvas_free(show.canvas);
        loop_free(show.loop);
        return 3;
    }
    loop_set_paint(show.loop, paint, &show);
    loop_dirty(show.loop);
    while (!show.quit) {
        loop_turn(show.loop, -1);
    }
    term_stop(show.term);
    canvas_free(show.canvas);
    loop_free(show.loop);
    term_end_by(show.signo);
    return 0;
}
