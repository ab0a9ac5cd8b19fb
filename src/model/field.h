/* Each record described once: label, key for filters, width, text, order. Tables, details, filters
 * and reports read these. Pure: rows in, text out. */
#ifndef PORTCULLIS_MODEL_FIELD_H
#define PORTCULLIS_MODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/inventory.h"

enum field_width {
    FIELD_S,
    FIELD_M,
    FIELD_L,
    FIELD_DETAIL
}; /* from 80, 100, 140 columns; details and reports only */

/* How a plain word of a filter looks at a field. Times and numbers have `column:value`. */
enum field_search {
    SEARCH_NO,
    SEARCH_FUZZY, /* its characters in this order */
    SEARCH_PART,  /* anywhere in it */
    SEARCH_START, /* at its start: ids */
};

/* What a field's values are: how a filter may compare them. */
enum field_type {
    TYPE_TEXT,
    TYPE_TIME,  /* when something was: a span counts back from now */
    TYPE_END,   /* when something ends: a span counts on from now */
    TYPE_SPAN,  /* how long, in ms */
    TYPE_COUNT, /* how many */
    TYPE_FLAG,  /* yes or no */
    TYPE_ID,
    TYPE_NAMES, /* names with a blank between them: each is looked at by itself */
};

/* What is known of a value. */
enum field_known {
    VALUE_UNKNOWN,  /* it could not be read: it compares neither way */
    VALUE_NONE,     /* there is none: it passes no comparison */
    VALUE_AT_LEAST, /* this many, and there may be more */
    VALUE_IS,
};

enum field_tone { TONE_PLAIN, TONE_DIM, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_OWN };

/* What a field's text may depend on besides the row. */
struct field_context {
    struct inventory *inv;
    int64_t now;         /* ms */
    bool plain;          /* for a file: whole times, "" for what is not set, no "(YOU)" */
    bool dated;          /* what is printed is read later: a day has its year */
    struct id workspace; /* the roles in this one only; none: in all */
    int room; /* columns for a text that names many things, which says how many it leaves out; 0: no
                 limit */
};

struct field {
    const char *key;   /* "name": for column:value, --columns, CSV heads */
    const char *label; /* "NAME" */
    int width;         /* columns wanted in class S; 0: takes what is left over */
    int wide;          /* columns wanted in class L; 0: as width */
    enum field_width from;
    bool right; /* aligned right */
    /* Appends cleaned text for row number `row` of the list. `?` where it could not be read. */
    void (*text)(const struct field_context *ctx, size_t row, struct buf *out);
    /* The order of the rows as a number; equal numbers are equal. NULL: by text. */
    uint64_t (*rank)(const struct field_context *ctx, size_t row);
    enum field_tone (*tone)(const struct field_context *ctx, size_t row); /* NULL: plain */
    enum field_search search;
    enum field_type type;
    /* The value as a number: a time or a span in ms, a count. Not for texts, flags, ids, names. */
    enum field_known (*value)(const struct field_context *ctx, size_t row, int64_t *out);
    /* Appends what else the value goes by, a line each, cleaned: the slug and id of a workspace,
     * the mail and id of an owner. column:value looks there too. NULL: nothing. */
    void (*also)(const struct field_context *ctx, size_t row, struct buf *out);
    bool
        of_members; /* of a key: it hangs on who is a member of what, which has to be read for it */
};

/* What is to be known of a key at one glance. The sign in front of a row, its tone and the words
 * beside it all come from here. */
enum key_notice {
    NOTICE_OWN = 1 << 0,
    NOTICE_EXPIRED = 1 << 1,
    NOTICE_EXHAUSTED = 1 << 2,
    NOTICE_BLOCKED = 1 << 3, /* by a rate limit of 0 */
    NOTICE_NO_EXPIRY = 1 << 4,
    NOTICE_ENDS_SOON = 1 << 5, /* within a week */
    NOTICE_MAKES_KEYS = 1 << 6,
    NOTICE_MANY_SCOPES = 1 << 7, /* 50 or more */
    NOTICE_NO_LIMITS = 1 << 8,
    NOTICE_ODD_SCOPES = 1 << 9,     /* some that are not known here */
    NOTICE_UNREAD = 1 << 10,        /* part of it was not understood: key_row.unread */
    NOTICE_BLOCKED_THERE = 1 << 11, /* its workspace lets no call through */
    NOTICE_NO_ANSWER = 1 << 12,     /* it answers no more by its id: key_row.no_answer */
};
/* x: it calls no models. */
#define NOTICES_NO_MODELS (NOTICE_EXHAUSTED | NOTICE_BLOCKED | NOTICE_BLOCKED_THERE)
/* !: look twice. The others are worth a word, no more. */
#define NOTICES_LOOK (NOTICE_ENDS_SOON | NOTICE_MAKES_KEYS | NOTICE_MANY_SCOPES)
/* A set of enum key_notice. */
unsigned field_key_notices(const struct field_context *ctx, size_t row);
/* The state of a key as one character, by its notices: '@' the own one, 'X' the server accepts it
 * no more, '?' it answers no more by its id, 'x' it calls no models while its other scopes work,
 * '~' it rotates by itself, ' '. */
char field_key_state(const struct field_context *ctx, size_t row, unsigned notices);
/* How many scopes of it are known, those outside the catalogue too; in words "12", "12?" where
 * there may be more, and "?" rather than a zero that was not read. */
int field_key_scope_count(const struct inventory *inv, const struct key_row *key);
void field_key_scopes(const struct inventory *inv, const struct key_row *key, struct buf *out);
/* What a key is in one line: "ci-deploy  W6*****RvI  workspace-service  12 scopes"; ? for each
 * that was not read. It need not be a row of the inventory. */
void field_key_brief(const struct inventory *inv, const struct key_row *key, struct buf *out);
/* Is it worth a second look (the `!` behind the state)? Not when it is expired. */
bool field_key_look(unsigned notices);

/* "500 USD monthly (alert at 400), 600 requests/rpm"; "none"; "?" for what was not understood, by
 * the bits of the row. */
void field_limits(const struct inventory *inv, const struct key_extra *extra, unsigned unread,
                  struct buf *out);

/* Lends the table of a list; *count gets its length. LIST_MEMBERS is one workspace membership a
 * row; the pane of people is LIST_USERS. */
const struct field *field_table(enum list_kind list, size_t *count);
/* -1 for an unknown key or label (case-blind). */
int field_find(enum list_kind list, const char *key);
/* The number of rows a list holds. */
size_t field_rows(const struct inventory *inv, enum list_kind list);
/* The id of a row; for members the user's id. */
struct id field_row_id(const struct inventory *inv, enum list_kind list, size_t row);

#endif
