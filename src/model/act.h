/* The writes that change a record, one row each: what an act is, what it needs to be told, how it
 * is confirmed, what it may not be done to. The engine that sends them is app/write, the way they
 * travel api/act_wire. Pure. */
#ifndef PORTCULLIS_MODEL_ACT_H
#define PORTCULLIS_MODEL_ACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/draft.h"
#include "model/input.h"
#include "model/inventory.h"

enum act_id { ACT_KEY_ROTATE, ACT_KEY_FREEZE, ACT_KEY_THAW, ACT_KEY_EDIT, ACT_COUNT };

enum act_confirm {
    CONFIRM_BUTTON,  /* --yes */
    CONFIRM_PHRASE,  /* --confirm: what the mask of the key shows after its last star */
    CONFIRM_BY_WHAT, /* one of them, by what it would do: confirm_by */
};

/* Whether it may be done to the key that one works with. */
enum act_own { ACT_OWN_REFUSED, ACT_OWN_FINE };

/* What the functions of a row may look at. */
struct act_look {
    const struct act *act;
    const struct inventory *inv;
    const struct key_row *row; /* the target, as read a moment ago */
    const char *record;        /* the same as it came: JSON */
    bool own;                  /* it is the key that one works with, as far as is known */
    const void *input;         /* act->input_size bytes, by act->fields */
    int64_t now;               /* the server's time, in the answer that the target was read with */
};

struct act {
    enum act_id id;
    const char *name;                /* "rotate-key": command, journal */
    const char *verb, *doing, *done; /* "Rotate", "is being rotated", "rotated" */
    const char *help;
    const char *undone; /* what it does and does not do, before it is sent */
    enum act_confirm confirm;
    enum act_own own;
    bool many;   /* it may be done to several at once, one by one */
    bool secret; /* its answer holds a secret, which is handed over once */
    const struct input_field *fields;
    size_t field_count, input_size;
    /* May it be done to this target? ERR_GUARD, ERR_INVALID. NULL: to any. */
    bool (*guard)(const struct act_look *, struct err *);
    enum act_confirm (*confirm_by)(const struct act_look *);
};

/* So many at once at most, unless more is asked for. */
#define ACT_MANY_MAX 25
/* Is what is told of it the same for several targets? ERR_INVALID names what is not. */
bool act_same_for_all(const struct act *act, const void *input, struct err *err);

/* Lends the row. */
const struct act *act_of(enum act_id id);
/* NULL for an unknown name. */
const struct act *act_find(const char *name);

/* What acts are told. */
struct rotate_input {
    int64_t overlap_ms; /* how long the old secret works on; 0: ROTATE_OVERLAP_MS */
};
struct thaw_input {
    struct input_expiry expires; /* back to this */
    bool remembered;             /* that is the journal's word, and freeze-key set frozen_at */
    int64_t frozen_at;
};
struct edit_input {
    struct key_draft draft;          /* what is given */
    struct scope_set added, dropped; /* to the scopes that it has */
    struct input_expiry expires;
    unsigned given; /* 1u << enum draft_field; what is given as none stands empty in the draft */
    bool reset_usage;
};
/* Those of the key with what is added, without what is dropped. */
struct scope_set edit_scopes(const struct edit_input *edit, const struct key_row *row);
#define ROTATE_OVERLAP_MS DAY_MS
/* So long after the server's time a frozen key stops. */
#define FREEZE_AFTER_MS ((int64_t)10000)

int64_t rotate_overlap_ms(const struct rotate_input *input);

#endif
