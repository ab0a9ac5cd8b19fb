/* The engine of the acts in model/act.h: read the target -> review -> read again -> intent to the
 * journal, fsynced -> send once -> hand a secret over -> read back, or find out what became of it
 * -> outcome to the journal. Knows no act by name: what one is stands in its row, how it travels in
 * api/act_wire. Shares the gate, the journal and the phases with app/operation. */
#ifndef PORTCULLIS_APP_WRITE_H
#define PORTCULLIS_APP_WRITE_H

#include "api/act_wire.h"
#include "app/change.h"
#include "app/operation.h"

struct write;

/* Gives; copies input (act->input_size bytes). Reads the target, then waits in OP_REVIEW or is
 * OP_BLOCKED. NULL for no id. */
struct write *write_new(const struct operation_env *env, const struct act *act, const char *target,
                        const void *input, struct err *err);
/* What was sent and has no outcome yet stays open in the journal. */
void write_free(struct write *write);

struct consent {
    const char *typed;  /* for CONFIRM_PHRASE: the end of the mask, with or without "FREEZE " */
    const char *reason; /* NULL: that of the arming */
    bool counted;       /* of several: how many they are was typed in its place */
    bool i_know;        /* the operator vouches that it is not the own key */
};
/* Checks the gate and the consent, reads the target again, sends. A target that changed since the
 * review brings the review back. False (and the phase stays) when refused here. */
bool write_send(struct write *write, const struct consent *consent, struct err *err);

/* There is a new secret that nobody has yet; it may leave now: the journal says so first. */
bool write_secret_waits(const struct write *write);
bool write_hand_over(struct write *write, struct err *err);
void write_secret_taken(struct write *write);
bool write_is_handed(const struct write *write);
/* Gives up reading back what was done. */
void write_stop_reading(struct write *write);

bool write_settled(const struct write *write);
bool write_in_flight(const struct write *write);
/* Does it wait for an answer that it can do without? */
bool write_can_do_without(const struct write *write);
/* "The key "x" ab*****cde is being rotated". */
void write_doing(const struct write *write, char *out, size_t size);

/* Lent until it changes. */
struct write_look {
    enum op_phase phase;
    struct err error;
    const char *words;
    const char *method, *path, *body;
    const char *earlier;          /* the same was sent before, its end is not known; "" none */
    const char *before;           /* act_before; "" none */
    enum act_confirm confirm;     /* what has to be given */
    const struct key_row *target; /* NULL until it was read */
    const char *target_id, *phrase;
    bool changed, needs_override;
    const struct secret *new_key;
    bool read_back;           /* it was seen to be so */
    enum change_state state;  /* what was found out */
    int64_t until;            /* what was set: frozen keys stop then; TIME_NONE */
    int64_t old_secret_until; /* the old secret works on until then; TIME_NONE: not told */
    int64_t was_expires;      /* before the write */
    enum key_status status;   /* as it was read last */
    const char *reading;      /* what it rests on, in words; "" none */
};
void write_look(const struct write *write, struct write_look *out);

#endif
