/* What the files of a session share. Included by session*.c only. */
#ifndef PORTCULLIS_APP_SESSION_INTERNAL_H
#define PORTCULLIS_APP_SESSION_INTERNAL_H

#include "api/load.h"
#include "app/look_back.h"
#include "app/session.h"
#include "app/unsettled.h"
#include "base/alloc.h"

#define SESSION_LEFT_MAX 4

/* A write whose end is not known. */
struct session_try {
    char intent[JOURNAL_ID_SIZE];
    struct trace trace; /* its texts are ours */
    char **seen;
    size_t seen_count;
    int64_t newest;
    bool blind;
    int64_t server_time;
};

struct session {
    struct session_config config;
    enum session_phase phase;
    struct profile *profile; /* ours; NULL: none */
    unsigned lists;
    struct secret *key;
    uint64_t key_ticket;
    int deferred;
    char own_mask[32];
    struct api_client *client;
    struct inventory *inv;
    struct api_load *load;
    struct inventory *next; /* a refresh that is built aside */
    bool next_ready;        /* whole, waiting for a write to be closed */
    bool loaded;
    bool keeps_all;   /* for its inventories */
    bool interrupted; /* a load was dropped by a pause */
    struct err error; /* kind ERR_NONE: none */
    char work[240];
    size_t work_stem;
    int64_t heard_at; /* when the load last came on, or began; clock_mono_ms */
    api_ticket read_ticket;
    char read_id[ID_TEXT_SIZE]; /* the key that is read by it */
    struct inventory **gone;    /* ours; to be freed in parts */
    size_t gone_count, gone_cap;
    int freeing; /* the deferred call that does; 0: none */
    struct operation *op;
    struct write *write;                      /* of an act, by a command; NULL: none */
    struct operation *left[SESSION_LEFT_MAX]; /* closed by the operator, not yet at their end */
    struct session_result result;
    struct session_try *tries; /* the oldest first */
    size_t try_count, try_cap;
    bool looks_back;        /* by itself, at what earlier runs left open */
    struct look_back *back; /* such a look; NULL: none */
    int look_again;         /* timer: some of that was too young to be settled; 0: none */
    bool journal_told;      /* what is wrong with the journal was said */
    char **told;            /* what was said of it */
    size_t told_count, told_cap;
    char writing[400];
};

void session_changed(struct session *session);
void session_fail(struct session *session, const struct err *err);
/* Puts a finished refresh in place when nothing holds it back. */
void session_swap(struct session *session);
/* Takes it (may be NULL): freed a part a turn. */
void session_drop_inventory(struct session *session, struct inventory *inv);
/* Frees what is left of those at once. */
void session_free_gone(struct session *session);
/* Is the write that runs one whose screen was left? */
bool session_writing_left(const struct session *session);
void session_drop_operations(struct session *session);
/* Takes from the journal what is open in it, and says, once, what is wrong with it. */
void session_take_journal(struct session *session);
/* Looks what became of that, where the session does so by itself. */
void session_check_journal(struct session *session);
void session_forget_told(struct session *session);
/* Keeps a try (copies it). */
void session_try_keep(struct session *session, const struct trace *trace,
                      const struct operation_try *what);
/* What the operations ask and tell of writes whose end is not known; ctx is the session. */
void session_try_settled(void *ctx, const struct operation_try *what, bool known);
bool session_try_earlier(void *ctx, struct operation_try *what);
void session_forget_tries(struct session *session);

#endif
