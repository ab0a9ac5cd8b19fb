/* The budget of a key: what is stored of it, when it starts anew, how it looks on the wire. */
#ifndef PORTCULLIS_SANDBOX_USAGE_H
#define PORTCULLIS_SANDBOX_USAGE_H

#include <jansson.h>

#include "sandbox/db.h"

/* A budget as it stands now: usage is back at 0 when its reset has passed. */
struct usage {
    json_t *stored;     /* an object, or null: no budget; owned */
    double used, limit; /* limit 0: no budget */
    int64_t resets_at;  /* TIME_NONE: never */
    int64_t last_reset; /* TIME_NONE: never */
};

void usage_init(struct usage *usage, const struct key_rec *key, int64_t now);
void usage_done(struct usage *usage);
bool usage_exhausted(const struct usage *usage);
/* Puts a budget into the record, with this much of it used. limits: checked, as it came. */
void usage_store(struct key_rec *key, const json_t *limits, double used, int64_t now);
/* Adds to what is used, or puts it to 0. Does nothing without a budget. */
void usage_add(struct key_rec *key, double used, int64_t now);
void usage_reset(struct key_rec *key, int64_t now);

#endif
