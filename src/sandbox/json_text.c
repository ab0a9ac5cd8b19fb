#include "sandbox/json_text.h"

#include <stddef.h>

#include "base/clock.h"

#include "base/banned.h"

static void escape(struct buf *out, unsigned char c)
{
    static const struct {
        char c, letter;
    } SHORT[] = {{'"', '"'},  {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'},
                 {'\n', 'n'}, {'\r', 'r'},  {'\t', 't'}};
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++) {
        if (c == (unsigned char)SHORT[i].c) {
            buf_addc(out, '\\');
            buf_addc(out, SHORT[i].letter);
            return;
        }
    }
    buf_addf(out, "\\u%04X", c);
}

void json_text_string(struct buf *out, const char *text)
{
    if (text == NULL) {
        buf_adds(out, "null");
        return;
    }
    buf_addc(out, '"');
    while (*text != '\0') {
        const char *plain = text;
        while ((unsigned char)*text >= 0x20 && *text != '"' && *text != '\\') {
            text++;
        }
        buf_add(out, plain, (size_t)(text - plain));
        if (*text != '\0') {
            escape(out, (unsigned char)*text++);
        }
    }
    buf_addc(out, '"');
}

void json_text_time(struct buf *out, int64_t ms)
{
    char text[TIME_TEXT_SIZE];
    if (ms == TIME_NONE) {
        buf_adds(out, "null");
        return;
    }
    time_format(ms / 1000 * 1000, text);
    json_text_string(out, text);
}
