/* Files of ours: read whole with a cap, written whole and atomically, refused when others may read
 * them. */
#ifndef PORTCULLIS_BASE_FILE_H
#define PORTCULLIS_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends the file to *out (whose cap bounds it). O_NOFOLLOW | O_CLOEXEC. ERR_FILE says what was
 * tried on what; err->status is errno, so ENOENT can be told apart. */
bool file_read(const char *path, struct buf *out, struct err *err);
/* The same for a file with a secret or settings in it: regular, owned by us, mode & 077 == 0, else
 * refused. */
bool file_read_private(const char *path, struct buf *out, struct err *err);
/* Writes a temporary file beside path, fsyncs, renames, fsyncs the folder. */
bool file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
                       struct err *err);
/* Makes the folder and its parents, the new ones 0700. */
bool file_mkdirs(const char *path, struct err *err);
/* "a/b" from "a" and "b" (gives). */
char *file_join(const char *folder, const char *name);

#endif
