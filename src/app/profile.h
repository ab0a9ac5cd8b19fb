/* A profile: one organisation to work on, and where its admin key comes from. One INI file each,
 * read with line numbers in every error, written whole and atomically; the key is never in it.
 * Knows no HTTP: whether a base URL can be used is the client's to say. */
#ifndef PORTCULLIS_APP_PROFILE_H
#define PORTCULLIS_APP_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/paths.h"
#include "base/err.h"
#include "keyring/keyring.h"

enum profile_source {
    PROFILE_KEYRING, /* the OS keyring */
    PROFILE_COMMAND, /* a command prints it */
    PROFILE_FILE,    /* a file holds it */
    PROFILE_ASK,     /* typed each time, kept in memory */
    PROFILE_SESSION, /* came with the environment; never in a file */
    PROFILE_UNKNOWN, /* what profile_source_parse says of another word */
};

/* The name of the profile that the environment makes; no file can have it. */
#define PROFILE_ENVIRONMENT_NAME "environment"

/* Each text is NULL when not set, and never "" but for proxy, where "" means: none at all. */
struct profile {
    char *name; /* [A-Za-z0-9._-], 1 to 64 of them, the first neither '.' nor '-' */
    char *base_url;
    enum profile_source source;
    char *key_command;
    char *key_file;
    char *ca_file;
    char *proxy;      /* NULL: as the environment says */
    char *tag;        /* "production": shown, and a reason is asked for before writes */
    bool agents;      /* an agent may write with it */
    char *own_key_id; /* of the key that it works with, as login or a session found it last */
};

/* Gives, with no base URL and the keyring as its source. */
struct profile *profile_new(const char *name);
struct profile *profile_dup(const struct profile *profile);
void profile_free(struct profile *profile);
/* Replaces one text of a profile by a copy; NULL and "" clear it. */
void profile_set(char **slot, const char *text);
/* The same for proxy: "none" means none at all. */
void profile_set_proxy(struct profile *profile, const char *text);

/* "keyring" "command" "file" "ask" "session". Lends a constant. */
const char *profile_source_name(enum profile_source source);
/* NULL and "" are the keyring. "session" is PROFILE_UNKNOWN: nobody can ask for it. */
enum profile_source profile_source_parse(const char *word);

/* May a profile file be called that? ERR_INVALID, field "name". */
bool profile_name_check(const char *name, struct err *err);
/* Can this be stored and read back, and does its source have what it needs? ERR_INVALID with the
 * field. */
bool profile_check(const struct profile *profile, struct err *err);

/* Gives. NULL: ERR_INVALID for a name that cannot be one, for one that does not exist, and for a
 * line that is not understood (with its number); ERR_FILE when it cannot be read, or when others
 * may read it or its folder. */
struct profile *profile_load(const struct paths *paths, const char *name, struct err *err);
/* Checks, makes the folder (0700) when there is none, writes the file (0600). */
bool profile_save(const struct paths *paths, const struct profile *profile, struct err *err);
/* Keeps the id of its own key in the file of this profile, unless that is another profile by now
 * (address, source). Does nothing for one that no file has. */
bool profile_keep_own(const struct paths *paths, const struct profile *profile, const char *id,
                      struct err *err);
/* ERR_INVALID when there is none of that name. */
bool profile_remove(const struct paths *paths, const char *name, struct err *err);
/* Gives an array of profiles, sorted by name; both are the caller's to free. Files that cannot be
 * used are left out, and err then says why of the first and how many more. NULL with *count 0 when
 * there is none, which by itself is no error. */
struct profile **profile_list(const struct paths *paths, size_t *count, struct err *err);

/* Gets the key from where this profile keeps it, and from nowhere else: a failure is told, never
 * mended by another source. Returns the keyring's ticket. 0 for PROFILE_ASK and PROFILE_SESSION,
 * whose key only a person or the environment has: fn does not run. */
uint64_t profile_open_key(struct keyring *keyring, const struct profile *profile, bool use_tty,
                          keyring_fn *fn, void *ctx);

#endif
