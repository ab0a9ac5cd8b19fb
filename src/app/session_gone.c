/* Inventories that nobody looks at any more: a big one is given back in parts, one a turn, so that
 * no key waits for it. */
#include <stdlib.h>

#include "app/session_internal.h"

#include "base/banned.h"

static void free_some(void *ctx)
{
    struct session *session = ctx;

    session->freeing = 0;
    if (inventory_free_some(session->gone[session->gone_count - 1])) {
        session->gone_count--;
    }
    if (session->gone_count > 0) {
        session->freeing = loop_defer(session->config.loop, free_some, session);
    }
}

void session_drop_inventory(struct session *session, struct inventory *inv)
{
    if (inv == NULL) {
        return;
    }
    session->gone = xgrow(session->gone, &session->gone_cap, session->gone_count + 1,
                          sizeof(struct inventory *));
    session->gone[session->gone_count++] = inv;
    if (session->freeing == 0) {
        session->freeing = loop_defer(session->config.loop, free_some, session);
    }
}

void session_free_gone(struct session *session)
{
    loop_undefer(session->config.loop, session->freeing);
    while (session->gone_count > 0) {
        inventory_free(session->gone[--session->gone_count]);
    }
    free(session->gone);
}
