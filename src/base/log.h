/* The program's own log: JSON lines in the state folder, off unless opened. Secrets that were
 * registered are cut out. */
#ifndef PORTCULLIS_BASE_LOG_H
#define PORTCULLIS_BASE_LOG_H

#include "base/err.h"
#include "base/secret.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Opens path 0600, O_APPEND, O_NOFOLLOW. */
bool log_open(const char *path, enum log_level level, struct err *err);
/* Closes the file and forgets what log_hide was told. */
void log_close(void);
/* From now on these bytes are written as "***", wherever they stand. Copies them into protected
 * memory, until log_close; does nothing while the log is closed. Shorter than 8 bytes they are left
 * alone: they would cut words. */
void log_hide(const struct secret *secret);
/* One line. What looks like a key is cut out even if nobody hid it. Does nothing while closed. */
void log_msg(enum log_level level, const char *area, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
