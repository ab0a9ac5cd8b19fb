#include <stdio.h>
#include <string.h>

#include "api/load.h"
#include "app/commands/common.h"
#include "app/commands/progress.h"
#include "base/text.h"
#include "model/mask.h"

#include "base/banned.h"

int run_overview(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int done = command_parse(app, argc, argv, 0, NULL, &options, NULL);
    if (done >= 0) {
        return done;
    }
    struct err err = {0};
    if (!app_open_wait(app, LOAD_ALL, &err)) {
        return command_fail(&err);
    }
    struct inventory *inv = session_inventory(app->session);
    options.read_with = session_own_mask(app->session);
    options.now = clock_now(&app->clock); /* the server's, from its first answer on */
    /* A key from the environment has no profile whose name could be that of the organisation. */
    const char *name = app->environment.profile == NULL ? session_profile_name(app->session) : NULL;
    if (!report_overview(stdout, inv, name, api_client_base_url(session_client(app->session)),
                         &options, &err)) {
        return command_fail(&err);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        if (!report_complete(inv, (enum list_kind)list)) {
            return EXIT_INCOMPLETE;
        }
    }
    return EXIT_DONE;
}

/* The answer to one GET, kept until the loop is left. */
struct got {
    struct app *app;
    bool done;
    bool ok;
    struct err err;
    struct buf body;
};

static void on_key(void *ctx, struct api_reply *reply)
{
    struct got *got = ctx;
    got->done = true;
    got->ok = reply->ok;
    got->err = reply->err;
    buf_add(&got->body, reply->body, reply->body_len);
}

static bool got_done(void *ctx)
{
    const struct got *got = ctx;
    return got->done || app_asked_to_wait(got->app, NULL);
}

/* The mask of the key that portcullis works with, taken apart, against the mask that was read. */
static bool is_own(const struct app *app, struct inventory *inv, int row)
{
    char head[32], tail[32];
    if (!mask_split(session_own_mask(app->session), head, sizeof head, tail, sizeof tail)) {
        return false;
    }
    inventory_find_own(inv, head, tail);
    return inv->own_key == row;
}

/* Reads the key into the inventory; got.body holds it as it came. */
static bool read_key(struct app *app, const char *id, struct got *got, int *row)
{
    progress_doing(app, "reading the key");
    api_ticket ticket = api_get_key(session_client(app->session), id, on_key, got);
    app_wait(app, got_done, got);
    if (!got->done) {
        api_cancel(session_client(app->session), ticket);
        app_asked_to_wait(app, &got->err);
    }
    return got->ok && api_key_into(session_inventory(app->session), got->body.data, got->body.len,
                                   row, &got->err);
}

static void on_names(void *ctx, bool finished, const struct err *err)
{
    struct got *got = ctx;
    (void)err; /* what could not be read is ? in the table */
    got->done = finished;
}

/* A table has names in the place of ids. They are in lists that may be long, so only those that
 * this key needs are read; never that of the keys. */
static void read_names(struct app *app, const struct key_row *key)
{
    unsigned lists = (id_is_none(key->workspace_id) ? 0 : 1u << LIST_WORKSPACES) |
                     (id_is_none(key->user_id) ? 0 : 1u << LIST_USERS);
    struct got got = {.app = app};
    if (lists == 0) {
        return;
    }
    progress_doing(app, id_is_none(key->user_id) ? "reading the name of its workspace"
                                                 : "reading the names of its workspace and owner");
    struct api_load *load = api_load_start(session_client(app->session),
                                           session_inventory(app->session), lists, on_names, &got);
    app_wait(app, got_done, &got);
    api_load_free(load);
}

int run_key(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int first = 0;
    int done = command_parse(app, argc, argv, 1, "one key: its id, its name or the end of its mask",
                             &options, &first);
    if (done >= 0) {
        return done;
    }
    /* What is no id is looked for in the list. */
    bool by_id = command_is_uuid(argv[first]);
    char id[ID_TEXT_SIZE];
    if (!command_key_ok(argv[0], argv[first])) {
        return EXIT_USAGE;
    }
    struct err err = {0};
    if (!app_open_wait(app, by_id ? 0 : 1u << LIST_KEYS | 1u << LIST_WORKSPACES, &err)) {
        return command_fail(&err);
    }
    struct inventory *inv = session_inventory(app->session);
    snprintf(id, sizeof id, "%s", argv[first]);
    done = by_id ? -1 : command_find_key(argv[0], inv, argv[first], id);
    if (done >= 0) {
        return done;
    }
    struct got got = {.app = app};
    int row = -1;
    buf_init(&got.body, 0);
    bool ok = read_key(app, id, &got, &row);
    if (ok && options.format != REPORT_JSON) {
        read_names(app, &inv->keys[row]);
    }
    options.now = clock_now(&app->clock);
    ok = ok && report_key(stdout, inv, (size_t)row, is_own(app, inv, row), got.body.data,
                          got.body.len, &options, &got.err);
    buf_done(&got.body);
    return ok ? EXIT_DONE : command_fail(&got.err);
}
