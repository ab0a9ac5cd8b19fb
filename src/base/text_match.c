#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/ascii.h"

#include "base/banned.h"

/* How many places a fuzzy match is tried from; more cannot change what comes first in a list by
 * much. */
#define FUZZY_STARTS_MAX 16

#define SCORE_CHAR 16
#define SCORE_NEIGHBOUR 12
#define SCORE_WORD_START 10

/* Text folded: NFC, full case folding (sharp s is ss). Short texts need no memory of their own. */
struct folded {
    const char *text; /* lent: one of the two below */
    char small[128];
    struct buf large;
};

/* Stands before a byte that is no UTF-8, and comes after every character. */
#define FOLDED_BROKEN '\xf8'

/* Takes the accents out (of Latin, Greek, Cyrillic letters: the vowel signs of other scripts are no
 * accents). Gives how many code points are left. */
static utf8proc_ssize_t drop_accents(utf8proc_int32_t *codes, utf8proc_ssize_t count)
{
    utf8proc_ssize_t left = 0;

    for (utf8proc_ssize_t i = 0; i < count; i++) {
        if (codes[i] < 0x300 || codes[i] > 0x36f) {
            codes[left++] = codes[i];
        }
    }
    return left;
}

/* Appends the folding of valid UTF-8; bare: without accents. */
static void fold_valid(const char *text, size_t len, bool bare, struct buf *out)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
    utf8proc_int32_t small[64];
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    const utf8proc_ssize_t size = (utf8proc_ssize_t)len;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, small, 63, options);
    utf8proc_int32_t *codes = small;

    if (count > 63) {
        codes = xreallocarray(NULL, (size_t)count + 1, sizeof(*codes));
        count = utf8proc_decompose(bytes, size, codes, count, options);
    }
    if (count > 0 && bare) {
        count = drop_accents(codes, count);
    }
    if (count > 0) {
        count = utf8proc_reencode(codes, count, options);
        buf_add(out, (const char *)codes, (size_t)count);
    }
    if (codes != small) {
        free(codes);
    }
}

/* How much of text, from its start on, is valid UTF-8. */
static size_t valid_bytes(const char *text)
{
    size_t len = 0;

    while (text[len] != '\0') {
        utf8proc_int32_t code;
        utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)text + len,
                                                (utf8proc_ssize_t)strnlen(text + len, 4), &code);
        if (got < 1) {
            break;
        }
        len += (size_t)got;
    }
    return len;
}

static void fold_into(const char *text, bool bare, struct buf *out)
{
    while (*text != '\0') {
        size_t len = valid_bytes(text);

        fold_valid(text, len, bare, out);
        text += len;
        if (*text != '\0') {
            const char broken[2] = {FOLDED_BROKEN, *text++};
            buf_add(out, broken, sizeof(broken));
        }
    }
}

void text_fold(const char *text, struct buf *out)
{
    fold_into(text, false, out);
}

static void fold(struct folded *folded, const char *text)
{
    size_t len = 0;

    folded->text = folded->small;
    buf_init(&folded->large, 0);
    for (; len < sizeof(folded->small) && (unsigned char)text[len] < 0x80; len++) {
        folded->small[len] = ascii_lower(text[len]);
        if (text[len] == '\0') {
            return;
        }
    }
    text_fold(text, &folded->large);
    folded->text = folded->large.data;
}

static void fold_done(struct folded *folded)
{
    buf_done(&folded->large);
}

/* Folds text once more, without accents, for a wanted text that has none: then they are optional.
 * False when there is nothing to gain by it. */
static bool fold_bare(const struct folded *folded, const char *text, const struct folded *wanted,
                      struct buf *out)
{
    struct buf bare;
    bool gains;

    if (folded->text == folded->small) {
        return false; /* ASCII */
    }
    buf_init(out, 0);
    fold_into(text, true, out);
    buf_init(&bare, 0);
    fold_into(wanted->text, true, &bare);
    gains = strcmp(bare.data, wanted->text) == 0 && strcmp(out->data, folded->text) != 0;
    buf_done(&bare);
    if (!gains) {
        buf_done(out);
    }
    return gains;
}

/* The character at a place of folded text, and its bytes in *len (0 at the end). A broken byte
 * stands for itself. */
static utf8proc_int32_t code_at(const char *text, size_t *len)
{
    unsigned char first = (unsigned char)text[0];
    utf8proc_int32_t code = -1;

    if (first < 0x80) {
        *len = first != 0 ? 1 : 0;
        return first;
    }
    if (text[0] == FOLDED_BROKEN) {
        *len = 2;
        return 0x110000 + (unsigned char)text[1];
    }
    *len = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
    return code;
}

static bool is_word_char(utf8proc_int32_t c)
{
    if (c < 0x80) {
        return ascii_is_alnum(c);
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
    utf8proc_int32_t want = code_at(needle, &want_len);

    while (want_len > 0) {
        size_t len;
        utf8proc_int32_t c = code_at(hay, &len);

        if (len == 0) {
            return 0;
        }
        if (c == want) {
            score += SCORE_CHAR + (neighbour ? SCORE_NEIGHBOUR : 0) +
                     (word_start ? SCORE_WORD_START : 0);
            needle += want_len;
            want = code_at(needle, &want_len);
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
    struct folded x;
    struct folded y;
    int order;

    fold(&x, a);
    fold(&y, b);
    order = strcmp(x.text, y.text);
    fold_done(&x);
    fold_done(&y);
    return order;
}

/* Both folded. */
static int best_score(const char *hay, const char *needle)
{
    size_t want_len;
    utf8proc_int32_t want = code_at(needle, &want_len);
    bool word_start = true;
    int best = 0;
    int tries = 0;

    while (tries < FUZZY_STARTS_MAX) {
        size_t len;
        utf8proc_int32_t c = code_at(hay, &len);

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

int text_fuzzy(const char *hay, const char *needle)
{
    struct folded in;
    struct folded what;
    struct buf bare;
    int score;

    if (needle[0] == '\0') {
        return 1;
    }
    fold(&in, hay);
    fold(&what, needle);
    score = best_score(in.text, what.text);
    if (score == 0 && fold_bare(&in, hay, &what, &bare)) {
        score = best_score(bare.data, what.text);
        buf_done(&bare);
    }
    fold_done(&in);
    fold_done(&what);
    return score;
}

/* Does one of the two forms of the text, as it is and without accents, stand to the wanted one as
 * `fits` says? */
static bool either_fits(const char *text, const char *wanted,
                        bool (*fits)(const char *text, const char *wanted))
{
    struct folded in;
    struct folded what;
    struct buf bare;
    bool found;

    fold(&in, text);
    fold(&what, wanted);
    found = fits(in.text, what.text);
    if (!found && fold_bare(&in, text, &what, &bare)) {
        found = fits(bare.data, what.text);
        buf_done(&bare);
    }
    fold_done(&in);
    fold_done(&what);
    return found;
}

static bool holds(const char *text, const char *wanted)
{
    return strstr(text, wanted) != NULL;
}

static bool equals(const char *text, const char *wanted)
{
    return strcmp(text, wanted) == 0;
}

bool text_contains(const char *hay, const char *needle)
{
    return either_fits(hay, needle, holds);
}

bool text_means(const char *text, const char *wanted)
{
    return either_fits(text, wanted, equals);
}
