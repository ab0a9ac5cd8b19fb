/* A growing, always NUL-terminated run of bytes with a cap. */
#ifndef PORTCULLIS_BASE_BUF_H
#define PORTCULLIS_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* never NULL after buf_init; data[len] is 0; not to be freed or given away but by
                   buf_take */
    size_t len;
    size_t cap;    /* 0 while nothing was ever added: then nothing is allocated */
    size_t max;    /* bytes it may hold; chosen where it is created */
    bool overflow; /* an add did not fit; what was there stays whole */
};

#define BUF_MAX_DEFAULT ((size_t)64 << 20)

/* max 0 means BUF_MAX_DEFAULT. */
void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
/* As buf_done, but overwrites the bytes first. For buffers that may hold a secret. */
void buf_wipe_done(struct buf *buf);
void buf_clear(struct buf *buf);
/* Makes room for so much more, so that it need not grow on the way. False when it would pass the
 * cap. */
bool buf_reserve(struct buf *buf, size_t len);
/* Each add returns false, and changes nothing, when the cap would be passed. */
bool buf_add(struct buf *buf, const void *bytes, size_t len);
bool buf_adds(struct buf *buf, const char *text);
bool buf_addc(struct buf *buf, char c);
bool buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives the bytes (the caller frees) and leaves the buffer empty and usable; an empty one needs no
 * buf_done. */
char *buf_take(struct buf *buf);

#endif
