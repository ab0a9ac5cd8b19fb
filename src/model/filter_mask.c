/* What is pasted behind mask: may be a whole key: no more of it is kept than masks show. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/view.h"

#include "base/banned.h"

/* The value of one mask: in a filter's text. */
struct value {
    size_t at, len;
};

static char folded(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Does the column's name stand here, at the begin of a term? */
static bool is_mask(const char *text, size_t at)
{
    static const char NAME[] = "mask:";
    for (size_t i = 0; NAME[i] != '\0'; i++) {
        if (folded(text[at + i]) != NAME[i]) {
            return false;
        }
    }
    return at == 0 || strchr(" \t!", text[at - 1]) != NULL;
}

/* The next value from *at on, without its quotes and marks. One that ends with | is followed by
 * another of the same column. */
static bool next_value(const char *text, size_t *at, bool *inside, struct value *out)
{
    while (!*inside) {
        if (text[*at] == '\0') {
            return false;
        }
        *inside = is_mask(text, *at);
        *at += *inside ? strlen("mask:") : 1;
    }
    bool quoted = false;
    while (text[*at] == '=' || text[*at] == '"' || text[*at] == '|') {
        quoted = text[*at] == '"' ? !quoted : quoted;
        ++*at;
    }
    out->at = *at;
    out->len = strcspn(text + *at, quoted ? "\"" : " \t|\"");
    *at += out->len;
    *inside = text[*at] == '|' || (text[*at] == '"' && text[*at + 1] == '|');
    return true;
}

/* Bytes, not characters: a key has none outside ASCII, and of other text no more is kept. */
static bool too_long(const char *value, size_t len, size_t *head, size_t *tail)
{
    const char *first = memchr(value, '*', len);
    const char *last = first;
    while (last != NULL && memchr(last + 1, '*', len - (size_t)(last + 1 - value)) != NULL) {
        last = memchr(last + 1, '*', len - (size_t)(last + 1 - value));
    }
    *head =
        first == NULL ? len >= FILTER_KEY_LENGTH ? FILTER_MASK_HEAD : 0 : (size_t)(first - value);
    *tail = first == NULL ? len : len - (size_t)(last + 1 - value);
    size_t head_max = FILTER_MASK_HEAD, tail_max = FILTER_MASK_TAIL;
    bool long_head = *head > head_max, long_tail = *tail > tail_max;
    *head = long_head ? head_max : *head;
    *tail = long_tail ? tail_max : *tail;
    return long_head || long_tail;
}

bool filter_cut_masks(const char *text, struct buf *out)
{
    size_t at = 0, done = 0;
    bool inside = false, cut = false;
    struct value value;
    while (next_value(text, &at, &inside, &value)) {
        size_t head, tail;
        if (!too_long(text + value.at, value.len, &head, &tail)) {
            continue;
        }
        const char *end = text + value.at + value.len;
        while (tail > 0 && (end[-(ptrdiff_t)tail] & 0xc0) == 0x80) {
            tail--; /* no half a character */
        }
        buf_add(out, text + done, value.at - done + head);
        buf_adds(out, head > 0 || memchr(text + value.at, '*', value.len) != NULL ? "*" : "");
        buf_add(out, end - tail, tail);
        done = value.at + value.len;
        cut = true;
    }
    buf_adds(out, text + done);
    return cut;
}

bool filter_holds_key(const char *text)
{
    size_t at = 0;
    bool inside = false;
    struct value value;
    while (next_value(text, &at, &inside, &value)) {
        if (value.len >= FILTER_KEY_LENGTH) {
            return true;
        }
    }
    return false;
}
