/* What the program remembers by itself between runs, in the state folder: the profile used last.
 * Losing it does no harm, so that failing to write it is nobody's error. */
#ifndef PORTCULLIS_APP_SETTINGS_H
#define PORTCULLIS_APP_SETTINGS_H

#include "app/paths.h"

/* Gives; NULL when there is none or it cannot be read. The profile may be gone since. */
char *settings_last_profile(const struct paths *paths);
void settings_set_last_profile(const struct paths *paths, const char *name);

#endif
