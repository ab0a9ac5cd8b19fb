/* What the screens ask of the program: the one door between ui and app. The console passes an
 * implementation in; tests pass a fake. All calls return at once; what takes time is seen by
 * reading the state again when the host says that something changed (ui_changed). Knows nothing of
 * HTTP, JSON or the keyring. */
#ifndef PORTCULLIS_UI_HOST_H
#define PORTCULLIS_UI_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "model/draft.h"
#include "model/inventory.h"

/* One profile: an organisation as the operator knows it. All text is cleaned and lent until the
 * profiles change. */
struct host_profile {
    const char *name;
    const char *base_url;
    const char *tag;    /* "PROD", "" none */
    const char *source; /* "keyring" "command" "file" "ask" "session" */
    bool current;
    const char *mask;  /* of its key, "" when not known yet */
    int scopes;        /* of its key; -1: not known */
    const char *state; /* "open", "reading key", "not opened", "failed: ..." */
};

enum session_phase {
    SESSION_NONE,   /* no profile chosen, or none there: the first login */
    SESSION_KEY,    /* waiting for the keyring, a command, or typing */
    SESSION_ASK,    /* the key has to be typed (key = ask): host->give_key */
    SESSION_OPEN,   /* the key is there; lists load or are loaded */
    SESSION_FAILED, /* no usable key: error says what to do */
};

struct host_session {
    enum session_phase phase;
    const char *profile;
    const char *tag;
    bool agents; /* an agent may write with this profile */
    const char *base_url;
    const char *own_name; /* of the operator's key; "" until found */
    const char *own_mask;
    int own_scopes; /* -1: not known */
    bool armed;
    int64_t armed_left_ms;
    const char *armed_reason; /* as it was given; "" none, or not armed */
    bool loading;
    const char *work; /* what is waited for, in words: "loading keys 400 of 318000", "429: waiting 8
                         s"; "" */
    size_t work_stem; /* bytes of it without the seconds that are counted in it */
    int64_t api_ms;   /* the last answer took; -1 */
    int64_t data_age_ms;     /* of the oldest list shown; -1: none yet */
    int64_t clock_off_ms;    /* the server's clock is so far ahead of this machine's */
    const struct err *error; /* the last thing that failed, until the next success; NULL */
    const char *writing;     /* a write was sent and has not come to its end: "A new service key
                                "dbl" is being made"; "" none */
    bool writing_left;       /* and its screen was left */
    const char *result;      /* what became of one that was left, until host->seen; "" none */
    bool result_bad;
};

enum op_phase {
    OP_NONE,
    OP_READING, /* the target is read (again) */
    OP_REVIEW,  /* ready to be confirmed */
    OP_BLOCKED, /* a guard refuses; error says which */
    OP_SENDING,
    OP_PROVING, /* accepted; read back */
    OP_LOST,    /* sent, no answer: looking for what happened */
    OP_DONE,
    OP_REFUSED, /* the server said no; nothing was changed; error, and error.field for forms */
    OP_UNKNOWN, /* the outcome could not be found out; error says what to do */
};

/* A write under way. Lent until the host says that something changed. */
struct host_operation {
    enum op_phase phase;
    struct err error;
    const char *words;   /* one line: what is being done or was done */
    const char *method;  /* "DELETE" */
    const char *path;    /* "/v1/api-keys/6057.." */
    const char *body;    /* indented JSON; "" none */
    const char *earlier; /* an earlier try of the same may have been carried out: a sentence; "" */
    const char *notice;  /* to be known before it is sent; "" */
    int64_t waited_ms;   /* under way: how long this phase lasts already; -1: not known */
    int attempt, attempts; /* which try of a request runs, of how many; 0: none */
    const char *scope;     /* the scope it needs */
    enum answer_held { HELD_NO, HELD_YES, HELD_UNKNOWN } scope_held;
    /* revoke */
    const struct key_row
        *target; /* as read a moment ago; in host->inventory's arena; NULL while reading */
    const char *target_id;
    const char *phrase;      /* what has to be typed after "REVOKE " */
    bool changed;            /* the target differs from what the list showed */
    bool needs_own_override; /* the own key is not known: only with i_know */
    int64_t read_at;         /* when the target was read; wall clock */
    bool said_no;            /* the API's own no came; whether it is as it was, is looked for */
    bool proven;             /* two readings show that it is gone */
    bool accepted;           /* the server said yes, and nothing is left that could prove it */
    bool still_works;        /* it was sent, and the key can still be read */
    const char *reading, *control; /* those readings in words; "" none */
    /* create */
    const char *new_id;
    const struct secret *new_key; /* the secret, until host->forget_secret */
    bool taken;                   /* it was seen or copied */
    bool read_back;               /* it was read back as it was made */
    size_t candidates;            /* after a lost reply: keys that may be it */
    const char *candidate_id;     /* the only one, when candidates is 1 */
};

