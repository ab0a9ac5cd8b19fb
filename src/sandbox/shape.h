/* A record as JSON: a table of its members, in the order of the wire. Written as text, for lists
 * are long. Knows nothing of the database. */
#ifndef PORTCULLIS_SANDBOX_SHAPE_H
#define PORTCULLIS_SANDBOX_SHAPE_H

#include "sandbox/server.h"

enum shape_kind {
    SHAPE_TEXT,   /* a string, or null */
    SHAPE_TIME,   /* TIME_NONE is null */
    SHAPE_STORED, /* JSON that is kept as text; the word, or null, where there is none */
    SHAPE_FLAG,   /* a bool as 0 or 1 */
    SHAPE_WORD,   /* the word itself, which is JSON */
    SHAPE_MADE    /* by the function */
};

/* Appends the value of a member. */
typedef void shape_fn(const struct request *request, const void *record, struct buf *out);

struct shape_member {
    const char *name;
    enum shape_kind kind;
    size_t at; /* in the record */
    const char *word;
    shape_fn *write;
    unsigned views; /* the views that have it, by bit; 0: all */
};

struct shape {
    const struct shape_member *members;
    size_t count;
};

/* Appends {"name":value,..} as this view (a bit) has it. */
void shape_text(const struct request *request, const struct shape *shape, unsigned view,
                const void *record, struct buf *out);
/* The answer is one record. */
void reply_shape(const struct request *request, const struct shape *shape, unsigned view,
                 const void *record, struct reply *reply);
/* The answer is a page of a list, whose rows lie one behind the other, `size` bytes each. */
void reply_rows(const struct request *request, const struct shape *shape, unsigned view,
                const void *rows, size_t size, size_t count, int64_t total, struct reply *reply);

#endif
