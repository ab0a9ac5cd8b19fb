#include "app/journal_find.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/journal_line.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#include "base/banned.h"

/* The intents of this profile, until it is known what they were about. */
struct finder {
    const char *key_id, *profile, *base_url;
    json_t *intents; /* id of an intent -> its line */
    struct journal_known *out;
    bool found;
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    return text == NULL ? "" : text;
}

static void take(struct finder *finder, const json_t *intent)
{
    struct journal_known *out = finder->out;

    snprintf(out->kind, sizeof(out->kind), "%s", text_of(intent, "target_kind"));
    snprintf(out->workspace, sizeof(out->workspace), "%s", text_of(intent, "workspace"));
    snprintf(out->organisation, sizeof(out->organisation), "%s",
             text_of(intent, "organisation_id"));
    finder->found = true;
}

/* Proven by reads; a person's word is none. */
static void take_proof(struct finder *finder, const json_t *outcome)
{
    struct journal_known *out = finder->out;
    const char *reading = text_of(outcome, "reading");

    if (strcmp(text_of(outcome, "result"), "done") == 0 && reading[0] != '\0' &&
        strcmp(text_of(outcome, "by"), "person") != 0 &&
        time_parse(text_of(outcome, "time"), &out->proven_at)) {
        snprintf(out->reading, sizeof(out->reading), "%s", reading);
        snprintf(out->control, sizeof(out->control), "%s", text_of(outcome, "control"));
    }
}

static void take_line(void *ctx, json_t *line)
{
    struct finder *finder = ctx;
    const char *kind = text_of(line, "kind");
    bool names = strcmp(text_of(line, "target"), finder->key_id) == 0;

    if (strcmp(kind, "intent") == 0) {
        if (strcmp(text_of(line, "profile"), finder->profile) != 0 ||
            strcmp(text_of(line, "base_url"), finder->base_url) != 0) {
            return;
        }
        json_object_set(finder->intents, text_of(line, "id"), line);
        if (names) {
            take(finder, line);
        }
    } else if (names && (strcmp(kind, "made") == 0 || strcmp(kind, "outcome") == 0)) {
        const json_t *intent = json_object_get(finder->intents, text_of(line, "intent"));

        if (intent != NULL) {
            take(finder, intent);
        }
        if (intent != NULL && strcmp(text_of(intent, "act"), "revoke-key") == 0) {
            take_proof(finder, line);
        }
    }
}

typedef void line_fn(void *ctx, json_t *line);

static void read_line(const char *text, size_t len, line_fn *fn, void *ctx)
{
    char hash[HASH_TEXT_SIZE];
    json_t *line;

    if (!journal_line_whole(text, len, hash)) {
        return;
    }
    line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    if (line != NULL) {
        fn(ctx, line);
    }
    json_decref(line);
}

static void each_line(const struct journal *journal, line_fn *fn, void *ctx)
{
    struct buf text;

    buf_init(&text, 0);
    if (file_read(journal_path(journal), &text, NULL)) {
        const char *at = text.data, *end;

        while ((end = strchr(at, '\n')) != NULL) {
            read_line(at, (size_t)(end - at), fn, ctx);
            at = end + 1;
        }
    }
    buf_done(&text);
}

bool journal_find_key(const struct journal *journal, const char *key_id, const char *profile,
                      const char *base_url, struct journal_known *out)
{
    struct journal_known known = {.proven_at = TIME_NONE};
    struct finder finder = {.key_id = key_id,
                            .profile = profile,
                            .base_url = base_url,
                            .intents = json_object(),
                            .out = &known};

    each_line(journal, take_line, &finder);
    json_decref(finder.intents);
    if (finder.found) {
        *out = known;
    }
    return finder.found;
}

/* -- what was frozen -- */

struct thawer {
    const char *key_id, *profile, *base_url;
    char intent[JOURNAL_ID_SIZE]; /* of the newest freeze-key */
    int64_t before, set;          /* by that */
    bool done;
};

/* A member that is a time, of an object in a text; false where it is neither that nor null. */
static bool time_in(const char *text, int64_t *out)
{
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *time = json_object_get(object, "expires_at");
    bool ok = time != NULL && (json_is_null(time) ||
                               (json_is_string(time) && time_parse(json_string_value(time), out)));

    if (ok && json_is_null(time)) {
        *out = TIME_NONE;
    }
    json_decref(object);
    return ok;
}

static void take_frozen(void *ctx, json_t *line)
{
    struct thawer *thawer = ctx;
    const char *kind = text_of(line, "kind");

    if (strcmp(kind, "intent") == 0 && strcmp(text_of(line, "act"), "freeze-key") == 0 &&
        strcmp(text_of(line, "target"), thawer->key_id) == 0 &&
        strcmp(text_of(line, "profile"), thawer->profile) == 0 &&
        strcmp(text_of(line, "base_url"), thawer->base_url) == 0) {
        bool read = time_in(text_of(line, "before"), &thawer->before) &&
                    time_in(text_of(line, "body"), &thawer->set);

        snprintf(thawer->intent, sizeof(thawer->intent), "%s", read ? text_of(line, "id") : "");
        thawer->done = false;
    } else if (strcmp(kind, "outcome") == 0 && thawer->intent[0] != '\0' &&
               strcmp(text_of(line, "intent"), thawer->intent) == 0) {
        thawer->done = strcmp(text_of(line, "result"), "done") == 0;
    }
}

bool journal_find_frozen(const struct journal *journal, const char *key_id, const char *profile,
                         const char *base_url, int64_t *before, int64_t *set)
{
    struct thawer thawer = {.key_id = key_id, .profile = profile, .base_url = base_url};

    each_line(journal, take_frozen, &thawer);
    *before = thawer.before;
    *set = thawer.set;
    return thawer.done;
}
