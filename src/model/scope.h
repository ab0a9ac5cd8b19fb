/* The catalogue of scopes: what each allows, on which kind of key it is legal, why it is dangerous.
 * Shared by the console and the sandbox; made from assets/scopes.json. Unknown scopes are not here:
 * whoever holds them keeps their names verbatim. */
#ifndef PORTCULLIS_MODEL_SCOPE_H
#define PORTCULLIS_MODEL_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind {
    KEY_ORGANISATION_SERVICE,
    KEY_WORKSPACE_SERVICE,
    KEY_WORKSPACE_USER,
    KEY_KIND_UNKNOWN
};
#define KEY_KIND_COUNT 3

/* "organisation-service", as `type` on the wire; "" never matches. KEY_KIND_UNKNOWN for anything
 * else. */
enum key_kind key_kind_parse(const char *type);
/* Lends "organisation-service" and so on; "unknown". */
const char *key_kind_name(enum key_kind kind);
/* Lends two letters for tables: OS WS WU ??. */
const char *key_kind_short(enum key_kind kind);

enum scope_mark {
    SCOPE_MARK_KEYS = 1u << 0,         /* M: makes or changes keys */
    SCOPE_MARK_PEOPLE = 1u << 1,       /* P */
    SCOPE_MARK_DELETE = 1u << 2,       /* D */
    SCOPE_MARK_RUNS = 1u << 3,         /* C: changes what runs */
    SCOPE_MARK_LOGS = 1u << 4,         /* L: reads logs */
    SCOPE_MARK_AUDIT = 1u << 5,        /* A: reads the audit log */
    SCOPE_MARK_ORGANISATION = 1u << 6, /* O */
    SCOPE_MARK_PROVIDERS = 1u << 7,    /* V */
};
#define SCOPE_MARK_COUNT 8

struct scope_info {
    const char *name;
    const char *description; /* plain words, lower case */
    const char *category;
    const char *resource;
    const char *verb;
    unsigned kinds; /* 1u << enum key_kind for each kind it is legal on */
    unsigned marks; /* enum scope_mark */
};

#define SCOPE_COUNT 139
#define SCOPE_WORDS 3 /* 64-bit words of a set */

struct scope_set {
    uint64_t bits[SCOPE_WORDS];
};

/* Lends the row; index 0..SCOPE_COUNT-1, in the catalogue's order (grouped by category and
 * resource). */
const struct scope_info *scope_info(int index);
/* The index, or -1 for an unknown name. */
int scope_find(const char *name);
/* The known scope nearest in spelling, or -1 when none is near. For "did you mean". */
int scope_nearest(const char *name);
bool scope_legal(int index, enum key_kind kind);

void scope_set_add(struct scope_set *set, int index);
void scope_set_remove(struct scope_set *set, int index);
bool scope_set_has(const struct scope_set *set, int index);
bool scope_set_has_name(const struct scope_set *set, const char *name);
int scope_set_count(const struct scope_set *set);
bool scope_set_equal(const struct scope_set *a, const struct scope_set *b);
/* All scopes legal for the kind. */
struct scope_set scope_set_legal(enum key_kind kind);
/* The marks of all its scopes together. */
unsigned scope_set_marks(const struct scope_set *set);

/* Lends the word ("keys") and the letter ('M') of mark number 0..7. */
const char *scope_mark_name(int number);
char scope_mark_letter(int number);

#endif
