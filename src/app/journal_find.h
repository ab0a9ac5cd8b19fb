/* What the journal knows of a key that is not there any more: that it was, and what it was. */
#ifndef PORTCULLIS_APP_JOURNAL_FIND_H
#define PORTCULLIS_APP_JOURNAL_FIND_H

#include <stdbool.h>

#include "app/journal.h"

struct journal_known {
    char kind[32];         /* "workspace-service"; "" not told */
    char workspace[64];    /* its id; "" none, or not told */
    char organisation[64]; /* its id; "" not told */
    int64_t proven_at;     /* that it is gone: when that was written; TIME_NONE: it is not proven */
    char reading[240], control[240]; /* what proved it, in words; "" not told */
};

/* Does a whole line of the journal name this key, as what was to be revoked or as what was made,
 * for this profile at this address? Fills *out. An unreadable journal knows nothing. */
bool journal_find_key(const struct journal *journal, const char *key_id, const char *profile,
                      const char *base_url, struct journal_known *out);

/* What the newest freeze-key of this key that stands as done set (*set), and what the expiry was
 * before it (*before, TIME_NONE: never). False when there is none. */
bool journal_find_frozen(const struct journal *journal, const char *key_id, const char *profile,
                         const char *base_url, int64_t *before, int64_t *set);

#endif
