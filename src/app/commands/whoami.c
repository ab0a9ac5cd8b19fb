/* The key that portcullis works with: which one it is, until when it lives, and what it lacks. */
#include <stdio.h>
#include <string.h>

#include "app/commands/common.h"
#include "app/commands/progress.h"
#include "model/mask.h"

#include "base/banned.h"

#define PAGES 10
#define EXPIRY_NEAR_MS ((int64_t)14 * 24 * 3600 * 1000)

struct whoami {
    struct app *app;
    bool all; /* reads on to the end of the list */
    struct report_options report;
    char head[32], tail[32]; /* of the secret in hand, as a mask shows them */
    bool done, ok, whole;
    struct err err;
    struct inventory *inv; /* what was read; ours */
};

static bool is_done(void *ctx)
{
    const struct whoami *who = ctx;

    return who->done || app_asked_to_wait(who->app, NULL);
}

/* What came is ours now, and the own key is looked for in it. */
static void take(struct whoami *who, struct inventory *inv)
{
    inventory_free(who->inv);
    who->inv = inv;
    inventory_find_own(inv, who->head, who->tail);
}

static void on_key(void *ctx, struct api_reply *reply)
{
    struct whoami *who = ctx;
    struct inventory *inv = inventory_new();
    int row;

    who->done = true;
    who->err = reply->err;
    who->ok = reply->ok && !reply->cached &&
              api_key_into(inv, reply->body, reply->body_len, &row, &who->err);
    take(who, inv);
}

static void on_pages(void *ctx, const struct api_newest *newest)
{
    struct whoami *who = ctx;

    who->done = true;
    who->ok = newest->ok;
    who->whole = newest->whole;
    who->err = newest->ok ? (struct err){0} : *newest->err;
    *newest->owner = NULL;
    take(who, newest->found);
}

/* Runs until the answer is there; a wait that the server asks for ends it. */
static void wait_for(struct whoami *who, api_ticket ticket)
{
    app_wait(who->app, is_done, who);
    if (!who->done) {
        api_cancel(session_client(who->app->session), ticket);
        app_asked_to_wait(who->app, &who->err);
    }
}

/* By the id that the profile keeps: one request. It may be that of the key before this one. */
static bool read_by_id(struct whoami *who)
{
    const char *id = session_own_id(who->app->session);

    if (id[0] == '\0') {
        return false;
    }
    progress_doing(who->app, "reading the key");
    who->done = who->ok = false;
    wait_for(who, api_get_key(session_client(who->app->session), id, on_key, who));
    return who->ok && who->inv->own_key >= 0;
}

static bool read_by_mask(struct whoami *who)
{
    progress_doing(who->app, "looking for the key in the list of keys");
    who->done = who->ok = false;
    wait_for(who, api_newest_keys(session_client(who->app->session), who->all ? 0 : PAGES, on_pages,
                                  who));
    return who->ok && who->inv->own_key >= 0;
}

/* Why it is not known which key it is, and what to do. */
static void say_unknown(const struct whoami *who)
{
    if (!who->ok) {
        fprintf(stderr, "portcullis: Which key it is cannot be told: %s\n", who->err.text);
    } else if (who->inv->own_candidates > 1) {
        fprintf(stderr,
                "portcullis: Which key it is cannot be told: %d keys have its mask, and no id is "
                "kept.\n",
                who->inv->own_candidates);
    } else if (!who->whole) {
        fprintf(stderr,
                "portcullis: It is not among the newest %zu keys: --all reads all of them.\n",
                who->inv->key_count);
    } else {
        fprintf(stderr,
                "portcullis: It is not among the %zu keys that it can list: it likely may not list "
                "keys of its own kind.\n",
                who->inv->key_count);
    }
}

static void say_expiry(const struct whoami *who, int64_t now)
{
    const struct key_row *own = &who->inv->keys[who->inv->own_key];
    char when[TIME_TEXT_SIZE];

    if (own->expires_at == TIME_NONE || (own->unread & UNREAD_EXPIRES) != 0 ||
        own->expires_at - now > EXPIRY_NEAR_MS) {
        return;
    }
    time_format(own->expires_at, when);
    fprintf(
        stderr,
        "portcullis: This key %s at %s: make its successor, then `portcullis login --replace`.\n",
        key_is_expired(own, now) ? "expired" : "expires", when);
}

/* -1: parsed; else the exit code. */
static int parse(int argc, char **argv, struct whoami *out)
{
    static const struct option FLAGS[] = {{"all", no_argument, NULL, 'a'},
                                          {"format", required_argument, NULL, 'F'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct flag_reader reader = {.options = FLAGS};
    int flag;

    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag == '?' || (flag == 'F' && !command_format(argv[0], optarg, &out->report))) {
            return EXIT_USAGE;
        }
        out->all = out->all || flag == 'a';
    }
    return optind < argc ? command_surplus(argv[0], argv[optind]) : -1;
}

static int tell(struct whoami *who)
{
    const struct err *why = &who->err;
    bool known = who->inv != NULL && who->inv->own_key >= 0;
    struct err err = {0};

    if (!known && !who->ok && (why->kind == ERR_AUTH || why->source != ERR_FROM_API)) {
        return command_fail(why); /* no answer of the API, or not to this key */
    }
    if (!report_whoami(stdout, who->inv, session_own_mask(who->app->session), &who->report, &err)) {
        return command_fail(&err);
    }
    if (!known) {
        say_unknown(who);
        return EXIT_INCOMPLETE;
    }
    say_expiry(who, who->report.now);
    return (who->inv->keys[who->inv->own_key].unread & UNREAD_SCOPES) != 0 ? EXIT_INCOMPLETE
                                                                           : EXIT_DONE;
}

int run_whoami(struct app *app, int argc, char **argv)
{
    struct whoami who = {.app = app};
    int code = parse(argc, argv, &who);
    struct err err = {0};

    if (code >= 0) {
        return code;
    }
    if (!app_open_wait(app, 0, &err)) {
        return command_fail(&err);
    }
    who.report.now = clock_now(&app->clock);
    mask_split(session_own_mask(app->session), who.head, sizeof(who.head), who.tail,
               sizeof(who.tail));
    if (!read_by_id(&who)) {
        read_by_mask(&who);
    }
    code = tell(&who);
    inventory_free(who.inv);
    return code;
}
