/* What the server makes up for new records: of chance, but in the fixed world of --now, where the
 * same acts make the same records. What a seed's number gives away is what was seeded. */
#ifndef PORTCULLIS_SANDBOX_MADE_H
#define PORTCULLIS_SANDBOX_MADE_H

#include "sandbox/derive.h"
#include "sandbox/server.h"

/* An id for record number `index` of a kind. */
void made_id(const struct sandbox *sandbox, const char *what, int64_t index, char out[UUID_SIZE]);
/* 28 characters that nobody can guess; `version` counts those of one record. */
void made_token(const struct sandbox *sandbox, const char *what, int64_t index, int64_t version,
                char out[DERIVED_SECRET_SIZE]);
/* Gives a key a new secret; out gets it, for the one answer that holds it. */
void made_secret(const struct sandbox *sandbox, struct key_rec *key, char out[DERIVED_SECRET_SIZE]);
/* The key that a member of a workspace gets by itself, or by an invite: with these scopes. */
int64_t made_user_key(struct sandbox *sandbox, const struct workspace_rec *ws, int64_t user,
                      const char *name, const char *mode, const struct scope_set *scopes,
                      int64_t now);

#endif
