/* All that is known of one organisation at one time: its lists, how complete and how old each is,
 * and whose key reads it. Rows are only added; a refresh builds another inventory aside. Knows
 * nothing of HTTP, JSON or screens. */
#ifndef PORTCULLIS_MODEL_INVENTORY_H
#define PORTCULLIS_MODEL_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"

enum list_kind { LIST_WORKSPACES, LIST_USERS, LIST_MEMBERS, LIST_KEYS, LIST_COUNT };

/* "workspaces", "users", "members", "keys": lends a constant. */
const char *list_name(enum list_kind list);

enum list_progress {
    PROGRESS_NEVER,    /* never asked */
    PROGRESS_LOADING,  /* counted of total so far */
    PROGRESS_COMPLETE, /* counted = total */
    PROGRESS_PARTIAL,  /* read, but something is missing: why */
    PROGRESS_REFUSED,  /* 403: which scope */
    PROGRESS_FAILED,   /* nothing could be read: why */
};

struct list_state {
    enum list_progress progress;
    size_t counted;      /* distinct rows held */
    int64_t total;       /* what the server says; -1: not told */
    int64_t loaded_at;   /* wall clock, ms; TIME_NONE: never */
    char scope[80];      /* the scope that is likely missing, "" when none */
    char why[512];       /* a sentence for PARTIAL, REFUSED, FAILED; "" else */
    unsigned said;       /* so much of why is the server's own words; 0: not told apart */
    enum err_kind cause; /* of what failed or was refused; ERR_NONE else */
};

/* How the members of one workspace were read. Same order as the workspaces. */
struct member_state {
    enum list_progress progress;
    char scope[80];
    str_ref why;    /* a sentence; STR_NONE: none */
    unsigned said;  /* so much of it is the server's own words; 0: not told apart */
    size_t granted; /* people looked at by access_grant */
};

struct inventory {
    struct arena arena;
    struct key_row *keys;
    size_t key_count, key_cap;
    uint64_t *extras; /* read by inventory_extra */
    size_t extra_len, extra_cap;
    struct workspace_row *workspaces;
    size_t workspace_count, workspace_cap;
    struct user_row *users;
    size_t user_count, user_cap;
    struct member_row *members;
    size_t member_count, member_cap;
    struct member_state *member_states;
    struct list_state lists[LIST_COUNT];
    struct text_pair organisation_name; /* not told by the API: from the profile; may be STR_NONE */
    struct id organisation_id;          /* from the rows; none until seen */
    int own_key;                        /* index in keys; -1: not found (yet) */
    bool keeps_all;      /* for reports: of keys, what no screen shows is kept as well */
    int own_candidates;  /* keys whose mask matches the operator's own; more than 1 is ambiguous */
    uint64_t generation; /* + 1 at every change */
    struct id_index *index; /* hidden: id -> row, for every list */
};

struct inventory *inventory_new(void);
void inventory_free(struct inventory *inv);
/* No two inventories of a run have the same. */
uint64_t inventory_serial(const struct inventory *inv);
/* Frees a part of it, so that a big one never holds up a key; true when nothing is left. After the
 * first call it is good for nothing else. */
bool inventory_free_some(struct inventory *inv);

/* The id for a text (interns it when it is no canonical UUID); none for NULL and "". */
struct id inventory_id(struct inventory *inv, const char *text);
/* The id for a text without adding anything: none when unknown text. */
struct id inventory_find_id(const struct inventory *inv, const char *text);
#define ID_TEXT_SIZE 40
/* Lends the text: out filled for a UUID, else arena text. "" for none. */
const char *inventory_id_text(const struct inventory *inv, struct id id, char out[ID_TEXT_SIZE]);
bool id_equal(struct id a, struct id b);
bool id_is_none(struct id id);

/* Keep a text and its cleaned form (only where it differs). NULL gives STR_NONE. */
struct text_pair inventory_text(struct inventory *inv, const char *text, size_t len);
/* Lends the form for the screen ("" for none) and the form as it came (NULL for none). */
const char *inventory_clean(const struct inventory *inv, struct text_pair pair);
const char *inventory_raw(const struct inventory *inv, struct text_pair pair);

/* Add a row whose references point into this inventory. A row whose id is held already replaces it
 * in place and returns false: pages may overlap. A member is known by workspace and user together.
 */
bool inventory_add_key(struct inventory *inv, const struct key_row *row);
bool inventory_add_workspace(struct inventory *inv, const struct workspace_row *row);
bool inventory_add_user(struct inventory *inv, const struct user_row *row);
bool inventory_add_member(struct inventory *inv, const struct member_row *row);
/* Keeps a copy; gives what key_row.extra is to hold. rate_count <= RATE_LIMITS_MAX. */
uint32_t inventory_add_extra(struct inventory *inv, const struct key_extra *extra);
/* Takes a key away (it was revoked and read back as gone). False when it is not held. Indexes after
 * it shift. */
bool inventory_remove_key(struct inventory *inv, struct id id);
/* In what order the rows stand, by when they were made: no server promises one, so it is what is
 * seen. Looks at every row. */
enum list_order { ORDER_OTHER, ORDER_NEWEST_FIRST, ORDER_OLDEST_FIRST };
enum list_order inventory_order(const struct inventory *inv, enum list_kind list);
/* The API answered a read of this key by its id as it does for what is not there. That proves
 * nothing: the row stays, marked, until it is read again. */
void inventory_key_answers_no_more(struct inventory *inv, struct id id);
/* The same for these rows, ascending, in hardly more time than for one. */
void inventory_remove_keys(struct inventory *inv, const size_t *rows, size_t count);

