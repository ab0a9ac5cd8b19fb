#include "app/commands/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/app.h"
#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define TICK_MS 2000
#define SLACK_MS 100 /* timers are not exact */

struct progress {
    struct app *app;
    bool terminal;
    bool lent;     /* a key command has the terminal: no line of it is ours to overwrite */
    bool standing; /* a line of ours is on the terminal */
    int timer;
    int64_t since; /* of this wait, clock_mono_ms */
    char doing[200];
    char said[700];
    char **told; /* each line, where no terminal keeps one of them up to date */
    size_t told_count, told_cap;
};

static void erase(struct progress *progress)
{
    if (progress->standing) {
        fputs("\r\033[K", stderr);
        progress->standing = false;
    }
}

static bool was_told(const struct progress *progress, const char *words)
{
    for (size_t i = 0; i < progress->told_count; i++) {
        if (strcmp(progress->told[i], words) == 0) {
            return true;
        }
    }
    return false;
}

/* Once: what is waited for again and again is told again and again otherwise. */
static void tell(struct progress *progress, const char *words)
{
    if (was_told(progress, words)) {
        return;
    }
    progress->told =
        xgrow(progress->told, &progress->told_cap, progress->told_count + 1, sizeof(char *));
    progress->told[progress->told_count++] = xstrdup(words);
    fprintf(stderr, "portcullis: %s\n", words);
}

static void say(struct progress *progress, const char *words)
{
    struct winsize size;
    int used;

    if (strcmp(progress->said, words) == 0) {
        return;
    }
    snprintf(progress->said, sizeof(progress->said), "%s", words);
    if (words[0] == '\0') {
        return;
    }
    if (!progress->terminal || progress->lent) {
        tell(progress, words);
        return;
    }
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) {
        size.ws_col = 80;
    }
    fprintf(stderr, "\r%.*s\033[K", (int)text_cut(words, size.ws_col - 1, &used), words);
    progress->standing = true;
}

/* -- what is waited for -- */

static const char *operation_words(const struct app *app, struct host_operation *look)
{
    const struct operation *op = session_operation(app->session);
    const struct write *write = session_write(app->session);
    struct write_look act;

    if (write != NULL && !write_settled(write)) {
        write_look(write, &act);
        look->phase = act.phase;
        look->error = act.error;
        return act.words;
    }
    if (op == NULL || operation_settled(op)) {
        return NULL;
    }
    operation_look(op, look);
    return look->words;
}

/* A wait with a cause: the server asked for it, a try failed, an answer was lost, a keyring or a
 * command waits for a person. */
static const char *caused(const struct app *app, struct host_operation *look)
{
    const struct api_client *client = session_client(app->session);
    const char *slow = session_slow_words(app->session);
    const char *words;

    if (slow != NULL) {
        return slow;
    }
    words = operation_words(app, look);
    /* A wait that is too long is no wait but an error, unless a write that was sent hangs on it. */
    if (client != NULL && (!api_client_status(client)->asks || words != NULL) &&
        api_client_status(client)->text[0] != '\0') {
        return api_client_status(client)->text;
    }
    return words != NULL && look->phase == OP_LOST ? words : NULL;
}

/* How long an answer has been owed, ms; 0: none is, as between two reads that have to lie apart. */
static int64_t silence(const struct progress *progress, const struct api_client *client)
{
    int64_t now = clock_mono_ms(), since = progress->since;

    if (client != NULL) {
        since = api_client_status(client)->since_mono;
    }
    return since < 0 ? 0 : now - since;
}