struct host_login {
    const char *name;
    const char *base_url;
    const char *tag;
    const char *source; /* keyring command file ask */
    const char *key_command;
    const char *key_file;
    const char *ca_file;
    const char *proxy; /* NULL: as the environment says */
    bool agents;       /* an agent may write with it */
    bool replace;      /* the key of a profile that is there, by one that was just made */
};

enum login_phase { LOGIN_IDLE, LOGIN_TRYING, LOGIN_STORING, LOGIN_DONE, LOGIN_FAILED };

struct host_login_state {
    enum login_phase phase;
    const char *words; /* "trying the key", "stored in the keyring; missing: ..." */
    struct err error;
};

struct host_ops {
    /* Data. The inventory is mutable only for its own caches; NULL until a session is open. */
    struct inventory *(*inventory)(void *ctx);
    void (*session)(void *ctx, struct host_session *out);
    int64_t (*now)(void *ctx); /* ms */
    size_t (*profile_count)(void *ctx);
    bool (*profile)(void *ctx, size_t number, struct host_profile *out);

    /* Sessions. */
    void (*open_profile)(void *ctx, const char *name);
    void (*give_key)(void *ctx, const char *key,
                     size_t len); /* SESSION_ASK; copies, the caller wipes */
    void (*refresh)(void *ctx);
    void (*stop)(void *ctx); /* Esc: give up what is waited for */
    void (*retry_now)(void *ctx);
    void (*login)(void *ctx, const struct host_login *login, const char *key,
                  size_t len); /* copies */
    void (*login_state)(void *ctx, struct host_login_state *out);
    bool (*logout)(void *ctx, const char *name,
                   struct err *err); /* starts; the outcome comes as a message */

    /* Writes. arm is the only way to let them through; it lasts ten minutes. */
    bool (*arm)(void *ctx, const char *reason,
                struct err *err); /* a reason is required on a PROD tag */
    void (*disarm)(void *ctx);

    /* One create and one revoke at a time; each is read with operation(). */
    bool (*create_review)(void *ctx, const struct key_draft *draft,
                          struct err *err); /* guards; makes the request text; sends nothing */
    bool (*create_send)(void *ctx, struct err *err);
    bool (*create_again)(void *ctx, struct err *err); /* after OP_UNKNOWN with no candidate */
    /* It is about to be shown or copied: noted first. False: it must not be. */
    bool (*hand_over)(void *ctx, struct err *err);
    void (*secret_taken)(void *ctx);  /* it was shown or copied */
    void (*forget_secret)(void *ctx); /* wipes the new key */
    /* Guards, then reads the target again. When the revocation of this key runs already, that one
     * becomes the operation again. */
    bool (*revoke_review)(void *ctx, const char *key_id, struct err *err);
    bool (*revoke_send)(void *ctx, const char *typed, const char *reason, bool i_know,
                        struct err *err);
    void (*operation)(void *ctx, struct host_operation *out);
    void (*close_operation)(
        void *ctx);          /* leaves it; what was sent goes on to its end in the journal */
    void (*seen)(void *ctx); /* the result of a write that was left was read */

    /* Drafts survive Esc; no secret is ever in one. Each belongs to its profile: what was made for
     * one organisation is never offered in another. NULL when there is none. */
    const struct key_draft *(*saved_draft)(void *ctx, const char *profile);
    void (*save_draft)(void *ctx, const char *profile,
                       const struct key_draft *draft); /* copies; NULL forgets it */

    /* Reads one key again for its detail (fresh fields of a GET); the inventory changes when it is
     * there. */
    void (*read_key)(void *ctx, const char *key_id);
    /* Gives a record of a list as JSON, as the commands print it; NULL when it is not there. */
    char *(*json)(void *ctx, enum list_kind list, const char *id);
    void (*quit)(void *ctx);
};

struct host {
    const struct host_ops *ops;
    void *ctx;
};

#endif
