/* Data to start with. Everything derives from a number, so that a seed is the same every time. */
#ifndef PORTCULLIS_SANDBOX_SEED_H
#define PORTCULLIS_SANDBOX_SEED_H

#include "sandbox/derive.h"
#include "sandbox/server.h"

struct seed_sizes {
    uint32_t workspaces, users, keys;
    uint32_t audit; /* rows of the audit log */
};

/* Both are called between db_begin and db_commit. Two organisations that look like life. */
void seed_demo(struct sandbox *sandbox);
/* One organisation of any size. */
void seed_scale(struct sandbox *sandbox, const struct seed_sizes *sizes);
/* The secret of an organisation's console key, the first key it got. */
void seed_admin_key(struct sandbox *sandbox, int64_t org, char out[DERIVED_SECRET_SIZE]);

/* For the seeds: adds a key with its secret derived; fills in what is empty. Returns its seq. */
int64_t seed_add_key(struct sandbox *sandbox, struct key_rec *key);
/* The admin key that the console works with: all that is legal for its kind, but what starts with
 * one of these words (NULL ends them; NULL: nothing is left out). */
void seed_add_admin_key(struct sandbox *sandbox, int64_t org, int64_t created_at,
                        const char *const *without);
/* When the demo's world stands: derived ages are counted back from here. */
int64_t seed_now(const struct sandbox *sandbox);

#endif
