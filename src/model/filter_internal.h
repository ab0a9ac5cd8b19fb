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
};

/* One thing that must hold. A word (field -1) is looked for in every field that takes part. */
struct term {
    int field; /* -1: a word */
    bool invert;
    bool whole;
    bool loose; /* a word whose letters may stand apart */
    bool exact; /* case counts */
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
    unsigned char *workspaces, *users; /* enum verdict by place */
};

struct filter {
    enum list_kind list;
    struct term *terms;
    size_t count;
    size_t cap;
    bool literal_only;           /* a row was found that has it all as it stands */
    struct buf text;             /* scratch, so that no row needs an allocation */
    uint64_t serial, generation; /* of the inventory the verdicts are about */
    size_t workspace_places, user_places;
};

/* Does row `row` pass? filter_prepare must have been called since the inventory last changed. */
enum filter_hit filter_passes(struct filter *filter, const struct field_context *ctx, size_t row);
void filter_prepare(struct filter *filter, const struct inventory *inv);
/* Can only rows that pass `before` pass `after`, and only those as they stand that did before? */
bool filter_narrows(const struct filter *before, const struct filter *after);

/* For filter_keys.c. */
enum filter_hit filter_term_holds(const struct filter *filter, const struct term *term,
                                  const struct field_context *ctx, size_t row, struct buf *text);
void filter_plan_term(struct filter *filter, struct term *term);
enum filter_hit filter_key_term_holds(struct filter *filter, struct term *term,
                                      const struct field_context *ctx, size_t row);

#endif
