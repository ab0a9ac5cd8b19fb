#include "app/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/load.h"
#include "app/console_internal.h"
#include "base/alloc.h"
#include "ui/term.h"

#include "base/banned.h"

/* The background repaints at most so often: while views work, and when they are done. A key paints
 * at once. */
#define PAINT_EVERY_MS 500
#define PAINT_DONE_MS 100
/* How long views may work between two looks at the keyboard. */
#define WORK_SLICE_US 1000
#define WORK_WHOLE_US 1000000

static void on_tick(void *ctx);
static void on_work(void *ctx);

static void paint_now(void *ctx)
{
    struct console *console = ctx;

    console->paint_timer = 0;
    loop_dirty(console->app->loop);
}

/* Something in the background changed: paint, but not more often than a person can read. */
static void paint_soon(struct console *console, int64_t every_ms)
{
    int64_t now = clock_mono_ms();
    int64_t due = console->painted_at + every_ms;

    if (console->paint_timer != 0 && console->paint_due <= due) {
        return;
    }
    loop_untimer(console->app->loop, console->paint_timer);
    console->paint_timer = 0;
    if (due <= now) {
        loop_dirty(console->app->loop);
        return;
    }
    console->paint_due = due;
    console->paint_timer = loop_timer(console->app->loop, due - now, paint_now, console);
}

static void start_work(struct console *console)
{
    if (console->work_defer == 0) {
        console->work_defer = loop_defer(console->app->loop, on_work, console);
    }
}

/* Does the list that is seen have rows? Then one of them can be opened. */
static bool has_rows(const struct console *console)
{
    char why[128];

    return ui_can(console->ui, ACTION_OPEN, why, sizeof(why));
}

static void on_work(void *ctx)
{
    struct console *console = ctx;

    console->work_defer = 0;
    if (!console->rows_shown && has_rows(console)) {
        loop_dirty(console->app->loop); /* the first rows are waited for, whoever reads them */
    }
    if (console->fed) {
        console->fed = false; /* what the key did is shown first */
        start_work(console);
    } else if (ui_work(console->ui, WORK_SLICE_US)) {
        start_work(console);
        paint_soon(console, PAINT_EVERY_MS);
    } else if (console->waited_for) {
        console->waited_for = false;
        loop_dirty(console->app->loop);
    } else {
        paint_soon(console, PAINT_DONE_MS);
    }
}

void console_finish_work(struct console *console)
{
    while (ui_work(console->ui, WORK_WHOLE_US)) {
    }
}

void console_requests(struct console *console)
{
    struct ui_requests requests = {0};

    ui_take_requests(console->ui, &requests);
    if (requests.quit) {
        console->quit = true;
    }
    if (console->term != NULL) {
        console_term_requests(console, &requests);
    }
    if (requests.clipboard != NULL) {
        secret_wipe(requests.clipboard, strlen(requests.clipboard));
        free(requests.clipboard);
    }
}

void console_event(struct console *console, const struct ui_event *event)
{
    ui_event(console->ui, event);
    console_requests(console);
    if (ui_work_left(console->ui)) {
        console->fed = console->waited_for = true;
        start_work(console);
    }
    loop_dirty(console->app->loop);
}

void console_resize(struct console *console, int width, int height)
{
    canvas_resize(console->canvas, width, height);
    ui_resize(console->ui, width, height);
    loop_dirty(console->app->loop);
}

void console_draw(struct console *console)
{
    int64_t next;

    ui_draw(console->ui, console->canvas);
    console->rows_shown = has_rows(console);
    console->painted_at = clock_mono_ms();
    loop_untimer(console->app->loop, console->tick_timer);
    next = ui_next_tick(console->ui);
    console->tick_timer = next < 0 ? 0 : loop_timer(console->app->loop, next, on_tick, console);
}

static void on_tick(void *ctx)
{
    struct console *console = ctx;

    console->tick_timer = 0;
    start_work(console); /* ages and the end of the arming are in prepared pages too */
    loop_dirty(console->app->loop);
}

/* -- what the host says -- */

static void host_changed(void *ctx)
{
    struct console *console = ctx;

    if (console->ui != NULL) {
        ui_changed(console->ui);
        start_work(console);
        paint_soon(console, PAINT_EVERY_MS);
    }
}

static void host_say(void *ctx, bool bad, const char *text)
{
    struct console *console = ctx;

    if (console->ui == NULL) {
        xreplace(&console->said, text); /* the screens are not there yet */
        return;
    }
    ui_message(console->ui, bad, "%s", text);
    paint_soon(console, PAINT_EVERY_MS);
}

static void host_quit(void *ctx)
{
    struct console *console = ctx;

    console->quit = true;
}

/* -- the whole -- */

bool console_open_first(struct console *console, struct err *err)
{
    struct app *app = console->app;
    struct profile *profile = app_choose_profile(app, err);

    if (profile == NULL) {
        return err->kind == ERR_NO_KEY;
    }
    app_open(app, profile, app_take_key_for(app, profile), LOAD_ALL);
    profile_free(profile);
    start_work(console);
    return true;
}

static bool has_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int console_run(struct app *app)
{
    struct console console = {.app = app};
    struct app_host_hooks hooks = {
        .changed = host_changed, .say = host_say, .quit = host_quit, .ctx = &console};
    struct ui_options options = {.ascii = app->options.ascii};
    int code, unknown;

    if (app->options.script == NULL && !has_terminal()) {
        fputs("portcullis: there is no terminal here. Use a command: `portcullis overview`, "
              "`portcullis keys`, .. "
              "(`portcullis --help` lists them).\n",
              stderr);
        return EXIT_USAGE;
    }
    console.host = app_host_new(app, &hooks);
    console.canvas = canvas_new(80, 24);
    console.ui = ui_new(app_host_door(console.host), &options);
    if (console.said != NULL) {
        ui_message(console.ui, true, "%s", console.said);
    }
    if (app->options.script != NULL) {
        code = console_run_script(&console);
        console_hold_signals(&console);
    } else {
        console_hold_signals(&console); /* the terminal gives back the mask that it finds */
        code = console_run_term(&console);
    }
    unknown = console_finish_writes(&console);
    console_let_signals(&console);
    loop_untimer(app->loop, console.tick_timer);
    loop_untimer(app->loop, console.paint_timer);
    loop_undefer(app->loop, console.work_defer);
    session_close(app->session);
    ui_free(console.ui);
    console.ui = NULL;
    app_host_free(console.host);
    canvas_free(console.canvas);
    free(console.said);
    if (unknown != EXIT_DONE) {
        return code == EXIT_DONE ? unknown : code;
    }
    if (console.signo != 0) {
        app_done(app); /* wipes what it holds, since this does not come back */
        term_end_by(console.signo);
    }
    return code;
}
