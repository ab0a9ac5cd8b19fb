#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"
#include "base/buf.h"
#include "base/text.h"

/* Stores a sentence cleaned and cut at a character, so that err->text is always safe to show. */
static void put_text(struct err *err, const char *raw)
{
    struct buf clean;
    size_t len;

    buf_init(&clean, 0);
    text_clean(raw, strlen(raw), &clean);
    len = clean.len;
    if (len >= sizeof(err->text)) {
        len = sizeof(err->text) - 1;
        while (len > 0 && ((unsigned char)clean.data[len] & 0xc0u) == 0x80u) {
            len--;
        }
    }
    memcpy(err->text, clean.data, len);
    err->text[len] = '\0';
    buf_done(&clean);
}

bool err_vset(struct err *err, enum err_kind kind, const char *format, va_list args)
{
    char *raw = NULL;

    if (err == NULL) {
        return false;
    }
    *err = (struct err){.kind = kind};
    raw = xvasprintf(format, args);
    put_text(err, raw);
    free(raw);
    return false;
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    err_vset(err, kind, format, args);
    va_end(args);
    return false;
}

void err_prefix(struct err *err, const char *format, ...)
{
    va_list args;
    char *what;
    char *whole;

    if (err == NULL) {
        return;
    }
    va_start(args, format);
    what = xvasprintf(format, args);
    va_end(args);
    whole = xasprintf("%s: %s", what, err->text);
    put_text(err, whole);
    free(whole);
    free(what);
}

const char *err_kind_name(enum err_kind kind)
{
    static const char *const names[] = {
        [ERR_NONE] = "none",
        [ERR_INVALID] = "invalid",
        [ERR_NETWORK] = "network",
        [ERR_TIMEOUT] = "timeout",
        [ERR_AUTH] = "auth",
        [ERR_NO_KEY] = "no-key",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_GONE] = "gone",
        [ERR_REFUSED] = "refused",
        [ERR_CONFLICT] = "conflict",
        [ERR_RATE_LIMIT] = "rate-limit",
        [ERR_SERVER] = "server",
        [ERR_DECODE] = "decode",
        [ERR_UNKNOWN] = "unknown",
        [ERR_CANCELLED] = "cancelled",
        [ERR_FILE] = "file",
        [ERR_GUARD] = "guard",
        [ERR_INTERNAL] = "internal",
    };
    size_t number = (size_t)kind;

    return number < sizeof(names) / sizeof(names[0]) && names[number] != NULL ? names[number]
                                                                              : "internal";
}
