/* Rows as the text that lists send, kept until they change: most of a list's work is making them.
 * A bounded number; what does not fit is made again. Knows nothing of what the texts mean. */
#ifndef PORTCULLIS_SANDBOX_TEXTS_H
#define PORTCULLIS_SANDBOX_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct text_slot {
    int64_t seq; /* 0: free */
    int64_t until;
    char *text; /* owned */
    size_t len;
};

struct texts {
    struct text_slot *slots; /* owned; NULL before the first is kept */
    size_t bytes;
};

/* Lends until the next change; NULL: not kept, or no longer true now. */
const char *texts_find(const struct texts *texts, int64_t seq, int64_t now, size_t *len);
/* The text of row seq, true until then (TIME_NONE: until it changes). */
void texts_keep(struct texts *texts, int64_t seq, int64_t until, const char *text, size_t len);
void texts_drop(struct texts *texts, int64_t seq);
void texts_clear(struct texts *texts);
void texts_done(struct texts *texts);

#endif
