/* What the program is made of, for the console and the commands alike: clock, loop, profiles,
 * keyring, journal, gate, one session. Knows no screen: what must be shown goes through two
 * callbacks. */
#ifndef PORTCULLIS_APP_APP_H
#define PORTCULLIS_APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "app/environment.h"
#include "app/gate.h"
#include "app/journal.h"
#include "app/paths.h"
#include "app/profile.h"
#include "app/session.h"
#include "base/clock.h"
#include "base/loop.h"
#include "keyring/keyring.h"

/* Exit codes of every command (decisions: exit codes). */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    EXIT_INCOMPLETE = 3,
    EXIT_NO_KEY = 4,
    EXIT_NETWORK = 5,
    EXIT_UNKNOWN = 6,
    EXIT_FINDINGS = 7,
};

struct app_options {
    const char *profile; /* --profile; NULL */
    const char *script;  /* --script; NULL */
    bool ascii;
    bool no_color;
    bool log;
    bool no_environment; /* PORTKEY_API_KEY and PORTKEY_BASE_URL are not looked at */
    int64_t now;         /* --now; TIME_NONE */
};

struct app {
    struct app_options options;
    struct paths *paths;
    struct clock clock;
    bool frozen; /* a script with --now: time moves only by its own steps */
    int64_t frozen_at;
    bool looked_back; /* at what earlier runs left open */
    bool skew_told;   /* that this machine's clock is off */
    struct loop *loop;
    struct keyring *keyring;
    struct journal *journal;
    struct gate gate;
    struct environment environment;
    struct session *session;
    struct login *login; /* under way: told when its keyring is slow; NULL */
    struct logout *logout;
    /* The front's: something changed; a sentence that must be seen; the key of a draft was made
     * after it was left. NULL: nothing, stderr, nothing. */
    void (*on_changed)(void *front);
    void (*on_say)(void *front, bool bad, const char *text);
    void (*on_made)(void *front, const struct key_draft *draft);
    /* A command's: a wait begins, or is over. NULL: nothing. */
    void (*on_wait)(void *front, bool over);
    void *front;
    /* The console's: gives the terminal to a key command, and takes it back. NULL: it is free
     * anyway. */
    void (*on_lend_tty)(void *tty, bool lend);
    void *tty;
};

/* Takes PORTKEY_API_KEY out of the environment at once. False with a sentence when the folders
 * cannot be used. */
bool app_init(struct app *app, const struct app_options *options, struct err *err);
void app_done(struct app *app);

/* The gate's time: monotonic, and going on while the machine sleeps; the frozen clock in a script.
 */
int64_t app_mono(const struct app *app);
/* Sets a frozen clock back to where it stands, any other to the server's time; called once a turn.
 */
void app_tick(struct app *app);
/* Moves a frozen clock, or the running one. */
void app_advance(struct app *app, int64_t ms);

/* Gives the profile to work with: the environment's (and then no other), else --profile,
 * PORTCULLIS_PROFILE, the only one, the one last opened in the console or logged in. NULL with
 * ERR_INVALID: several and none chosen (lists them), an unknown name, an environment that cannot be
 * used. NULL with ERR_NO_KEY: there is none at all. */
struct profile *app_choose_profile(struct app *app, struct err *err);
/* The same without a look at the environment, for what is about stored profiles. */
struct profile *app_stored_profile(struct app *app, struct err *err);
/* Gives the key that the environment held when this is its profile; else NULL. */
struct secret *app_take_key_for(struct app *app, const struct profile *profile);
/* Opens a session on it (takes the key; key and lists as for session_open) and remembers it as last
 * used: for the console. */
void app_open(struct app *app, const struct profile *profile, struct secret *key, unsigned lists);

/* For commands: opens the profile of the options and runs the loop until the key is there and the
 * lists are read. A key that has to be typed is asked for on the terminal, or read from stdin when
 * that is none. False with the error; a list that was refused or is partial is no error: its state
 * says so. */
bool app_open_wait(struct app *app, unsigned lists, struct err *err);
/* Runs the loop until the open write needs a decision or is over. False with ERR_RATE_LIMIT when
 * nothing was sent yet and the server asks for a wait of more than a minute. */
bool app_wait_operation(struct app *app, struct err *err);
/* Does the server ask for a wait of more than a minute? That is a person's to decide: a command has
 * none and gives up (ERR_RATE_LIMIT). */
bool app_asked_to_wait(const struct app *app, struct err *err);
/* Looks what became of the writes that earlier runs left open, once the work of a command that has
 * a session is done: half a minute at most, words on stderr. Does nothing without a session. */
void app_look_back(struct app *app);
/* Runs the loop until done(ctx). */
void app_wait(struct app *app, bool (*done)(void *ctx), void *ctx);
/* The exit code for an error of any part. */
int app_exit_code(const struct err *err);

#endif
