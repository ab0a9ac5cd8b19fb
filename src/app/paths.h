/* Where our files live: the XDG folders, each with "portcullis" behind it. Knows nothing of what is
 * in them and makes none of them. */
#ifndef PORTCULLIS_APP_PATHS_H
#define PORTCULLIS_APP_PATHS_H

#include "base/err.h"

struct paths {
    char *config;   /* $XDG_CONFIG_HOME/portcullis */
    char *profiles; /* profiles in it */
    char *state;    /* $XDG_STATE_HOME/portcullis */
    char *cache;    /* $XDG_CACHE_HOME/portcullis */
};

/* Gives. A variable that is not set, empty or relative does not count (as the XDG specification
 * says); without HOME the home of the user database is used. NULL with ERR_FILE: there is none. */
struct paths *paths_new(struct err *err);
void paths_free(struct paths *paths);

struct passwd;
/* Who runs this, as the user database has it; lends until the next call. NULL: it does not know. */
const struct passwd *paths_user(void);

#endif
