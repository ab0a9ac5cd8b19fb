/* What the two halves of the demo seed share: an organisation while it is made. */
#ifndef PORTCULLIS_SANDBOX_SEED_WORLD_H
#define PORTCULLIS_SANDBOX_SEED_WORLD_H

#include "sandbox/seed.h"

struct world {
    struct sandbox *sandbox;
    int64_t org, now, born;
    const char *domain;
    int64_t first_user, first_workspace;
    int64_t first_key; /* the console's */
    uint32_t people;
    uint32_t places; /* those that are in use */
    uint32_t keys, keys_wanted;
};

/* Some number below limit, the same every time. */
uint32_t world_below(const struct world *w, const char *what, uint64_t index, uint32_t limit);
/* All keys but the one that the console works with. */
void world_add_keys(struct world *w, uint32_t twins);

/* Invites, mappings and the audit log; nothing is added to the others after it. */
void world_add_rest(const struct world *w);

#endif
