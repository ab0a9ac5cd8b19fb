/* Organisations for the tests of the model: row by row by hand, or a big one by numbers, the same
 * every time. */
#ifndef PORTCULLIS_TESTS_UNIT_MODEL_ORG_H
#define PORTCULLIS_TESTS_UNIT_MODEL_ORG_H

#include <stddef.h>
#include <stdint.h>

#include "model/inventory.h"
#include "model/view.h"

#define ORG_NOW INT64_C(1790000000000) /* 2026-09-21 13:33Z */
#define ORG_DAY INT64_C(86400000)

/* Lends the UUID of record `number` of a list. */
const char *org_id(enum list_kind list, unsigned number, char out[ID_TEXT_SIZE]);

struct text_pair org_text(struct inventory *inv, const char *text);
str_ref org_word(struct inventory *inv, const char *text);

/* Rows with plain defaults, for the caller to change and add. */
struct workspace_row org_workspace(struct inventory *inv, unsigned number, const char *slug,
                                   const char *name);
struct user_row org_user(struct inventory *inv, unsigned number, const char *first,
                         const char *last, const char *mail, enum org_role role);
struct member_row org_member(struct inventory *inv, unsigned workspace, unsigned user,
                             enum ws_role role);
/* workspace and user 0: none. The kind follows from them. */
struct key_row org_key(struct inventory *inv, unsigned number, const char *name, const char *mask,
                       unsigned workspace, unsigned user);
struct key_extra org_extra(void);
void org_scope(struct key_row *key, const char *name);

/* counted = total = the rows held. */
void org_complete(struct inventory *inv, enum list_kind list);

struct org_size {
    unsigned workspaces, users, keys;
};
/* Names in several scripts, kinds, owners, masks, expiries and statuses by `seed`. All lists
 * complete. */
struct inventory *org_new(struct org_size size, uint64_t seed);
/* The next keys of the same organisation, number `from` on. */
void org_add_keys(struct inventory *inv, struct org_size size, unsigned from, unsigned count,
                  uint64_t seed);

/* What filter_passes is to say, from the texts of the row alone. */
enum filter_hit org_filter_hit(struct filter *filter, const struct field_context *ctx, size_t row);

#endif
