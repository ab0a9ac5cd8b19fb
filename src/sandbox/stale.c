#include "sandbox/stale.h"

#include <stdlib.h>
#include <string.h>

#include "base/testing.h"

#include "base/banned.h"

static int64_t lag_ms(const struct sandbox *sandbox)
{
    return testing_ms((int64_t)sandbox->quirks.stale_seconds * 1000);
}

static void drop_oldest(struct sandbox *sandbox)
{
    db_free(sandbox->pasts[0].db);
    sandbox->past_count--;
    memmove(&sandbox->pasts[0], &sandbox->pasts[1],
            sandbox->past_count * sizeof(sandbox->pasts[0]));
}

struct db *stale_take(const struct sandbox *sandbox)
{
    return lag_ms(sandbox) > 0 ? db_copy(sandbox->db) : NULL;
}

void stale_keep(struct sandbox *sandbox, struct db *before, bool changed, int64_t now)
{
    if (before == NULL || !changed) {
        db_free(before);
        return;
    }
    if (sandbox->past_count == PASTS_MAX) { /* then it ends early */
        drop_oldest(sandbox);
    }
    sandbox->pasts[sandbox->past_count++] = (struct past){before, now + lag_ms(sandbox)};
}

struct db *stale_db(struct sandbox *sandbox, int64_t now)
{
    while (sandbox->past_count > 0 && sandbox->pasts[0].until <= now) {
        drop_oldest(sandbox);
    }
    return sandbox->past_count > 0 ? sandbox->pasts[0].db : sandbox->db;
}

void stale_end(struct sandbox *sandbox)
{
    while (sandbox->past_count > 0) {
        drop_oldest(sandbox);
    }
}
