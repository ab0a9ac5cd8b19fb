/* A script in the place of the terminal: it feeds keys, waits for what must appear, and writes
 * screens as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/console_internal.h"
#include "app/script.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

#include "base/banned.h"

#define WAIT_MS 30000
#define TURN_MS 50

static void paint_script(void *ctx)
{
    struct console *console = ctx;

    console_draw(console);
}

static char *screen_text(struct console *console)
{
    struct buf text;
    char *taken;

    console_finish_work(console);
    console_draw(console);
    buf_init(&text, 0);
    canvas_dump(console->canvas, &text);
    taken = buf_take(&text);
    buf_done(&text);
    return taken;
}

static bool shows(struct console *console, const char *text)
{
    char *screen = screen_text(console);
    bool found = strstr(screen, text) != NULL;

    free(screen);
    return found;
}

static bool dump(struct console *console, const char *name, struct err *err)
{
    char *screen = screen_text(console);
    char *path = xasprintf("%s.txt", name);
    bool ok = file_write_atomic(path, screen, strlen(screen), 0600, err);

    free(path);
    free(screen);
    return ok;
}

/* Each character is a key of its own, as a person types. */
static void type_text(struct console *console, const char *text)
{
    while (*text != '\0') {
        char one[32];
        int columns;
        size_t len = text_next(text, &columns);
        struct ui_event event = {.key = UI_KEY_CHAR, .text = one};

        if (len == 0 || len >= sizeof(one)) {
            return;
        }
        memcpy(one, text, len);
        one[len] = '\0';
        console_event(console, &event);
        secret_wipe(one, sizeof(one));
        text += len;
    }
}

static bool type_file(struct console *console, const char *path, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, SECRET_KEY_MAX);
    ok = file_read(path, &text, err);
    if (ok) {
        text.data[strcspn(text.data, "\r\n")] = '\0';
        type_text(console, text.data);
    }
    buf_wipe_done(&text);
    return ok;
}

static bool idle(struct console *console)
{
    return app_host_idle(console->host) && loop_idle(console->app->loop);
}

static void do_advance(struct console *console, int64_t ms)
{
    app_advance(console->app, ms);
    ui_changed(console->ui);
    loop_dirty(console->app->loop);
}

/* False: the step waits for something. *failed: it cannot be done. */
static bool run_step(struct console *console, const struct script_step *step, bool *failed,
                     struct err *err)
{
    struct ui_event event = step->event;

    switch (step->verb) {
    case SCRIPT_SIZE:
        console_resize(console, step->width, step->height);
        return true;
    case SCRIPT_KEYS:
        type_text(console, step->text);
        return true;
    case SCRIPT_KEY:
        if (event.key == UI_KEY_CTRL && event.number == 'c') {
            console->quit = !ui_interrupt(console->ui); /* as the terminal does */
            loop_dirty(console->app->loop);
        } else {
            console_event(console, &event);
        }
        return true;
    case SCRIPT_PASTE:
        event = (struct ui_event){.key = UI_KEY_PASTE, .text = step->text};
        console_event(console, &event);
        return true;
    case SCRIPT_TYPEFILE:
        *failed = !type_file(console, step->text, err);
        return true;
    case SCRIPT_COMMAND:
        ui_command(console->ui, step->text);
        console_requests(console);
        return true;
    case SCRIPT_WAIT_TEXT:
        return shows(console, step->text);
    case SCRIPT_WAIT_GONE:
        return !shows(console, step->text);
    case SCRIPT_WAIT_IDLE:
        return idle(console);
    case SCRIPT_DUMP:
        *failed = !dump(console, step->text, err);
        return true;
    case SCRIPT_ADVANCE:
        do_advance(console, step->ms);
        return true;
    default:
        console->quit = true;
        return true;
    }
}

static int fail_step(struct console *console, const struct script_step *step, const struct err *err)
{
    char *screen = screen_text(console);

    if (err->kind != ERR_NONE) {
        fprintf(stderr, "portcullis: script line %d: %s\n", step->line, err->text);
    } else {
        fprintf(stderr, "portcullis: script line %d: waited %d s in vain%s%s. The screen:\n%s",
                step->line, WAIT_MS / 1000, step->text[0] == '\0' ? "" : " for ", step->text,
                screen);
    }
    free(screen);
    return EXIT_REFUSED;
}

static int run_steps(struct console *console, struct script *script)
{
    struct loop *loop = console->app->loop;
    int64_t deadline = clock_mono_ms() + WAIT_MS;

    while (!console->quit && script->at < script->count) {
        const struct script_step *step = &script->steps[script->at];
        bool failed = false;
        struct err err = {0};

        app_tick(console->app);
        if (run_step(console, step, &failed, &err)) {
            script->at++;
            deadline = clock_mono_ms() + WAIT_MS;
        } else {
            loop_turn(loop, TURN_MS);
        }
        if (failed || clock_mono_ms() > deadline) {
            return fail_step(console, step, &err);
        }
    }
    return EXIT_DONE;
}

int console_run_script(struct console *console)
{
    struct err err = {0};
    struct script *script = script_load(console->app->options.script, &err);
    int code;

    if (script == NULL) {
        fprintf(stderr, "portcullis: %s\n", err.text);
        return EXIT_USAGE;
    }
    loop_set_paint(console->app->loop, paint_script, console);
    console_resize(console, 80, 24);
    if (console_open_first(console, &err)) {
        code = run_steps(console, script);
    } else {
        fprintf(stderr, "portcullis: %s\n", err.text);
        code = app_exit_code(&err);
    }
    loop_set_paint(console->app->loop, NULL, NULL);
    script_free(script);
    return code;
}
