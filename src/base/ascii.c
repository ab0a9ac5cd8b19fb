#include "base/ascii.h"

#include <string.h>

#include "base/banned.h"

bool ascii_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_hex(int c)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool ascii_is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool ascii_is_alnum(int c)
{
    return ascii_is_letter(c) || ascii_is_digit(c);
}

char ascii_lower(int c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

char ascii_upper(int c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

bool ascii_same_start(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i])) {
            return false;
        }
        if (a[i] == '\0') {
            return true;
        }
    }
    return true;
}

bool ascii_same(const char *a, const char *b)
{
    /* Most that are compared differ in their first letter. */
    return ascii_lower(a[0]) == ascii_lower(b[0]) && ascii_same_start(a, b, strlen(b) + 1);
}

bool ascii_starts(const char *text, const char *word)
{
    return ascii_same_start(text, word, strlen(word));
}

const char *ascii_find(const char *hay, const char *needle)
{
    size_t len = strlen(needle);
    for (; !ascii_same_start(hay, needle, len); hay++) {
        if (*hay == '\0') {
            return NULL;
        }
    }
    return hay;
}

static bool same_letter(char a, char b, bool exact)
{
    return a == b || (!exact && ascii_lower(a) == ascii_lower(b));
}

bool ascii_matches(const char *pattern, const char *text, size_t len, bool exact)
{
    const char *end = text + len, *star = NULL, *retry = NULL;
    while (text < end) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern != '\0' && same_letter(*pattern, *text, exact)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
