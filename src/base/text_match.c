#include <string.h>
#include <utf8proc.h>

#include "base/banned.h"
#include "base/text.h"

/* How many places a fuzzy match is tried from; more cannot change what comes first in a list by
 * much. */
#define FUZZY_STARTS_MAX 16

#define SCORE_CHAR 16
#define SCORE_NEIGHBOUR 12
#define SCORE_WORD_START 10

/* The folded character at text, and its bytes in *len (0 at the end). Broken bytes stand for
 * themselves. */
static utf8proc_int32_t fold_at(const char *text, size_t *len)
{
    unsigned char first = (unsigned char)text[0];
    utf8proc_int32_t c;
    utf8proc_ssize_t got;

    if (first < 0x80) {
        *len = first != 0 ? 1 : 0;
        return first >= 'A' && first <= 'Z' ? first + ('a' - 'A') : first;
    }
    got = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strnlen(text, 4), &c);
    if (got < 1) {
        *len = 1;
        return 0x110000 + first;
    }
    *len = (size_t)got;
    /* Up and down again: both forms of sigma, and the long s, meet. */
    return utf8proc_tolower(utf8proc_toupper(c));
}

static bool starts_with(const char *text, const char *prefix)
{
    for (;;) {
        size_t text_len;
        size_t prefix_len;
        utf8proc_int32_t want = fold_at(prefix, &prefix_len);

        if (prefix_len == 0) {
            return true;
        }
        if (fold_at(text, &text_len) != want || text_len == 0) {
            return false;
        }
        text += text_len;
        prefix += prefix_len;
    }
}

static bool is_word_char(utf8proc_int32_t c)
{
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    return c < 0x110000;
}

/* Score of matching needle from hay on, each character at its first place; 0 when it does not
 * occur. */
static int score_from(const char *hay, const char *needle, bool word_start)
{
    bool neighbour = false;
    int score = 0;
    size_t want_len;
    utf8proc_int32_t want = fold_at(needle, &want_len);

    while (want_len > 0) {
        size_t len;
        utf8proc_int32_t c = fold_at(hay, &len);

        if (len == 0) {
            return 0;
        }
        if (c == want) {
            score += SCORE_CHAR + (neighbour ? SCORE_NEIGHBOUR : 0) +
                     (word_start ? SCORE_WORD_START : 0);
            needle += want_len;
            want = fold_at(needle, &want_len);
            neighbour = true;
        } else {
            neighbour = false;
        }
        word_start = !is_word_char(c);
        hay += len;
    }
    return score;
}

int text_casecmp(const char *a, const char *b)
{
    for (;;) {
        size_t a_len;
        size_t b_len;
        utf8proc_int32_t x = fold_at(a, &a_len);
        utf8proc_int32_t y = fold_at(b, &b_len);

        if (x != y || a_len == 0) {
            return x < y ? -1 : x > y;
        }
        a += a_len;
        b += b_len;
    }
}

/* Broken bytes come after every character, as in fold_at. */
#define FOLDED_BROKEN 0xf8

void text_fold(const char *text, struct buf *out)
{
    char part[64];
    size_t used = 0;
    size_t len;

    for (; *text != '\0'; text += len) {
        utf8proc_int32_t c = fold_at(text, &len);

        if (c < 0x80) {
            part[used++] = (char)c;
        } else if (c >= 0x110000) {
            part[used++] = (char)FOLDED_BROKEN;
            part[used++] = (char)(c - 0x110000);
        } else {
            used += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)part + used);
        }
        if (used > sizeof(part) - 4) {
            buf_add(out, part, used);
            used = 0;
        }
    }
    buf_add(out, part, used);
}

int text_fuzzy(const char *hay, const char *needle)
{
    size_t want_len;
    utf8proc_int32_t want = fold_at(needle, &want_len);
    bool word_start = true;
    int best = 0;
    int tries = 0;

    if (want_len == 0) {
        return 1;
    }
    while (tries < FUZZY_STARTS_MAX) {
        size_t len;
        utf8proc_int32_t c = fold_at(hay, &len);

        if (len == 0) {
            break;
        }
        if (c == want) {
            int score = score_from(hay, needle, word_start);

            if (score == 0) {
                break; /* what is not in here is in no shorter rest either */
            }
            if (score > best) {
                best = score;
            }
            tries++;
        }
        word_start = !is_word_char(c);
        hay += len;
    }
    return best;
}

bool text_contains(const char *hay, const char *needle)
{
    size_t want_len;
    utf8proc_int32_t want = fold_at(needle, &want_len);

    if (want_len == 0) {
        return true;
    }
    for (;;) {
        size_t len;
        utf8proc_int32_t c = fold_at(hay, &len);

        if (len == 0) {
            return false;
        }
        if (c == want && starts_with(hay + len, needle + want_len)) {
            return true;
        }
        hay += len;
    }
}
