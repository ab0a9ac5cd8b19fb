/* A set of record ids, as text, in no order: the marked rows. Knows nothing of what they mean. */
#ifndef PORTCULLIS_UI_MARKS_H
#define PORTCULLIS_UI_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct marks {
    char **slots; /* owned; NULL is free */
    size_t cap, len;
};

void marks_done(struct marks *marks);
void marks_clear(struct marks *marks);
bool marks_has(const struct marks *marks, const char *id);
void marks_add(struct marks *marks, const char *id);
void marks_remove(struct marks *marks, const char *id);
/* Appends the ids, a line each. */
void marks_list(const struct marks *marks, struct buf *out);

#endif
