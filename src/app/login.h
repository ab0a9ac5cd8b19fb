/* Login: try a key with one read, then store it where the profile says, then write the profile.
 * Nothing is stored when the key does not work. Shared by the console's form and the command.
 * Logout: the other way round. */
#ifndef PORTCULLIS_APP_LOGIN_H
#define PORTCULLIS_APP_LOGIN_H

#include <stdbool.h>

#include "app/app.h"
#include "ui/host.h"

struct login;
struct report_missing;

/* state: as the console shows it. done: the last call; in LOGIN_DONE the profile exists. Lent for
 * the call. */
typedef void login_fn(void *ctx, const struct host_login_state *state, bool done);

/* Gives; answers come from the loop only. Copies params; takes the key (NULL for sources that bring
 * their own: command, file; one that replaces is written to the file). The session must be paused
 * or closed: one client a loop. */
struct login *login_start(struct app *app, const struct host_login *params, struct secret *key,
                          login_fn *fn, void *ctx);
/* Cancels what is under way. */
void login_free(struct login *login);
/* Its keyring or key command takes long: says so through fn. */
void login_tell_slow(struct login *login);
/* Lends the profile that was made (until login_free); the key too, for a session with `key = ask`.
 */
const struct profile *login_profile(const struct login *login);
struct secret *login_take_key(struct login *login);
/* What the key may not list although it works: lends an array whose last element has no reason. */
const struct report_missing *login_missing(const struct login *login);
/* Does the server ask for a wait of more than a minute? ERR_RATE_LIMIT. */
bool login_asked_to_wait(const struct login *login, struct err *err);

struct logout;
typedef void logout_fn(void *ctx, bool ok, const char *words);
/* Removes the key from the keyring (when it is there), then the profile. NULL for an unknown name.
 */
struct logout *logout_start(struct app *app, const char *name, logout_fn *fn, void *ctx,
                            struct err *err);
void logout_free(struct logout *logout);
/* Words for a keyring that waits for a person; NULL while it does not. A constant. */
const char *logout_slow_words(const struct logout *logout);
/* How it ended, once fn ran: was a key taken out of the keyring, and what kind of failure was it.
 */
bool logout_key_removed(const struct logout *logout);
enum err_kind logout_failure(const struct logout *logout);

#endif