/* Indexes, or -1. */
int inventory_find_key(const struct inventory *inv, struct id id);
int inventory_find_workspace(const struct inventory *inv, struct id id);
/* By id text, slug or exact name (of an archived one only when no other has it); -2 when several
 * match. */
int inventory_find_workspace_text(const struct inventory *inv, const char *text);
int inventory_find_user(const struct inventory *inv, struct id id);
/* The next key from row `from` on whose cleaned name is this one, or -1: in some milliseconds even
 * of a million. */
int inventory_next_named(const struct inventory *inv, const char *name, size_t from);
/* By id text or mail address (case-blind). */
int inventory_find_user_text(const struct inventory *inv, const char *text);
/* A real membership only: not one that the role in the organisation stands for. */
int inventory_find_member(const struct inventory *inv, struct id workspace, struct id user);

/* Lends the extra of a key, or a constant empty one: never NULL. */
const struct key_extra *inventory_extra(const struct inventory *inv, const struct key_row *row);
/* The same by what inventory_add_extra gave; 0: the empty one. */
const struct key_extra *inventory_extra_at(const struct inventory *inv, uint32_t extra);
/* The name of a workspace without the icon that reads put in front of it [OBS]; cleaned; lends. */
const char *inventory_workspace_name(const struct inventory *inv, const struct workspace_row *row);
/* "Ada Lovelace", else the mail address, else the id (out of at least 128 bytes is filled); lends
 * out. */
const char *inventory_user_name(const struct inventory *inv, const struct user_row *row, char *out,
                                size_t size);

/* Compares the operator's own key with every mask; sets own_key and own_candidates. prefix/suffix
 * are the parts of the secret that a mask shows; the secret itself does not come here. Call after
 * the keys were read. */
void inventory_find_own(struct inventory *inv, const char *secret_head, const char *secret_tail);

/* The same when it is known which keys have the mask of the operator's own (distinct ids; those
 * that are not held are left out). */
void inventory_set_own(struct inventory *inv, const struct id *ids, size_t count);

/* Counts kept along with the rows: members of a workspace by role, its keys by kind; keys of a
 * person; workspaces of a person. Lends until rows come or go. */
struct workspace_counts {
    uint32_t admins, managers, members, roles_other; /* by the role of the membership */
    uint32_t overruled[WS_ROLE_OTHER + 1]; /* of these by role: who acts as admin by the role in the
                                              organisation */
    uint32_t service_keys, user_keys, other_keys; /* other: of a kind that is not known */
};
struct user_counts {
    uint32_t workspaces, keys;
};
const struct workspace_counts *inventory_workspace_counts(const struct inventory *inv, size_t row);
const struct user_counts *inventory_user_counts(const struct inventory *inv, size_t row);
/* The keys of the organisation itself, in no workspace; and those of which it is not known where
 * they are, or whose workspace is not held. With those of the workspaces they are all. */
size_t inventory_organisation_keys(const struct inventory *inv);
size_t inventory_unplaced_keys(const struct inventory *inv);
/* How many people act as admin in all workspaces by their role in the organisation. */
size_t inventory_everywhere(const struct inventory *inv);

/* The memberships of a person, in the order of the workspaces, each as a row of the members; -1
 * when there is none any more. Only real ones, as inventory_find_member. */
int inventory_first_membership(const struct inventory *inv, struct id user);
int inventory_next_membership(const struct inventory *inv, int member);
/* The row of the workspace that a membership is of, or -1 when it is not held. */
int inventory_workspace_of(const struct inventory *inv, int member);
/* The rows of the workspaces whose members were not all read, ascending; *count gets how many.
 * Lends until the inventory changes. */
const size_t *inventory_unread_members(struct inventory *inv, size_t *count);
/* Has another person the same name, whatever its case? Then the name alone tells nobody. */
bool inventory_shares_name(const struct inventory *inv, size_t user);

/* How many rows of a list hold what was not understood, and which members that is (enum unread). */
size_t inventory_unread_rows(const struct inventory *inv, enum list_kind list);
unsigned inventory_unread(const struct inventory *inv, enum list_kind list);
/* Appends "2 of the keys hold what this program does not understand (expires, scopes): it is shown
 * as ?."; nothing when there is none. */
void inventory_unread_words(const struct inventory *inv, enum list_kind list, struct buf *out);
/* Is all of the list held, and understood? Of keys: inventory_keys_complete. */
bool inventory_list_complete(const struct inventory *inv, enum list_kind list);

/* Was the list read, if not to its end? Where not, its numbers are `?`, never zero. */
bool inventory_list_read(const struct inventory *inv, enum list_kind list);

/* What a workspace key cannot see, in words that end without a full stop. */
#define OWN_WORKSPACE_ONLY                                                                         \
    "A workspace key sees its own workspace only; log in with an admin key for the rest"
/* Is the operator's own key known to be a key of one workspace? */
bool inventory_own_is_of_workspace(const struct inventory *inv);
/* The kinds, 1u << enum key_kind each, that the operator's own key could list if it had one more
 * scope: it lacks that scope, or, where the own key was not found, no key of the kind came. */
unsigned inventory_hidden_kinds(const struct inventory *inv);
/* Are all keys of this kind in the whole organisation held? Only then is their number exact. */
bool inventory_kind_known(const struct inventory *inv, enum key_kind kind);
#define INVENTORY_WHY_SIZE 400
/* May the keys list be called complete? counted = total, own key found, an admin key, and holding
 * the three list scopes (decision: complete). Fills why (INVENTORY_WHY_SIZE is enough) with what
 * may be hidden. */
bool inventory_keys_complete(const struct inventory *inv, char *why, size_t size);
/* The same without a look at whether every row was understood. */
bool inventory_keys_held(const struct inventory *inv, char *why, size_t size);

#endif
