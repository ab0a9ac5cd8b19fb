#include "app/commands/common.h"

#include <stdio.h>
#include <string.h>

#include "api/load.h"
#include "base/text.h"
#include "model/mask.h"

#include "base/banned.h"

/* Flags of the commands that take only --format. *first gets the index of the first argument. -1:
 * parsed. */
static int parse(struct app *app, int argc, char **argv, struct report_options *out, int *first)
{
    static const struct option FLAGS[] = {{"format", required_argument, NULL, 'F'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *out = (struct report_options){.width = command_width(), .now = clock_now(&app->clock)};
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, FLAGS)) != -1) {
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag != 'F') {
            return command_usage(argv[0], "unknown flag");
        }
        if (!command_format(argv[0], optarg, out)) {
            return EXIT_USAGE;
        }
    }
    *first = optind;
    return -1;
}

int run_overview(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int first = 0;
    int done = parse(app, argc, argv, &options, &first);
    if (done >= 0) {
        return done;
    }
    if (first < argc) {
        return command_usage(argv[0], "takes no argument \"%s\"", argv[first]);
    }
    struct err err = {0};
    if (!app_open_wait(app, LOAD_ALL, &err)) {
        return command_fail(&err);
    }
    struct inventory *inv = session_inventory(app->session);
    if (!report_overview(stdout, inv, session_profile_name(app->session),
                         api_client_base_url(session_client(app->session)), &options, &err)) {
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
    return got->done;
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

int run_key(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int first = 0;
    int done = parse(app, argc, argv, &options, &first);
    if (done >= 0) {
        return done;
    }
    if (argc - first != 1) {
        return command_usage(argv[0], "takes one key id");
    }
    struct err err = {0};
    /* The lists tell names. Not that of the keys: one key of a million must not cost ten thousand
     * pages. */
    if (!app_open_wait(app, 1u << LIST_WORKSPACES | 1u << LIST_USERS, &err)) {
        return command_fail(&err);
    }
    struct inventory *inv = session_inventory(app->session);
    struct got got = {0};
    buf_init(&got.body, 0);
    api_get_key(session_client(app->session), argv[first], on_key, &got);
    app_wait(app, got_done, &got);
    int row = -1;
    bool ok = got.ok && api_key_into(inv, got.body.data, got.body.len, &row, &got.err) &&
              report_key(stdout, inv, (size_t)row, is_own(app, inv, row), got.body.data,
                         got.body.len, &options, &got.err);
    buf_done(&got.body);
    return ok ? EXIT_DONE : command_fail(&got.err);
}
