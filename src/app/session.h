/* One organisation at work: a profile, its key, an API client, an inventory and its loads. One at a
 * time; opening another cancels everything of the one before. A first load grows in place; a
 * refresh builds aside and replaces in one step, and waits with that while a write is open, so that
 * nothing changes under a review. Knows no screen. */
#ifndef PORTCULLIS_APP_SESSION_H
#define PORTCULLIS_APP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/client.h"
#include "app/operation.h"
#include "app/profile.h"
#include "app/write.h"
#include "base/secret.h"
#include "keyring/keyring.h"
#include "ui/host.h"

struct session_config {
    struct loop *loop;
    const struct clock *clock;
    struct keyring *keyring;
    struct journal *journal;
    struct gate *gate;
    bool use_tty;                           /* a key command may use the terminal */
    void (*lend_tty)(void *ctx, bool lend); /* around such a command */
    int64_t (*mono)(void *ctx);             /* the gate's time */
    bool still; /* a script's screen: no seconds of waiting on it, which differ each time */
    void (*changed)(
        void *ctx); /* something that session_look shows changed; called from the loop */
    void (*say)(void *ctx, bool bad, const char *text); /* a sentence that must be seen once */
    /* The own key was found, and the profile did not know its id: it is kept (lent). */
    void (*own)(void *ctx, const struct profile *profile, const char *id);
    /* A key was made whose screen was left before that: of this draft (lent). */
    void (*made)(void *ctx, const struct key_draft *draft);
    void *ctx;
};

struct session;

struct session *session_new(const struct session_config *config);
void session_free(struct session *session);

/* From now on its inventories keep of keys what no screen shows, for a report of all that came. */
void session_keep_all(struct session *session);
/* Closes what is open and starts to read the key of this profile (copies what it needs). key
 * (takes; may be NULL) is one that is there already: that of the environment, or just typed at
 * login. lists: 1u << enum list_kind each, read once the key is there; 0 reads nothing. */
void session_open(struct session *session, const struct profile *profile, struct secret *key,
                  unsigned lists);
void session_close(struct session *session);
/* SESSION_ASK: the key was typed. Takes it. */
void session_give_key(struct session *session, struct secret *key);
/* Reads the lists again; does nothing while a load runs. */
void session_refresh(struct session *session);
/* Gives up what is waited for: the key, or the load. What was read stays. */
void session_stop(struct session *session);
void session_retry_now(struct session *session);
/* Puts the connection down and up again, so that another client can use the loop for a moment. */
void session_pause(struct session *session);
void session_resume(struct session *session);

/* Lends; NULL until a key is there. */
struct inventory *session_inventory(const struct session *session);
struct api_client *session_client(const struct session *session);
/* "" when none. */
const char *session_profile_name(const struct session *session);
const struct profile *session_profile(const struct session *session);
const char *session_own_mask(const struct session *session);
/* The id of the key that it works with, as a list or the profile tells; "" not known. */
const char *session_own_id(const struct session *session);
enum session_phase session_phase(const struct session *session);
/* The first load is over, well or not. */
bool session_loaded(const struct session *session);
bool session_loading(const struct session *session);
/* What a person may have to do while the key is read, once that takes long; NULL. Lends a constant.
 */
const char *session_slow_words(const struct session *session);
/* The last thing that failed, until the next success; NULL. */
const struct err *session_error(const struct session *session);
void session_look(struct session *session, struct host_session *out);

/* Looks what became of the writes that earlier runs left open in the journal: for half a minute at
 * most, said with config.say. Does nothing while one runs, or nothing is open. */
void session_look_back(struct session *session);
bool session_looking_back(const struct session *session);
/* Ends it; what it would have said is not said. */
void session_stop_look(struct session *session);
/* From now on it does so by itself: after each load, and when there may be more to know. */
void session_looks_by_itself(struct session *session);

/* The write that is open; NULL. One at a time. */
struct operation *session_operation(const struct session *session);
bool session_create(struct session *session, const struct key_draft *draft, struct err *err);
bool session_revoke(struct session *session, const char *key_id, struct err *err);
/* Does the journal show that this key was? Then the revocation that is open proves, where it is not
 * there, that it is gone. At once after session_revoke. */
bool session_revoke_ensure(struct session *session, const char *key_id);
/* Begins an act on a key (app/write.h). */
bool session_act(struct session *session, const struct act *act, const char *target,
                 const void *input, struct err *err);
/* NULL: none. Lends. */
struct write *session_write(const struct session *session);
/* Leaves it. What was sent goes on to its end in the journal. */
void session_close_operation(struct session *session);
/* Was a write sent that has not come to its end, open or left? */
bool session_writes_pending(const struct session *session);
/* It runs, in words: "A new service key "dbl" is being made"; "" none. Lends until the next call.
 */
const char *session_writing(struct session *session);
/* What became of the last write that was left, until it is seen. */
struct session_result {
    char text[1600]; /* "" none */
    bool bad;
    bool unknown; /* nobody knows what became of it */
};
const struct session_result *session_result(const struct session *session);
void session_result_seen(struct session *session);
/* Reads one key again. */
void session_read_key(struct session *session, const char *key_id);

#endif
