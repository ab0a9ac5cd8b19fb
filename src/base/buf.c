#include "base/buf.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

#define BUF_FIRST 64

/* What an empty buffer points at until something is added (cap is 0 so long): never written to,
 * never freed. */
static const char nothing[1] = "";

/* Makes room for len more bytes and the NUL. A buffer that may hold a secret must not leave copies
 * behind in freed blocks, so growing copies by hand and wipes the old block; it is as cheap as
 * realloc at these sizes. */
bool buf_reserve(struct buf *buf, size_t len)
{
    size_t cap = buf->cap;
    char *data;

    assert(buf->data != NULL);
    if (len > buf->max - buf->len) {
        buf->overflow = true;
        return false;
    }
    if (len == 0 || buf->len + len < cap) {
        return true;
    }
    if (cap == 0) {
        cap = BUF_FIRST;
    }
    while (cap <= buf->len + len) {
        cap *= 2;
    }
    if (cap - 1 > buf->max) {
        cap = buf->max + 1;
    }
    data = xmalloc(cap);
    memcpy(data, buf->data, buf->len + 1);
    if (buf->cap > 0) {
        sodium_memzero(buf->data, buf->len);
        free(buf->data);
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.data = (char *)nothing, .max = max > 0 ? max : BUF_MAX_DEFAULT};
}

void buf_done(struct buf *buf)
{
    if (buf == NULL) {
        return;
    }
    if (buf->cap > 0) {
        free(buf->data);
    }
    *buf = (struct buf){0};
}

void buf_wipe_done(struct buf *buf)
{
    if (buf == NULL) {
        return;
    }
    if (buf->cap > 0) {
        sodium_memzero(buf->data, buf->cap);
    }
    buf_done(buf);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->cap > 0) {
        buf->data[0] = '\0';
    }
}

bool buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (!buf_reserve(buf, len)) {
        return false;
    }
    if (len > 0) {
        memcpy(buf->data + buf->len, bytes, len);
        buf->len += len;
        buf->data[buf->len] = '\0';
    }
    return true;
}

bool buf_adds(struct buf *buf, const char *text)
{
    return buf_add(buf, text, strlen(text));
}

bool buf_addc(struct buf *buf, char c)
{
    if (buf->len + 1 >= buf->cap || buf->len >= buf->max) {
        return buf_add(buf, &c, 1);
    }
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
    return true;
}

bool buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    int need;

    va_start(args, format);
    need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0) {
        buf->overflow = true;
        return false;
    }
    if (need == 0) {
        return true;
    }
    if (!buf_reserve(buf, (size_t)need)) {
        return false;
    }
    va_start(args, format);
    vsnprintf(buf->data + buf->len, (size_t)need + 1, format, args);
    va_end(args);
    buf->len += (size_t)need;
    return true;
}

char *buf_take(struct buf *buf)
{
    char *data = buf->cap > 0 ? buf->data : xstrdup("");

    buf_init(buf, buf->max);
    return data;
}
