/* Where the operator's admin key comes from: the OS keyring through the helper program, a command,
 * a file, or what was typed. Nothing here blocks: an answer comes back through the loop. Never
 * falls back to another source by itself. Knows nothing of HTTP, profiles or screens. */
#ifndef PORTCULLIS_KEYRING_KEYRING_H
#define PORTCULLIS_KEYRING_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"

enum keyring_outcome {
    KEYRING_OK,
    KEYRING_NONE,       /* nothing stored under this name */
    KEYRING_LOCKED,     /* locked, and nothing here can ask for its password (SSH) */
    KEYRING_DISMISSED,  /* it asked, and the person closed the question */
    KEYRING_NO_BUS,     /* no D-Bus session */
    KEYRING_DEAD_BUS,   /* the environment names one, and nobody answers there */
    KEYRING_NO_SERVICE, /* no Secret Service on the bus */
    KEYRING_NO_PROMPT,  /* it would have to ask, say to make a first keyring, and cannot here */
    KEYRING_REFUSED,    /* not stored or not deleted although asked */
    KEYRING_TIMEOUT,    /* no answer until the deadline */
    KEYRING_DIED,       /* the helper or the service went away */
    KEYRING_NO_HELPER,  /* portcullis-keyring is not installed where it should be */
    KEYRING_OTHER,
};

/* A sentence with the cause and the next step, for a person (lends a constant). */
const char *keyring_words(enum keyring_outcome outcome);

/* What names an entry: attributes are not encrypted, so no part of the key is ever in them. */
struct keyring_entry {
    const char *profile;
    const char *service; /* the normalised base URL */
};

/* Runs once, from the loop. key is lent on KEYRING_OK of a get, a command or a file (secret_dup
 * keeps it) and NULL of a set or delete; err is NULL on KEYRING_OK, else ERR_NO_KEY and a sentence.
 */
typedef void keyring_fn(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                        const struct err *err);

struct keyring; /* one loop's helpers and commands */
/* helper_path NULL: beside the running program, else the compiled-in libexec path. */
struct keyring *keyring_new(struct loop *loop, const char *helper_path);
/* Where the helper program is; NULL when it was not found. Lends. */
const char *keyring_helper_path(const struct keyring *keyring);
/* How long the helper may take, as a person wrote it: seconds, 1 to 3600; 120 before this call.
 * ERR_INVALID for anything else, which changes nothing. */
bool keyring_set_deadline(struct keyring *keyring, const char *seconds, struct err *err);
/* Kills what still runs; no callback runs any more. Accepts NULL. */
void keyring_free(struct keyring *keyring);

/* A person may have to act in another window, which takes longer than anybody likes to look at a
 * still screen: fn runs when a helper or a command has not answered for two seconds (once a call).
 * keyring_slow then lends a sentence for that ticket; NULL while it is not slow, or over. */
void keyring_on_slow(struct keyring *keyring, loop_fn *fn, void *ctx);
const char *keyring_slow(const struct keyring *keyring, uint64_t ticket);

/* Each gives a ticket > 0. deadline_ms 0: the one that was set. */
uint64_t keyring_get(struct keyring *keyring, const struct keyring_entry *entry, int deadline_ms,
                     keyring_fn *fn, void *ctx);
/* Reads back after storing. Copies the key. */
uint64_t keyring_set(struct keyring *keyring, const struct keyring_entry *entry,
                     const struct secret *key, int deadline_ms, keyring_fn *fn, void *ctx);
/* Looks again after deleting. KEYRING_NONE: there was nothing to delete. */
uint64_t keyring_delete(struct keyring *keyring, const struct keyring_entry *entry, int deadline_ms,
                        keyring_fn *fn, void *ctx);
/* /bin/sh -c command; stdin is the terminal when use_tty and it is one (the caller has given the
 * terminal back before; its modes and foreground are restored after), else /dev/null; first line of
 * its output, at most 4 KiB; 60 s. What it said on stderr is in the error, but never when it
 * printed anything on stdout, and without words that look like a key. */
uint64_t keyring_command(struct keyring *keyring, const char *command, bool use_tty, keyring_fn *fn,
                         void *ctx);
/* keyring_read_file, answered from the loop. */
uint64_t keyring_file(struct keyring *keyring, const char *path, keyring_fn *fn, void *ctx);
/* Kills the helper or command; fn does not run. A ticket that is over does no harm. */
void keyring_cancel(struct keyring *keyring, uint64_t ticket);

/* Reads the first line of a key file at once: regular, ours, mode & 077 == 0. A relative name is
 * looked up in $CREDENTIALS_DIRECTORY first. Gives; NULL with ERR_NO_KEY. */
struct secret *keyring_read_file(const char *path, struct err *err);
/* Reads a key from fd until newline or end, without echo when it is a terminal. Blocks, at most
 * five minutes: for commands, not under a screen. The terminal is restored before a signal takes
 * effect. Gives; NULL with ERR_NO_KEY, ERR_INVALID (what came is no key) or ERR_CANCELLED. */
struct secret *keyring_read_fd(int fd, struct err *err);
/* The value of an environment variable without line ends behind it; it is overwritten in the
 * environment block and removed. Gives, unchecked; NULL when not set (*set false) or empty. */
struct secret *keyring_take_env(const char *name, bool *set);

#endif
