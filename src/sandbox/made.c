#include "sandbox/made.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

void made_id(const struct sandbox *sandbox, const char *what, int64_t index, char out[UUID_SIZE])
{
    if (sandbox->clock_moves) {
        derive_uuid(sandbox->number, what, (uint64_t)index, out);
    } else {
        random_uuid(out);
    }
}

void made_token(const struct sandbox *sandbox, const char *what, int64_t index, int64_t version,
                char out[DERIVED_SECRET_SIZE])
{
    if (sandbox->clock_moves) {
        derive_token(sandbox->number, what, (uint64_t)index, (uint64_t)version, out);
    } else {
        random_secret(out);
    }
}

void made_secret(const struct sandbox *sandbox, struct key_rec *key, char out[DERIVED_SECRET_SIZE])
{
    made_token(sandbox, "secret", key->seq, key->secrets, out);
    derive_hash(out, key->hash);
    free(key->mask);
    key->mask = xasprintf("%.2s*****%s", out, out + DERIVED_SECRET_SIZE - 4);
}

int64_t made_user_key(struct sandbox *sandbox, const struct workspace_rec *ws, int64_t user,
                      const char *name, const char *mode, const struct scope_set *scopes,
                      int64_t now)
{
    char id[UUID_SIZE];
    char secret[DERIVED_SECRET_SIZE];
    struct key_rec key = {.seq = db_next_key_seq(sandbox->db),
                          .org = ws->org,
                          .workspace = ws->seq,
                          .user = user,
                          .kind = KEY_WORKSPACE_USER,
                          .secrets = 1,
                          .scopes = *scopes,
                          .created_at = now,
                          .updated_at = now,
                          .expires_at = TIME_NONE,
                          .last_reset_at = TIME_NONE,
                          .old_until = TIME_NONE};
    made_id(sandbox, "key", key.seq, id);
    key.id = xstrdup(id);
    key.name = xstrdup(name);
    key.description = xstrdup("Created by portkey on joining organisation");
    key.creation_mode = xstrdup(mode);
    made_secret(sandbox, &key, secret);
    int64_t seq = db_add_key(sandbox->db, &key);
    key_rec_done(&key);
    return seq;
}
