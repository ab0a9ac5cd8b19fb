/* What a command was given by name: the one workspace and the one person are asked for by
 * themselves, so that a write waits for no list. Only for the files of this folder. */
#ifndef PORTCULLIS_APP_COMMANDS_GIVEN_H
#define PORTCULLIS_APP_COMMANDS_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct err;

/* workspace: id, slug or name; *out gets its id. What this key may not read is taken as it is.
 * False when there is none, or several (ERR_GONE, ERR_REFUSED), and when no answer came. */
bool given_workspace(struct app *app, const char *workspace, char *out, size_t size,
                     struct err *err);
/* owner: id or mail address; *out gets the id. workspace: the id of where the key is made;
 * ERR_INVALID when the person is known to be no member of it. */
bool given_owner(struct app *app, const char *owner, const char *workspace, char *out, size_t size,
                 struct err *err);

/* Lets the clock follow the server's, which spans of a write count from: where no answer came yet,
 * one page is read for its Date. False when none came. */
bool given_time(struct app *app, struct err *err);

#endif
