/* How near two words are in spelling: for "did you mean". */
#include <string.h>

#include "base/banned.h"
#include "base/text.h"

#define WORD_MAX 64 /* longer than any name of ours: what is longer still is near to none */

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* Single changes that make b of a: insert, remove, replace, swap two neighbours. */
static int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int rows[3][WORD_MAX + 1];
    int *before = rows[0];
    int *above = rows[1];
    int *row = rows[2];

    for (size_t j = 0; j <= b_len; j++) {
        above[j] = (int)j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= a_len; i++) {
        int *oldest = before;

        row[0] = (int)i;
        for (size_t j = 1; j <= b_len; j++) {
            int cost = lower(a[i - 1]) == b[j - 1] ? 0 : 1;

            row[j] = min(min(above[j], row[j - 1]) + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a[i - 1]) == b[j - 2] && lower(a[i - 2]) == b[j - 1]) {
                row[j] = min(row[j], before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_len];
}

int text_near_limit(const char *word)
{
    size_t len = strnlen(word, WORD_MAX + 1);

    /* A third of the letters wrong is another word. */
    return len == 0 || len > WORD_MAX ? 0 : (int)(len / 3) + 1;
}

bool text_nearer(const char *word, const char *name, int *best)
{
    size_t len = strnlen(word, WORD_MAX + 1);
    size_t other = strnlen(name, WORD_MAX + 1);
    size_t apart = len > other ? len - other : other - len;
    int far;

    if (*best <= 0 || len > WORD_MAX || other > WORD_MAX || apart >= (size_t)*best) {
        return false;
    }
    far = distance(word, len, name, other);
    if (far >= *best) {
        return false;
    }
    *best = far;
    return true;
}
