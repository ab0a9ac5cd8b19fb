#include "app/app.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/client.h"
#include "app/login.h"
#include "app/settings.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

#include "base/banned.h"

static void app_changed(void *ctx)
{
    struct app *app = ctx;

    if (app->on_changed != NULL) {
        app->on_changed(app->front);
    }
}

static void app_say(void *ctx, bool bad, const char *text)
{
    struct app *app = ctx;

    log_msg(bad ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "app", "%s", text);
    if (app->on_say != NULL) {
        app->on_say(app->front, bad, text);
    } else {
        fprintf(stderr, "portcullis: %s\n", text);
    }
}

/* That it cannot be kept is no trouble of whoever reads a list. */
static void app_own(void *ctx, const struct profile *profile, const char *id)
{
    const struct app *app = ctx;
    struct err err = {0};

    if (!profile_keep_own(app->paths, profile, id, &err)) {
        log_msg(LOG_LEVEL_WARN, "app", "the id of the own key is not kept: %s", err.text);
    }
}

static void app_made(void *ctx, const struct key_draft *draft)
{
    struct app *app = ctx;

    if (app->on_made != NULL) {
        app->on_made(app->front, draft);
    }
}

static void app_lend_tty(void *ctx, bool lend)
{
    struct app *app = ctx;

    if (app->on_lend_tty != NULL) {
        app->on_lend_tty(app->tty, lend);
    }
}

/* A keyring or a key command waits for a person, perhaps in another window: the screen shows it, a
 * command says it. */
static void on_slow(void *ctx)
{
    struct app *app = ctx;
    const char *words =
        app->logout == NULL ? session_slow_words(app->session) : logout_slow_words(app->logout);

    if (app->login != NULL) {
        login_tell_slow(app->login);
    } else if (app->logout == NULL && app->on_changed != NULL) {
        app_changed(app);
    } else if (words != NULL) {
        app_say(app, false, words);
    }
}

static int64_t session_mono(void *ctx)
{
    return app_mono(ctx);
}

/* A batch run does not want to wait two minutes for somebody to type a password. */
static bool take_deadline(struct app *app, struct err *err)
{
    const char *seconds = getenv("PORTCULLIS_KEYRING_TIMEOUT");

    if (seconds == NULL || seconds[0] == '\0' || keyring_set_deadline(app->keyring, seconds, err)) {
        return true;
    }
    err_prefix(err, "PORTCULLIS_KEYRING_TIMEOUT");
    return false;
}

static bool open_log(struct app *app, struct err *err)
{
    char *path;
    bool ok;

    if (!app->options.log) {
        return true;
    }
    path = file_join(app->paths->state, "portcullis.log");
    ok = file_mkdirs(app->paths->state, err) && log_open(path, LOG_LEVEL_DEBUG, err);
    free(path);
    return ok;
}

bool app_init(struct app *app, const struct app_options *options, struct err *err)
{
    struct session_config config = {
        .clock = &app->clock,
        .gate = &app->gate,
        .mono = session_mono,
        .changed = app_changed,
        .say = app_say,
        .own = app_own,
        .made = app_made,
        .lend_tty = app_lend_tty,
        .ctx = app,
    };
    char *path;

    *app = (struct app){.options = *options};
    if (!api_setup(err)) {
        return false;
    }
    environment_take(&app->environment);
    if (options->no_environment) { /* the key was taken out of it all the same */
        environment_done(&app->environment);
    }
    clock_init(&app->clock);
    if (options->now != TIME_NONE) {
        clock_fix(&app->clock, options->now);
        app->frozen = options->script != NULL;
        app->frozen_at = options->now;
    }
    app->paths = paths_new(err);
    if (app->paths == NULL || !open_log(app, err)) {
        app_done(app);
        return false;
    }
    app->loop = loop_new();
    app->keyring = keyring_new(app->loop, NULL);
    keyring_on_slow(app->keyring, on_slow, app);
    if (!take_deadline(app, err)) {
        app_done(app);
        return false;
    }
    path = file_join(app->paths->state, "journal.jsonl");
    app->journal = journal_new(path, &app->clock);
    actor_find(&app->gate.who);
    journal_set_actor(app->journal, &app->gate.who);
    free(path);
    config.loop = app->loop;
    config.keyring = app->keyring;
    config.journal = app->journal;
    config.use_tty = isatty(STDIN_FILENO) != 0;
    config.still = app->frozen;
    app->session = session_new(&config);
    return true;
}

void app_done(struct app *app)
{
    session_free(app->session);
    journal_free(app->journal);
    if (app->keyring != NULL) {
        keyring_free(app->keyring);
    }
    if (app->loop != NULL) {
        loop_free(app->loop);
    }
    environment_done(&app->environment);
    paths_free(app->paths);
    log_close();
    *app = (struct app){0};
}

