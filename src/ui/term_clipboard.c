#include "ui/term_clipboard.h"

#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

static const char OPEN[] = "\033]52;c;";
static const char CLOSE[] = "\a";
static const char TMUX_OPEN[] = "\033Ptmux;\033\033]52;c;";
static const char TMUX_CLOSE[] = "\a\033\\";

static char *append(char *at, const char *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static char *base64(char *at, const unsigned char *in, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        unsigned bits = (unsigned)in[i] << 16 | (have > 1 ? (unsigned)in[i + 1] << 8 : 0) |
                        (have > 2 ? (unsigned)in[i + 2] : 0);

        *at++ = digits[bits >> 18];
        *at++ = digits[bits >> 12 & 63];
        *at++ = have > 1 ? digits[bits >> 6 & 63] : '=';
        *at++ = have > 2 ? digits[bits & 63] : '=';
    }
    return at;
}

char *term_clipboard_bytes(const char *text, size_t len, bool tmux, size_t *out_len)
{
    const unsigned char *in = (const unsigned char *)text;
    size_t once = (len + 2) / 3 * 4;
    size_t size = sizeof(OPEN) - 1 + once + sizeof(CLOSE) - 1;
    char *bytes;
    char *at;

    if (tmux) {
        size += sizeof(TMUX_OPEN) - 1 + once + sizeof(TMUX_CLOSE) - 1;
    }
    bytes = xmalloc(size);
    at = append(bytes, OPEN, sizeof(OPEN) - 1);
    at = base64(at, in, len);
    at = append(at, CLOSE, sizeof(CLOSE) - 1);
    if (tmux) {
        at = append(at, TMUX_OPEN, sizeof(TMUX_OPEN) - 1);
        at = base64(at, in, len);
        append(at, TMUX_CLOSE, sizeof(TMUX_CLOSE) - 1);
    }
    *out_len = size;
    return bytes;
}
