/* What the files of the host share. Included by host*.c only. */
#ifndef PORTCULLIS_APP_HOST_INTERNAL_H
#define PORTCULLIS_APP_HOST_INTERNAL_H

#include "app/host.h"
#include "app/login.h"

/* A profile and what was seen of its key while it was open. */
struct known {
    struct profile *profile;
    char mask[32];
    int scopes;
    char state[200];
};

/* What was left in the wizard of a profile. */
struct kept_draft {
    char *profile;
    struct key_draft draft;
};

struct app_host {
    struct app *app;
    struct app_host_hooks hooks;
    struct host door;
    struct known *known;
    size_t known_count;
    struct login *login;
    struct host_login_state login_state;
    char login_words[1200];
    struct logout *logout;
    int deferred;
    int taking;
    /* deferred calls: the secret that is handed over is painted by the second */ /* work that
                                                                                     may not run
                                                                                     inside a
                                                                                     callback of
                                                                                     login or
                                                                                     logout */
    struct kept_draft *drafts;
    size_t draft_count, draft_cap;
};

struct known *host_find_known(struct app_host *host, const char *name);
void host_drop_known(struct app_host *host);
/* Keeps what the open session knows of its key for the pane of organisations. */
void host_learn(struct app_host *host);
/* The open session is about to be left for another. */
void host_leave_session(struct app_host *host);
/* Each profile has its own draft; lends, NULL for none. */
const struct key_draft *host_saved_draft(void *ctx, const char *profile);
/* Copies; NULL forgets it. */
void host_save_draft(void *ctx, const char *profile, const struct key_draft *draft);
/* The key of this draft was made after its wizard was left: it is not brought back. */
void host_drop_made(void *ctx, const struct key_draft *made);
void host_drop_drafts(struct app_host *host);
size_t host_profile_count(void *ctx);
bool host_profile_at(void *ctx, size_t number, struct host_profile *out);

#endif
