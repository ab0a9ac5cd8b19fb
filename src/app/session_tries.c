/* Writes of this organisation that were sent and whose end is not known: one that would do the same
 * again has to look first. They come from this session and, when it begins, from the journal. */
#include <stdio.h>
#include <string.h>

#include "app/session_internal.h"

#include "base/banned.h"

static bool same(const struct session_try *kept, const struct operation_try *what)
{
    return strcmp(kept->act, what->act) == 0 && strcmp(kept->target, what->target) == 0 &&
           strcmp(kept->workspace, what->workspace) == 0 &&
           (what->target[0] != '\0' || strcmp(kept->name, what->name) == 0);
}

/* What was revoked is no key any more that an earlier try may have made. */
static bool settles(const struct session_try *kept, const struct operation_try *what)
{
    return same(kept, what) ||
           (strcmp(what->act, "revoke-key") == 0 && strcmp(kept->name, what->name) == 0);
}

static void forget(struct session *session, size_t number)
{
    session->try_count--;
    memmove(&session->tries[number], &session->tries[number + 1],
            (session->try_count - number) * sizeof(session->tries[0]));
}

void session_try_settled(void *ctx, const struct operation_try *what, bool known)
{
    struct session *session = ctx;
    struct session_try *kept;

    for (size_t i = session->try_count; known && i > 0; i--) {
        if (settles(&session->tries[i - 1], what)) {
            forget(session, i - 1);
        }
    }
    if (known) {
        return;
    }
    if (session->try_count == SESSION_TRIES_MAX) {
        forget(session, 0);
    }
    kept = &session->tries[session->try_count++];
    *kept = (struct session_try){.at = what->at, .since = what->since};
    snprintf(kept->act, sizeof(kept->act), "%s", what->act);
    snprintf(kept->name, sizeof(kept->name), "%s", what->name);
    snprintf(kept->workspace, sizeof(kept->workspace), "%s", what->workspace);
    snprintf(kept->target, sizeof(kept->target), "%s", what->target);
}

bool session_try_earlier(void *ctx, struct operation_try *what)
{
    const struct session *session = ctx;

    /* The oldest: what any of them made is not older than it. */
    for (size_t i = 0; i < session->try_count; i++) {
        if (same(&session->tries[i], what)) {
            what->at = session->tries[i].at;
            what->since = session->tries[i].since;
            return true;
        }
    }
    return false;
}