/* -- time -- */

int64_t app_mono(const struct app *app)
{
    return app->frozen ? app->frozen_at : clock_boot_ms();
}

/* What is measured against times of the server is measured by its clock. */
static void follow_server(struct app *app)
{
    const struct api_client *client = session_client(app->session);
    char span[TIME_TEXT_SIZE], words[160];
    int64_t skew;

    if (client == NULL || !api_server_skew(client, &skew)) {
        return;
    }
    clock_follow(&app->clock, skew);
    if (app->skew_told || (skew <= CLOCK_OFF_TOLD_MS && skew >= -CLOCK_OFF_TOLD_MS)) {
        return;
    }
    app->skew_told = true;
    time_span(skew, span);
    snprintf(words, sizeof(words),
             "The clock of this machine is %s %s the server's. Times are told by the server's.",
             span, skew > 0 ? "behind" : "ahead of");
    app_say(app, true, words);
}

void app_tick(struct app *app)
{
    if (app->frozen) {
        clock_fix(&app->clock, app->frozen_at);
    } else {
        follow_server(app);
    }
}

void app_advance(struct app *app, int64_t ms)
{
    if (app->frozen) {
        app->frozen_at += ms;
        app_tick(app);
    } else {
        clock_advance(&app->clock, ms);
    }
}

/* -- profiles -- */

static struct profile *named(struct app *app, const char *name, const char *who, struct err *err)
{
    struct profile *profile = profile_load(app->paths, name, err);

    if (profile == NULL) {
        err_prefix(err, "%s", who);
    }
    return profile;
}

/* Gives the names, how many there are, and one of the profiles. broken: why some cannot be used. */
static size_t list_names(struct app *app, struct buf *out, struct profile **one, struct err *broken)
{
    size_t count;
    struct profile **list = profile_list(app->paths, &count, broken);

    buf_init(out, 0);
    for (size_t i = 0; i < count; i++) {
        buf_addf(out, "%s%s", i == 0 ? "" : ", ", list[i]->name);
        if (i == 0) {
            *one = list[i];
        } else {
            profile_free(list[i]);
        }
    }
    free(list);
    return count;
}

static struct profile *last_used(struct app *app)
{
    char *name = settings_last_profile(app->paths);
    struct profile *profile = name == NULL ? NULL : profile_load(app->paths, name, NULL);

    free(name);
    return profile;
}

/* Broken ones count: one that cannot be read is there all the same, and may have been meant. */
static struct profile *only_or_last(struct app *app, struct err *err)
{
    struct profile *profile = NULL;
    struct err broken = {0};
    struct buf names;
    size_t count = list_names(app, &names, &profile, &broken);

    if (count == 1 && broken.kind == ERR_NONE) {
        buf_done(&names);
        return profile;
    }
    profile_free(profile);
    profile = count == 0 && broken.kind == ERR_NONE ? NULL : last_used(app);
    if (profile == NULL && count == 0 && broken.kind == ERR_NONE) {
        err_set(err, ERR_NO_KEY,
                "There is no profile yet: `portcullis login --name NAME` makes one.");
    } else if (profile == NULL && count == 0) {
        *err = broken;
    } else if (profile == NULL) {
        err_set(err, ERR_INVALID,
                "There are several profiles and none is chosen: --profile NAME. There are: %s%s%s.",
                names.data, broken.kind == ERR_NONE ? "" : ", and some that cannot be used: ",
                broken.kind == ERR_NONE ? "" : broken.text);
    }
    buf_done(&names);
    return profile;
}

struct profile *app_stored_profile(struct app *app, struct err *err)
{
    const char *wanted = getenv("PORTCULLIS_PROFILE");

    if (app->options.profile != NULL) {
        return named(app, app->options.profile, "--profile", err);
    }
    if (wanted != NULL && wanted[0] == '\0') {
        err_set(err, ERR_INVALID,
                "PORTCULLIS_PROFILE is set to nothing: name a profile, or unset it.");
        return NULL;
    }
    if (wanted != NULL) {
        return named(app, wanted, "PORTCULLIS_PROFILE", err);
    }
    return only_or_last(app, err);
}

struct profile *app_choose_profile(struct app *app, struct err *err)
{
    if (!app->environment.named) {
        return app_stored_profile(app, err);
    }
    if (app->options.profile != NULL) {
        err_set(err, ERR_INVALID,
                "--profile names a stored profile, and PORTKEY_API_KEY or PORTKEY_BASE_URL another "
                "key: use one of them.");
        return NULL;
    }
    if (app->environment.profile == NULL) {
        *err = app->environment.err;
        return NULL;
    }
    return profile_dup(app->environment.profile);
}

struct secret *app_take_key_for(struct app *app, const struct profile *profile)
{
    return profile->source == PROFILE_SESSION && app->environment.key != NULL
               ? secret_dup(app->environment.key)
               : NULL;
}

