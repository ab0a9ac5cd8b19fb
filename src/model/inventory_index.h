/* What an inventory keeps beside its rows, so that nothing has to be looked for: row numbers by id,
 * counts that go along with every row, and for each key what a filter asks first. Only for the
 * inventory_*.c, filter*.c, view*.c and draft*.c files. */
#ifndef PORTCULLIS_MODEL_INVENTORY_INDEX_H
#define PORTCULLIS_MODEL_INVENTORY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/id_index.h"
#include "model/inventory.h"

/* Distinct ids in the order they were first seen; place 0 is "none". A place exists as soon as any
 * row names the id, whether or not the workspace or the person itself could be read. */
struct places {
    struct id_map map;
    struct id *ids;
    size_t len, cap;
};

/* An id that is no UUID: found again by two hashes of its text, and compared. */
struct interned {
    struct id_pair pair;
    str_ref ref;
};

/* Of a signature: there is a character outside ASCII. */
#define SIGNATURE_WORLD (UINT64_C(1) << 62)
/* There is such a character, an odd status or an odd id, so the other bits do not tell. */
#define SIGNATURE_ODD (UINT64_C(1) << 63)

struct key_place {
    uint64_t signature; /* which characters occur in name, description and mask */
    uint32_t workspace; /* places; 0: none */
    uint32_t user;
};

/* The memberships of one person, in the order of the workspaces: row + 1, 0 none; and the row of
 * the workspace + 1, where it is held. */
struct membership_ends {
    uint32_t first, last;
};
struct membership_link {
    uint32_t before, after, workspace;
};

/* A name that people have, folded, and how many of them. */
struct person_name {
    struct id_pair pair;
    uint32_t people;
};

struct id_index {
    uint64_t serial; /* no two inventories of a run have the same */
    struct id_map maps[LIST_COUNT];
    struct id_map interned_map;
    struct interned *interned;
    size_t interned_len, interned_cap;

    size_t kinds[KEY_KIND_COUNT + 1]; /* keys held of each kind */
    size_t organisation_keys;         /* in no workspace, and meant to be */
    struct places workspaces, users;
    struct workspace_counts *workspace_counts; /* by place */
    struct user_counts *user_counts;
    size_t workspace_counts_cap, user_counts_cap;
    uint32_t *workspace_places; /* by row */
    uint32_t *user_places;
    size_t workspace_places_cap, user_places_cap;
    struct membership_ends *membership_ends;  /* by place of a user */
    struct membership_link *membership_links; /* by row of a member */
    size_t membership_ends_cap, membership_links_cap;
    uint32_t unread[LIST_COUNT][UNREAD_COUNT]; /* rows with this bit */
    size_t unread_rows[LIST_COUNT];
    size_t everywhere; /* people who act as admin in all workspaces by their role */
    struct id_map names_map;
    struct person_name *names;
    uint32_t *names_of; /* by row of a user: which of the names, + 1 */
    size_t names_len, names_cap, names_of_cap;
    struct key_place *key_places; /* by row */
    size_t key_places_cap;

    size_t *open; /* the workspaces whose members are not all read, made when asked for */
    size_t open_len, open_cap;
    uint64_t open_at; /* the generation they were of */

    uint64_t removals; /* how many keys were taken away, and which row the last of them had */
    size_t removed_row;
};

/* The place of an id, made when it is new. */
uint32_t inventory_workspace_place(struct inventory *inv, struct id id);
uint32_t inventory_user_place(struct inventory *inv, struct id id);
bool inventory_id_is_uuid(struct id id);
/* Two hashes of a text that have nothing in common, and its length. */
struct id_pair inventory_hash(const char *text);
/* The place of an id, or -1 when no row names it. */
ptrdiff_t places_find(const struct places *places, struct id id);
/* The characters of a text as bits; what `text_casecmp` takes for the same has the same bit. NULL
 * has none. */
uint64_t signature_of(const char *text);

/* A row with these bits came (by 1) or went (-1). */
void inventory_count_unread(struct inventory *inv, enum list_kind list, uint32_t bits, int by);
/* Keep places, counts and signatures along with a row that comes, is replaced or goes. */
void inventory_count_key(struct inventory *inv, size_t row, const struct key_row *before);
void inventory_count_member(struct inventory *inv, size_t row, const struct member_row *before);
void inventory_place_workspace(struct inventory *inv, size_t row);
/* before: the row that it replaces; NULL: it is new. */
void inventory_place_user(struct inventory *inv, size_t row, const struct user_row *before);
void inventory_uncount_key(struct inventory *inv, size_t row);
/* The rows themselves are still there. */
void inventory_close_places(struct inventory *inv, const size_t *gone, size_t count);
/* Closes the gaps of an array of `len` items. */
void close_gaps(void *items, size_t size, size_t len, const size_t *gone, size_t count);
/* Grows an array whose items count as zero until they are written. */
void *index_grow(void *items, size_t *cap, size_t need, size_t size);
void inventory_index_free(struct id_index *index);

#endif
