/* Writes that were sent and whose end is not known: one that would do the same
 * again has to look first. They come from this session and, when it begins, from the journal, which
 * has those of other organisations too: unsettled.h tells them apart. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session_internal.h"

#include "base/banned.h"

/* A workspace may be named by its slug: the same one must not look like another. */
static const char *place_of(const struct session *session, const char *workspace,
                            char out[ID_TEXT_SIZE])
{
    const struct inventory *inv = session->inv;
    int row = inv == NULL || workspace == NULL || workspace[0] == '\0'
                  ? -1
                  : inventory_find_workspace_text(inv, workspace);

    return row < 0 ? workspace : inventory_id_text(inv, inv->workspaces[row].id, out);
}

static const char *organisation_of(const struct session *session, char out[ID_TEXT_SIZE])
{
    return session->inv == NULL
               ? ""
               : inventory_id_text(session->inv, session->inv->organisation_id, out);
}

static struct trace trace_of(const struct session *session, const struct operation_try *what,
                             char place[ID_TEXT_SIZE], char organisation[ID_TEXT_SIZE])
{
    return (struct trace){
        .act = what->act,
        .organisation = organisation_of(session, organisation),
        .base_url = session->profile->base_url,
        .profile = session->profile->name,
        .kind = what->kind,
        .target = what->target,
        .place = place_of(session, what->workspace, place),
        .owner = what->owner,
        .name = what->name,
        .at = what->at,
    };
}

static char *copy(const char *text)
{
    return xstrdup(text == NULL ? "" : text);
}

static void try_init(struct session_try *kept, const struct trace *trace,
                     const struct operation_try *what)
{
    *kept = (struct session_try){
        .trace =
            {
                .act = copy(trace->act),
                .organisation = copy(trace->organisation),
                .base_url = copy(trace->base_url),
                .profile = copy(trace->profile),
                .kind = copy(trace->kind),
                .target = copy(trace->target),
                .place = copy(trace->place),
                .owner = copy(trace->owner),
                .name = copy(trace->name),
                .at = trace->at,
            },
        .seen = xcalloc(what->seen_count + 1, sizeof(char *)),
        .seen_count = what->seen_count,
        .newest = what->newest,
        .blind = what->blind,
        .server_time = what->server_time,
    };
    snprintf(kept->intent, sizeof(kept->intent), "%s", what->intent);
    for (size_t i = 0; i < what->seen_count; i++) {
        kept->seen[i] = xstrdup(what->seen[i]);
    }
}

static void try_done(struct session_try *kept)
{
    const char *const texts[] = {
        kept->trace.act,     kept->trace.organisation, kept->trace.base_url,
        kept->trace.profile, kept->trace.kind,         kept->trace.target,
        kept->trace.place,   kept->trace.owner,        kept->trace.name};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        void *text; /* ours, whatever the trace may think of it */

        memcpy(&text, &texts[i], sizeof(text));
        free(text);
    }
    for (size_t i = 0; i < kept->seen_count; i++) {
        free(kept->seen[i]);
    }
    free(kept->seen);
}

static void forget(struct session *session, size_t number)
{
    try_done(&session->tries[number]);
    session->try_count--;
    memmove(&session->tries[number], &session->tries[number + 1],
            (session->try_count - number) * sizeof(session->tries[0]));
}

void session_forget_tries(struct session *session)
{
    while (session->try_count > 0) {
        forget(session, session->try_count - 1);
    }
    free(session->tries);
    session->tries = NULL;
    session->try_cap = 0;
}

void session_try_settled(void *ctx, const struct operation_try *what, bool known)
{
    struct session *session = ctx;
    char place[ID_TEXT_SIZE], organisation[ID_TEXT_SIZE];
    struct trace trace = trace_of(session, what, place, organisation);

    for (size_t i = session->try_count; known && i > 0; i--) {
        const struct session_try *kept = &session->tries[i - 1];

        if (strcmp(kept->intent, what->intent) == 0 || trace_ends(&trace, &kept->trace)) {
            forget(session, i - 1);
        }
    }
    if (known) {
        return;
    }
    session_try_keep(session, &trace, what);
}

void session_try_keep(struct session *session, const struct trace *trace,
                      const struct operation_try *what)
{
    for (size_t i = 0; i < session->try_count; i++) {
        if (strcmp(session->tries[i].intent, what->intent) == 0) {
            return;
        }
    }
    session->tries =
        xgrow(session->tries, &session->try_cap, session->try_count + 1, sizeof(session->tries[0]));
    try_init(&session->tries[session->try_count++], trace, what);
}

/* The workspace of one that the journal told may be a slug. */
static bool is_same(const struct session *session, const struct session_try *kept,
                    const struct trace *trace)
{
    char place[ID_TEXT_SIZE];
    struct trace earlier = kept->trace;

    earlier.place = place_of(session, earlier.place, place);
    return trace_same(&earlier, trace);
}

bool session_try_earlier(void *ctx, struct operation_try *what)
{
    const struct session *session = ctx;
    char place[ID_TEXT_SIZE], organisation[ID_TEXT_SIZE];
    struct trace trace = trace_of(session, what, place, organisation);

    /* The oldest: what any of them made is not older than it. */
    for (size_t i = 0; i < session->try_count; i++) {
        const struct session_try *kept = &session->tries[i];

        if (is_same(session, kept, &trace)) {
            what->at = kept->trace.at;
            what->intent = kept->intent;
            what->seen = (const char *const *)kept->seen;
            what->seen_count = kept->seen_count;
            what->newest = kept->newest;
            what->blind = kept->blind;
            what->server_time = kept->server_time;
            return true;
        }
    }
    return false;
}