void app_open(struct app *app, const struct profile *profile, struct secret *key, unsigned lists)
{
    if (profile->source != PROFILE_SESSION) {
        settings_set_last_profile(app->paths, profile->name);
    }
    session_open(app->session, profile, key, lists);
}

/* -- for commands -- */

void app_wait(struct app *app, bool (*done)(void *ctx), void *ctx)
{
    if (app->on_wait != NULL) {
        app->on_wait(app->front, false);
    }
    while (!done(ctx)) {
        loop_turn(app->loop, -1);
        app_tick(app);
    }
    if (app->on_wait != NULL) {
        app->on_wait(app->front, true);
    }
}

static bool key_is_there(void *ctx)
{
    const struct app *app = ctx;

    return session_phase(app->session) != SESSION_KEY;
}

bool app_asked_to_wait(const struct app *app, struct err *err)
{
    const struct api_client *client = session_client(app->session);

    if (client == NULL || !api_client_status(client)->asks) {
        return false;
    }
    err_set(err, ERR_RATE_LIMIT, "%s: that is long; try again after it.",
            api_client_status(client)->text);
    return true;
}

static bool lists_are_there(void *ctx)
{
    const struct app *app = ctx;

    return session_loaded(app->session) || session_phase(app->session) == SESSION_ASK ||
           app_asked_to_wait(app, NULL);
}

static bool ask_key(struct app *app, struct err *err)
{
    bool tty = isatty(STDIN_FILENO) != 0;
    struct secret *key;

    if (tty) {
        fprintf(stderr, "Admin key of %s (not shown): ", session_profile_name(app->session));
    }
    key = keyring_read_fd(STDIN_FILENO, err);
    if (tty) {
        fputc('\n', stderr);
    }
    if (key == NULL) {
        return false;
    }
    session_give_key(app->session, key);
    app_wait(app, key_is_there, app);
    return true;
}

bool app_open_wait(struct app *app, unsigned lists, struct err *err)
{
    struct profile *profile = app_choose_profile(app, err);
    const struct err *failed;

    if (profile == NULL) {
        return false;
    }
    /* To read with a profile does not choose it for later. */
    session_open(app->session, profile, app_take_key_for(app, profile), lists);
    profile_free(profile);
    app_wait(app, key_is_there, app);
    if (session_phase(app->session) == SESSION_ASK && !ask_key(app, err)) {
        return false;
    }
    app_wait(app, lists_are_there, app);
    failed = session_error(app->session);
    if (failed != NULL) {
        *err = *failed;
        return false;
    }
    return session_loaded(app->session) || !app_asked_to_wait(app, err);
}

static bool operation_is_settled(void *ctx)
{
    const struct app *app = ctx;
    const struct operation *op = session_operation(app->session);
    const struct write *write = session_write(app->session);

    if (write != NULL) {
        return write_settled(write) || (!write_in_flight(write) && !write_can_do_without(write) &&
                                        app_asked_to_wait(app, NULL));
    }
    return op == NULL || operation_settled(op) ||
           (!operation_in_flight(op) && !operation_can_do_without(op) &&
            app_asked_to_wait(app, NULL));
}

bool app_wait_operation(struct app *app, struct err *err)
{
    const struct operation *op = session_operation(app->session);
    const struct write *write = session_write(app->session);
    bool settled;

    app_wait(app, operation_is_settled, app);
    settled = write != NULL ? write_settled(write) : op == NULL || operation_settled(op);
    if (settled || !app_asked_to_wait(app, err)) {
        return true;
    }
    err_prefix(err, "Nothing was sent");
    return false;
}

static bool has_looked_back(void *ctx)
{
    const struct app *app = ctx;

    return !session_looking_back(app->session) || app_asked_to_wait(app, NULL);
}

void app_look_back(struct app *app)
{
    app->looked_back = true;
    session_look_back(app->session);
    if (session_looking_back(app->session)) {
        app_wait(app, has_looked_back, app);
    }
    /* Minutes are a person's to wait. */
    if (session_looking_back(app->session)) {
        struct err err = {0};

        (void)app_asked_to_wait(app, &err);
        err_prefix(&err, "What became of earlier writes could not be looked for");
        session_stop_look(app->session);
        app_say(app, true, err.text);
    }
}

int app_exit_code(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE:
        return EXIT_DONE;
    case ERR_INVALID:
        return EXIT_USAGE;
    case ERR_AUTH:
    case ERR_NO_KEY:
        return EXIT_NO_KEY;
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_RATE_LIMIT:
    case ERR_SERVER:
    case ERR_DECODE:
        return EXIT_NETWORK;
    case ERR_UNKNOWN:
        return EXIT_UNKNOWN;
    default:
        return EXIT_REFUSED;
    }
}
