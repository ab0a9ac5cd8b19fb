/* The only way to write. Create and revoke are state machines: armed? guards? -> read the target
 * again -> intent to the journal, fsynced -> send once -> on a lost reply find out, never send a
 * create twice -> read back -> outcome to the journal. Screens and commands both go through here.
 * Knows the API, the journal and the gate; no screen. The phases are those of ui/host.h, so that a
 * screen can show an operation as it is. */
#ifndef PORTCULLIS_APP_OPERATION_H
#define PORTCULLIS_APP_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "api/client.h"
#include "app/gate.h"
#include "app/journal.h"
#include "ui/host.h"

/* How long it is tried to find out what became of a write (decisions: 10 s), and how often. */
#define OPERATION_FIND_OUT_MS 10000
#define OPERATION_FIND_OUT_EVERY_MS 700

/* A write that was sent and whose end is not known: what would do the same again has to look first.
 * Texts are lent, "" where there is none. */
struct operation_try {
    const char *intent; /* its id in the journal; "" when it is only asked whether there is one */
    const char *act;    /* as in the journal: "create-key", "revoke-key" */
    const char *name, *workspace, *target;
    const char *kind, *owner; /* NULL: not told, which fits all */
    int64_t at;               /* when it was sent, wall clock */
    /* Create: the list of that kind a moment before (journal.h); lent until the next call. */
    const char *const *seen;
    size_t seen_count;
    int64_t newest;
    bool blind;
    int64_t server_time; /* the API's own, a moment before it was sent; TIME_NONE, 0: not told */
};

/* What an operation works with. All lent; must outlive the operation. */
struct operation_env {
    struct loop *loop;
    const struct clock *clock;
    struct api_client *client;
    struct journal *journal;
    struct gate *gate;
    const char *profile;
    const char *tag;
    const char *base_url;
    const char *own_mask;                      /* of the key that acts */
    const char *own_id;                        /* its id; "" not known */
    int find_out_ms;                           /* 0: OPERATION_FIND_OUT_MS; tests have less time */
    struct inventory *(*inventory)(void *ctx); /* the current one; never NULL */
    int64_t (*mono)(void *ctx);                /* the gate's time */
    void (*changed)(void *ctx); /* the state of the operation or the inventory changed */
    void (*key_refused)(void *ctx, const struct err *err); /* 401: the key is dead */
    /* Is this the mask of the secret in hand? NULL: cannot be told. */
    bool (*mask_is_own)(void *ctx, const char *mask);
    bool lists_whole; /* a whole list may be read to prove something: no command waits for that */
    /* Another write than this that was sent and has not come to its end: while there is one nothing
     * else is sent. NULL when there is none. */
    const struct operation *(*running)(void *ctx, const struct operation *but);
    /* The end of a write is known, or will not be: the latter is kept for those that come. */
    void (*settled)(void *ctx, const struct operation_try *what, bool known);
    /* Was the same sent before, with an end that is not known? Fills the rest. */
    bool (*earlier)(void *ctx, struct operation_try *what);
    void *ctx;
};

struct operation;

/* Gives an operation in OP_REVIEW with the request's text. NULL when the draft has errors
 * (err->field names the field) or a guard refuses (ERR_GUARD, ERR_FORBIDDEN with the missing
 * scope). Nothing is sent. */
struct operation *operation_create_new(const struct operation_env *env,
                                       const struct key_draft *draft, struct err *err);
/* Gives an operation that reads the target (OP_READING), then waits in OP_REVIEW or is OP_BLOCKED.
 * NULL for no id. */
struct operation *operation_revoke_new(const struct operation_env *env, const char *key_id,
                                       struct err *err);
/* Tells that it was proven to be gone, when (wall clock), and by which two readings, for the case
 * that it is not there: then it is not proven once more. At once after operation_revoke_new. */
void operation_revoke_proven(struct operation *op, int64_t at, const char *reading,
                             const char *control);
/* Tells what kind of key it was (KEY_KIND_UNKNOWN: not known), where and in which organisation
 * (ids, "" not known), for the case that it is not there any more: then it is proven by others of
 * its kind that it is gone. At once after operation_revoke_new. */
void operation_revoke_expect(struct operation *op, enum key_kind kind, const char *workspace,
                             const char *organisation);
/* Cancels what is under way. What was sent and has no outcome yet stays open in the journal: the
 * next console looks what became of it. */
void operation_free(struct operation *op);

/* Checks the gate, reads the server's clock, writes the intent, sends. False (and the phase stays)
 * when refused here. */
bool operation_create_send(struct operation *op, struct err *err);
/* After OP_UNKNOWN with no candidate: looks once more, then sends again. */
bool operation_create_again(struct operation *op, struct err *err);
/* typed: the phrase, with or without "REVOKE " before it. reason may be NULL: that of the arming.
 * i_know: the operator vouches that this is not the own key. A target that changed since the review
 * brings the review back, with changed set. */
bool operation_revoke_send(struct operation *op, const char *typed, const char *reason, bool i_know,
                           struct err *err);
/* There is a new key whose secret nobody has yet. */
bool operation_secret_waits(const struct operation *op);
/* Its secret may leave now: the journal says so first. False when that cannot be written
 * (ERR_UNKNOWN); then it must not be shown. */
bool operation_hand_over(struct operation *op, struct err *err);
/* It has left, flushed and checked: a person or a file has it. */
void operation_secret_taken(struct operation *op);
/* Has somebody the secret of the key that is read back now? */
bool operation_is_handed(const struct operation *op);
/* Gives up reading back what was made. */
void operation_stop_reading(struct operation *op);
/* Wipes the new key. */
void operation_forget_secret(struct operation *op);

/* Lends what is to be shown until the operation changes. */
void operation_look(const struct operation *op, struct host_operation *out);
/* Nothing is under way: done, refused, blocked, unknown, or in review. */
bool operation_settled(const struct operation *op);
/* Does it wait for an answer that it can do without? Then no wait that the server asks for ends it.
 */
bool operation_can_do_without(const struct operation *op);
/* Was something sent whose end is not known yet? */
bool operation_in_flight(const struct operation *op);
/* Is this the revocation of that key? */
bool operation_revokes(const struct operation *op, const char *key_id);
/* What a create makes; NULL for a revocation. Lends. */
const struct key_draft *operation_draft(const struct operation *op);
/* What runs, as the begin of a sentence: "A new service key "dbl" is being made". */
void operation_doing(const struct operation *op, char *out, size_t size);
/* What became of one whose screen was left or never seen: names the key. A new key whose secret
 * nobody took is to be revoked, and that is said. *bad: not as it was wanted. */
void operation_result(const struct operation *op, bool *bad, char *out, size_t size);

#endif
