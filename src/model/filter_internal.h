/* The parts of a filter. Only for the filter*.c files and view.c. */
#ifndef PORTCULLIS_MODEL_FILTER_INTERNAL_H
#define PORTCULLIS_MODEL_FILTER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/view.h"

/* What is known of the text that belongs to a place: each is looked at once a generation. */
enum verdict { VERDICT_UNKNOWN, VERDICT_NO, VERDICT_YES };

/* What is asked for a column of keys. */
enum column_way {
    WAY_TEXT, /* the text of the field */
    WAY_NAME,
    WAY_MASK,
    WAY_DESCRIPTION,
    WAY_WORKSPACE,
    WAY_OWNER,
    WAY_STATUS,
    WAY_SCOPES,
    WAY_VALUE, /* compared as a number */
};

/* How a value is compared: column:<30d. */
enum term_op { OP_IN, OP_LESS, OP_LESS_EQUAL, OP_EQUAL, OP_MORE_EQUAL, OP_MORE };

/* One thing that must hold, or one of several of which one must: those that follow a term with
 * `more` belong to it. A word (field -1) is looked for in every field that takes part. */
struct term {
    int field;   /* -1: a word */
    bool invert; /* all that belong together */
    bool more;   /* the next term would do as well */
    bool whole;
    enum term_op op;         /* other than OP_IN: a comparison with number */
    bool relative;           /* number is a span from now */
    int64_t number;          /* ms, or a count */
    int64_t upto;            /* OP_EQUAL: the first number that is too much */
    struct scope_set scopes; /* TYPE_NAMES of keys: those in the catalogue that the text means */
    bool loose;              /* a word whose letters may stand apart */
    bool exact;              /* case counts */
    bool pattern;            /* of a mask: * stands for any characters */
    char *text;
    /* Only for keys: what lets most rows be told without making their text. */
    enum column_way way;   /* how a column is asked */
    bool plain;            /* the signature tells, and it is not one of the marks that stand for a
                              missing text */
    bool one;              /* one letter or digit: the signature tells all */
    char *lower, *upper;   /* of a text that is ASCII, else NULL */
    uint64_t signature;    /* its characters */
    bool id_start;         /* could be the start of a UUID */
    uint64_t id_hi, id_lo; /* that start, */
    uint64_t mask_hi, mask_lo;         /* and which bits of it count */
    bool in_status[3];                 /* does it hold of the name of the status? */
    bool in_service;                   /* does it hold of "svc"? */
    bool in_left;                      /* does it hold of the words for an owner who has left? */
    unsigned char *workspaces, *users; /* enum verdict by place */
};

struct filter {
    enum list_kind list;
    struct term *terms;
    size_t count;
    size_t cap;
    bool none;                   /* its text is no filter: no row passes */
    bool of_members;             /* of keys: it hangs on who is a member of what */
    bool literal_only;           /* a row was found that has it all as it stands */
    struct buf text;             /* scratch, so that no row needs an allocation */
    uint64_t serial, generation; /* of the inventory the verdicts are about */
    size_t workspace_places, user_places;
};

/* One that lets nothing through. */
struct filter *filter_none(enum list_kind list);
/* Does row `row` pass? filter_prepare must have been called since the inventory last changed. */
enum filter_hit filter_passes(struct filter *filter, const struct field_context *ctx, size_t row);
void filter_prepare(struct filter *filter, const struct inventory *inv);
/* Can only rows that pass `before` pass `after`, and only those as they stand that did before? */
bool filter_narrows(const struct filter *before, const struct filter *after);

/* The same by making the text of every field: what filter_passes has to agree with. */
enum filter_hit filter_passes_plainly(struct filter *filter, const struct field_context *ctx,
                                      size_t row);

/* Before inversion: what is not known holds neither way. */
enum term_says { SAYS_NO, SAYS_UNKNOWN, SAYS_LETTERS, SAYS_YES };

/* For filter_keys.c and filter_value.c. */
enum term_says filter_term_says(struct filter *filter, const struct term *term,
                                const struct field_context *ctx, size_t row);
/* Does the text, or one of the lines, say what the term asks for? */
bool filter_text_says(const struct term *term, const char *text);
bool filter_lines_say(const struct term *term, const char *lines);
void filter_plan_term(struct filter *filter, struct term *term);
enum term_says filter_key_term_says(struct filter *filter, struct term *term,
                                    const struct field_context *ctx, size_t row);

/* filter_value.c: reads "<30d" for a field that has an order; false with ERR_INVALID. A text
 * without < > stays as it is, but for =: that compares numbers and days where it can. */
bool filter_read_value(const struct field *field, struct term *term, struct err *err);
enum term_says filter_value_says(const struct field *field, const struct term *term,
                                 const struct field_context *ctx, size_t row);
/* Does one of the names (a blank between them) fit the text, as scope: means it? */
bool filter_names_say(const struct term *term, const char *names);

#endif
