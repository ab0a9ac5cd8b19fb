/* What the operations share. Included by operation*.c only. */
#ifndef PORTCULLIS_APP_OPERATION_INTERNAL_H
#define PORTCULLIS_APP_OPERATION_INTERNAL_H

#include "app/find.h"
#include "app/look.h"
#include "app/operation.h"
#include "app/proof.h"
#include "base/hash.h"

enum op_kind { OP_CREATE, OP_REVOKE };

/* The way of a new secret out of the program, as the journal has it. */
enum op_hand {
    HAND_NONE,    /* there is none */
    HAND_MADE,    /* nobody has it */
    HAND_HANDING, /* it may have left */
    HAND_TAKEN,   /* somebody has it */
};

/* Two pages: of all keys and of the workspace's. */
#define OP_SEEN_MAX 200

/* The newest keys, read before the POST. */
struct op_before {
    char texts[OP_SEEN_MAX][ID_TEXT_SIZE];
    const char *ids[OP_SEEN_MAX]; /* in texts */
    size_t count;
    int64_t newest; /* created_at; TIME_NONE: none */
    int64_t date;   /* the server's, of that answer; TIME_NONE: not told */
    bool blind;     /* it did not show keys of this kind */
};

struct operation {
    struct operation_env env;
    enum op_kind kind;
    enum op_phase phase;
    struct err error;
    char words[1200];
    char journal_fault[240]; /* the outcome could not be written down: why */
    char own_id[64];         /* env.own_id */
    char *path;
    char *body;
    char scope[80];
    enum answer_held held;

    api_ticket ticket;
    int timer;
    int64_t deadline;             /* monotonic: give up finding out */
    char intent[JOURNAL_ID_SIZE]; /* of the journal; "" when none is open */
    char closed[JOURNAL_ID_SIZE]; /* the one that got its outcome last; "" none */
    char reason[200];
    int64_t began;         /* this phase, clock_mono_ms */
    int64_t sent_at;       /* wall clock; TIME_NONE: not sent */
    int64_t earlier_at;    /* an earlier try, whose end is not known, was sent then; TIME_NONE */
    char earlier[300];     /* what is to be said of that; "" none */
    struct err sent_error; /* why the reply was lost, or refused */
    long sent_status;      /* HTTP status of the answer to the write itself; 0: none came */

    /* revoke */
    char target_id[64];
    char phrase[64];
    struct key_row row;               /* as read a moment ago; its text is in the inventory */
    char fingerprint[HASH_TEXT_SIZE]; /* of what the review showed; "" before it */
    bool has_row;
    bool changed;
    bool needs_override;
    bool sending;     /* the read under way is the last one before the DELETE */
    bool reading_own; /* the read under way is that of the own key */
    bool read_again;  /* after a look at a key that did not answer */
    int64_t read_at;
    int64_t server_date;   /* the Date of that answer; TIME_NONE: none that counts */
    struct err read_error; /* why the target could not be read */
    int64_t proven_at;     /* operation_revoke_proven; TIME_NONE: it was not */
    char proven_reading[LOOK_WORDS_SIZE], proven_control[LOOK_WORDS_SIZE]; /* then */
    char expected_in[64];   /* operation_revoke_expect: its organisation; "" not known */
    struct look *look;      /* under way; NULL: none */
    bool was_200, accepted; /* the API's own 200 came; .. and still counts */
    enum proof_state proven;
    char reading[LOOK_WORDS_SIZE], control[LOOK_WORDS_SIZE]; /* that prove it, with times */
    char read_words[2 * LOOK_WORDS_SIZE + 4];                /* the two, without */

    /* create */
    struct key_draft draft;
    char new_id[64];
    struct secret *new_key;
    char new_mask[32]; /* of that secret */
    enum op_hand hand;
    bool made_noted; /* in the journal */
    char place[80];  /* the workspace, by its id where that is known */
    char organisation[ID_TEXT_SIZE];
    char notice[300]; /* to be known before it is sent; "" none */
    bool told_blind;  /* and it is that a lost answer could not be looked for */
    bool filtered;    /* looks at the list of the workspace */
    struct op_before before;
    struct inventory *list;       /* that was read last; ours; NULL: none */
    int64_t list_date;            /* the server's, of that answer */
    int64_t list_asked;           /* clock_mono_ms, when it was asked for */
    bool own_was_read, own_shows; /* the own key right after it; it may list the kind */
    void (*next)(struct operation *op);
    char **others; /* ids that our other writes made; ours; NULL: not read */
    size_t other_count;
    bool said_no; /* the API's own refusal came, which may be the echo of our work */
    struct err look_error;
    struct find_result found;
    bool found_out; /* a list that shows the kind shows nothing of it */
    /* read back */
    struct find_result twins;
    bool was_read, is_another, mask_differs, listed;
    unsigned row_differs;
    size_t candidates;
    char candidate_id[64];
};

struct operation *op_new(const struct operation_env *env, enum op_kind kind);
/* Sets the phase and one line of words, and says that something changed. */
void op_phase_set(struct operation *op, enum op_phase phase, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with an error, which op_look shows. */
void op_fail(struct operation *op, enum op_phase phase, const struct err *err, const char *format,
             ...) __attribute__((format(printf, 4, 5)));
/* May this be sent? Writes are armed, and no other write runs. */
bool op_gate(struct operation *op, struct err *err);
/* The name of the key in quotes, cleaned and cut: "dbl". */
void op_name(const struct operation *op, char *out, size_t size);
#define OP_NAME_SIZE 280
/* What came in the place of a good answer, as the begin of a sentence. */
const char *op_how_lost(const struct err *err);
/* Closes the open intent, with the status of the answer to the write itself: what was read
 * afterwards has another. When that fails the words say so. */
void op_outcome(struct operation *op, const char *result, const char *target, const char *detail);
/* A line of the journal could not be written: the words say so from now on. */
void op_journal_fault(struct operation *op, const struct err *err);
/* Asks for an earlier try of the same; true when there was one. */
bool op_ask_earlier(struct operation *op);
/* The same, with what was read before it was sent (lent until the next call). */
bool op_earlier_try(struct operation *op, struct operation_try *what);
/* Its time in words: "17:34Z". */
void op_earlier_time(const struct operation *op, char *out, size_t size);
/* Tells that the end is known, or that it will not be. */
void op_settled(struct operation *op, bool known);
/* From now on it is tried to find out, for so long as the environment says. */
void op_start_clock(struct operation *op);
/* Runs fn a moment later. */
void op_wait(struct operation *op, loop_fn *fn);
/* Fills scope and held for the operation's act on keys of this kind; false when the scope is known
 * to be missing. */
bool op_check_scope(struct operation *op, enum key_kind kind, struct err *err);

#endif
