/* The text of a profile file: INI without sections, one line a value. Pure: bytes in, profile out.
 * Private to profile.c and its tests. */
#ifndef PORTCULLIS_APP_PROFILE_FILE_H
#define PORTCULLIS_APP_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/profile.h"
#include "base/buf.h"

/* Fills the profile from text that may be anything. ERR_INVALID: "line 3: ..". The profile may be
 * half filled then. */
bool profile_parse(const char *text, size_t len, struct profile *profile, struct err *err);
void profile_write(const struct profile *profile, struct buf *out);
/* The text of a profile with another id of the own key, and all else in it as a person wrote it. */
void profile_write_own(const char *text, const char *id, struct buf *out);
/* A value that one line can hold and that comes back the same: UTF-8, no control characters, no
 * spaces at its ends, at most 4096 bytes. The error names the field. */
bool profile_value_check(const char *field, const char *value, struct err *err);

#endif
