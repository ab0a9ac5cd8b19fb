/* What an act has to be told: one row a field, from which its flags are made. What a kind of field
 * can do stands here once: read it from text, say it in words. Pure. */
#ifndef PORTCULLIS_MODEL_INPUT_H
#define PORTCULLIS_MODEL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum input_kind {
    INPUT_SPAN,   /* "30m" "24h" "2d": int64_t ms; 0: not given */
    INPUT_EXPIRY, /* "never", "90d", a day or a time: struct input_expiry */
    INPUT_OTHER,  /* as its `take` reads it */
};

/* Days count from the server's time, which is known only when it is sent. */
struct input_expiry {
    enum { EXPIRY_NOT_GIVEN, EXPIRY_NEVER, EXPIRY_AT, EXPIRY_DAYS } how;
    int64_t value; /* ms, or days */
};

struct input_field {
    const char *name;  /* "overlap": --overlap, problems */
    const char *value; /* "24h": in the usage text; NULL: it takes none */
    const char *wire;  /* "key_transition_period_ms": the member of the body */
    enum input_kind kind;
    size_t at; /* offsetof in the act's input */
    bool many; /* it may be given more than once */
    bool (*take)(void *input, const char *text, struct err *err);
};

/* Reads text into the field. ERR_INVALID, with the name of the field, says what it takes. */
bool input_parse(const struct input_field *field, const char *text, void *input, struct err *err);

/* "30m" "24h" "2d"; false for anything else, and for none. */
bool input_span(const char *text, int64_t *out_ms);
/* The time that is meant, by this clock; TIME_NONE: never. Not for EXPIRY_NOT_GIVEN. */
int64_t input_expiry_at(const struct input_expiry *expiry, int64_t now);

#endif
