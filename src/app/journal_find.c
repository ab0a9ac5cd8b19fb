#include "app/journal_find.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/journal_line.h"
#include "base/alloc.h"
#include "base/buf.h"
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

static void take_line(struct finder *finder, json_t *line)
{
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
    }
}

static void read_line(struct finder *finder, const char *text, size_t len)
{
    char hash[HASH_TEXT_SIZE];
    json_t *line;

    if (!journal_line_whole(text, len, hash)) {
        return;
    }
    line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    if (line != NULL) {
        take_line(finder, line);
    }
    json_decref(line);
}

bool journal_find_key(const struct journal *journal, const char *key_id, const char *profile,
                      const char *base_url, struct journal_known *out)
{
    struct journal_known known = {0};
    struct finder finder = {.key_id = key_id,
                            .profile = profile,
                            .base_url = base_url,
                            .intents = json_object(),
                            .out = &known};
    struct buf text;

    buf_init(&text, 0);
    if (file_read(journal_path(journal), &text, NULL)) {
        const char *at = text.data, *end;

        while ((end = strchr(at, '\n')) != NULL) {
            read_line(&finder, at, (size_t)(end - at));
            at = end + 1;
        }
    }
    buf_done(&text);
    json_decref(finder.intents);
    if (finder.found) {
        *out = known;
    }
    return finder.found;
}
