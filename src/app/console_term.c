/* The console on a terminal. */
#include <stdio.h>
#include <string.h>

#include "app/console_internal.h"
#include "ui/term.h"

#include "base/banned.h"

struct driver {
    struct console *console;
    int signo; /* ended by this; 0: not */
};

static void on_event(void *ctx, const struct ui_event *event)
{
    struct driver *driver = ctx;

    console_event(driver->console, event);
}

static void on_resize(void *ctx, int width, int height)
{
    struct driver *driver = ctx;

    console_resize(driver->console, width, height);
}

static void on_ended(void *ctx, int signo)
{
    struct driver *driver = ctx;

    driver->signo = signo;
    driver->console->quit = true;
}

static bool on_interrupted(void *ctx)
{
    struct driver *driver = ctx;

    if (!ui_interrupt(driver->console->ui)) {
        return false;
    }
    loop_dirty(driver->console->app->loop);
    return true;
}

static void paint(void *ctx)
{
    struct driver *driver = ctx;

    console_draw(driver->console);
    term_paint(driver->console->term, driver->console->canvas);
}

static void copy(struct console *console, const char *text)
{
    struct err err = {0};

    if (!term_copy(console->term, text, strlen(text), &err)) {
        ui_message(console->ui, true, "%s", err.text);
    }
}

void console_term_requests(struct console *console, struct ui_requests *requests)
{
    if (requests->clipboard != NULL) {
        copy(console, requests->clipboard);
    }
    if (requests->redraw) {
        term_redraw(console->term);
    }
    if (requests->toggle_mouse) {
        ui_message(console->ui, false,
                   term_toggle_mouse(console->term)
                       ? "The mouse is on: it chooses rows, opens the chosen one and scrolls. %% "
                         "turns it off."
                       : "The mouse is off: the terminal selects text with it again.");
    }
    if (requests->suspend) {
        term_suspend(console->term);
    }
}

/* A key command may want to ask on the terminal (pinentry-curses). */
static void lend(void *tty, bool out)
{
    struct console *console = tty;

    if (out) {
        term_lend(console->term);
    } else {
        term_take_back(console->term);
        loop_dirty(console->app->loop);
    }
}

static void run(struct console *console, struct driver *driver)
{
    struct app *app = console->app;
    int width, height;

    loop_set_paint(app->loop, paint, driver);
    term_size(console->term, &width, &height);
    console_resize(console, width, height);
    while (!console->quit) {
        loop_turn(app->loop, -1);
        app_tick(app);
    }
    loop_set_paint(app->loop, NULL, NULL);
}

int console_run_term(struct console *console)
{
    struct driver driver = {.console = console};
    struct term_options options = {.no_color = console->app->options.no_color};
    struct term_hooks hooks = {.event = on_event,
                               .resize = on_resize,
                               .ended = on_ended,
                               .interrupted = on_interrupted,
                               .ctx = &driver};
    struct err err = {0};

    /* Before the profile is opened: the terminal blocks the signals it reads, and children are made
     * after that. */
    console->term = term_start(console->app->loop, &options, &hooks, &err);
    if (console->term == NULL) {
        fprintf(stderr, "portcullis: %s\n", err.text);
        return app_exit_code(&err);
    }
    console->app->on_lend_tty = lend;
    console->app->tty = console;
    if (console_open_first(console, &err)) {
        run(console, &driver);
    }
    console->app->on_lend_tty = NULL;
    term_stop(console->term);
    console->term = NULL;
    console->signo = driver.signo;
    if (err.kind != ERR_NONE && err.kind != ERR_NO_KEY) {
        fprintf(stderr, "portcullis: %s\n", err.text);
        return app_exit_code(&err);
    }
    return EXIT_DONE;
}
