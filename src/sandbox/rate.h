/* Rate limits of keys and workspaces: counted in memory, in windows of the sandbox's own clock. */
#ifndef PORTCULLIS_SANDBOX_RATE_H
#define PORTCULLIS_SANDBOX_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose limit it is. */
enum rate_owner { RATE_KEY, RATE_WORKSPACE };

struct rate_count {
    enum rate_owner owner;
    int64_t seq;
    int64_t unit_ms;
    bool tokens; /* else requests */
    int64_t window;
    int64_t used; /* in that window */
};

struct rates {
    struct rate_count *counts; /* owned */
    size_t count, cap;
};

void rates_done(struct rates *rates);
/* Is there room for one more request under these limits ([{"type","unit","value"}] as stored, or
 * NULL)? A value of 0 leaves none, ever. */
bool rate_allows(const struct rates *rates, enum rate_owner owner, int64_t seq, const char *limits,
                 int64_t now);
/* Counts one request with so many tokens. */
void rate_use(struct rates *rates, enum rate_owner owner, int64_t seq, const char *limits,
              int64_t tokens, int64_t now);

#endif
