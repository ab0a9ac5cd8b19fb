/* The program's own log: JSON lines in the state folder, off unless opened. Secrets that were registered are cut out. */
#ifndef PORTCULLIS_BASE_LOG_H
#define PORTCULLIS_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Opens path 0600, O_APPEND, O_NOFOLLOW. */
bool log_open(const char *path, enum log_level level, struct err *err);
void log_close(void);
void log_msg(enum log_level level, const char *area, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