static void describe(struct progress *progress, char *out, size_t size)
{
    struct app *app = progress->app;
    const struct api_client *client = session_client(app->session);
    struct host_operation look = {0};
    struct host_session session;
    const char *words = caused(app, &look);
    size_t stem = size;

    out[0] = '\0';
    if (words != NULL) {
        snprintf(out, size, "%s", words);
        return;
    }
    session_look(app->session, &session);
    words = operation_words(app, &look);
    /* Seconds that the session counts in its words would make each line a new one. */
    if (words == NULL && session.work[0] != '\0') {
        words = session.work;
        stem = session.work_stem;
    } else if (words == NULL) {
        words = progress->doing;
    }
    if (silence(progress, client) >= TICK_MS - SLACK_MS) {
        int len = (int)stem;

        if (client == NULL) {
            snprintf(out, size, "still waiting: %.*s", len, words);
        } else if (progress->terminal && !progress->lent) {
            snprintf(out, size, "no answer from %s for %lld s: %.*s", session.base_url,
                     (long long)(silence(progress, client) + SLACK_MS) / 1000, len, words);
        } else {
            snprintf(out, size, "no answer yet from %s: %.*s", session.base_url, len, words);
        }
    } else if (progress->terminal && !progress->lent) {
        snprintf(out, size, "%s", words);
    } else if (client != NULL && api_client_status(client)->in_flight == 0) {
        snprintf(out, size, "%.*s", (int)stem, words);
    }
}

/* -- hooks -- */

static void on_tick(void *ctx)
{
    struct progress *progress = ctx;
    char words[sizeof(progress->said)];

    progress->timer = loop_timer(progress->app->loop, TICK_MS, on_tick, progress);
    describe(progress, words, sizeof(words));
    if (words[0] != '\0') {
        say(progress, words);
    }
}

static void on_wait(void *ctx, bool over)
{
    struct progress *progress = ctx;

    loop_untimer(progress->app->loop, progress->timer);
    progress->timer = 0;
    if (over) {
        erase(progress);
    } else {
        progress->since = clock_mono_ms();
        progress->timer = loop_timer(progress->app->loop, TICK_MS, on_tick, progress);
    }
    progress->said[0] = '\0';
    fflush(stderr);
}

/* What was answered to a write whose end is looked for is said at once, in the server's own words:
 * the look may take a while, and tells another thing. */
static void say_answer(struct progress *progress)
{
    struct host_operation look = {0};

    if (operation_words(progress->app, &look) != NULL && look.phase == OP_LOST &&
        look.error.source == ERR_FROM_API) {
        erase(progress);
        tell(progress, look.error.text);
    }
}

/* What has a cause is said at once; after it is over it may come again and is said again. */
static void on_changed(void *ctx)
{
    struct progress *progress = ctx;
    struct host_operation look = {0};
    const char *words = caused(progress->app, &look);

    if (words != NULL && progress->timer != 0) {
        say_answer(progress);
        say(progress, words);
    }
}

static void on_say(void *ctx, bool bad, const char *text)
{
    (void)bad;
    erase(ctx);
    fprintf(stderr, "portcullis: %s\n", text);
}

static void on_lend_tty(void *ctx, bool lend)
{
    struct progress *progress = ctx;

    erase(progress);
    progress->lent = lend;
}

struct progress *progress_new(struct app *app)
{
    struct progress *progress = xcalloc(1, sizeof(*progress));
    const char *term = getenv("TERM");

    progress->app = app;
    progress->terminal =
        isatty(STDERR_FILENO) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
    app->on_changed = on_changed;
    app->on_say = on_say;
    app->on_wait = on_wait;
    app->front = progress;
    app->on_lend_tty = on_lend_tty;
    app->tty = progress;
    progress_doing(app, "the answer");
    return progress;
}

void progress_free(struct progress *progress)
{
    struct app *app = progress->app;

    app->on_changed = NULL;
    app->on_say = NULL;
    app->on_wait = NULL;
    app->front = NULL;
    app->on_lend_tty = NULL;
    app->tty = NULL;
    loop_untimer(app->loop, progress->timer);
    erase(progress);
    for (size_t i = 0; i < progress->told_count; i++) {
        free(progress->told[i]);
    }
    free(progress->told);
    free(progress);
}

bool progress_told(const struct app *app, const char *words)
{
    return app->front != NULL && was_told(app->front, words);
}

void progress_doing(struct app *app, const char *words)
{
    struct progress *progress = app->front;

    snprintf(progress->doing, sizeof(progress->doing), "%s", words);
}
