/* What a command waits for, on stderr: every wait that the server or a keyring causes, at once; and
 * a wait for an answer, once it lasts two seconds. On a terminal it is one line that is overwritten
 * and taken away again, and the growth of lists is in it; elsewhere it is a line for each that is
 * new. Knows the session and the loop; prints nothing else. */
#ifndef PORTCULLIS_APP_COMMANDS_PROGRESS_H
#define PORTCULLIS_APP_COMMANDS_PROGRESS_H

#include <stdbool.h>

struct app;
struct progress;

/* Gives; hooks itself into the waits of the app (lent until progress_free). */
struct progress *progress_new(struct app *app);
void progress_free(struct progress *progress);
/* What is waited for, when the session cannot tell: "reading the key". Copied; until the next. */
void progress_doing(struct app *app, const char *words);

/* Was this line printed as it stands, where it stays? */
bool progress_told(const struct app *app, const char *words);

#endif
