/* Reads that lag behind writes (quirk stale-reads): for so long they tell what was before, of every
 * record. Each write leaves a copy of the database behind, and reads are answered from the oldest
 * that is not over. */
#ifndef PORTCULLIS_SANDBOX_STALE_H
#define PORTCULLIS_SANDBOX_STALE_H

#include "sandbox/server.h"

/* Before a write: what it is like now (gives); NULL when reads do not lag. */
struct db *stale_take(const struct sandbox *sandbox);
/* After it: takes the copy. changed: reads go on telling it from now on. */
void stale_keep(struct sandbox *sandbox, struct db *before, bool changed, int64_t now);
/* What reads see now. Lends. */
struct db *stale_db(struct sandbox *sandbox, int64_t now);
/* Forgets all. */
void stale_end(struct sandbox *sandbox);

#endif
