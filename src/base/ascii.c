#include "base/ascii.h"

#include "base/banned.h"

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alnum(char c)
{
    char low = ascii_lower(c);

    return (low >= 'a' && low <= 'z') || ascii_is_digit(c);
}

bool ascii_same(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

bool ascii_starts(const char *text, const char *word)
{
    while (*word != '\0' && ascii_lower(*text) == ascii_lower(*word)) {
        text++;
        word++;
    }
    return *word == '\0';
}

const char *ascii_find(const char *text, const char *word)
{
    for (; *text != '\0'; text++) {
        if (ascii_starts(text, word)) {
            return text;
        }
    }
    return *word == '\0' ? text : NULL;
}
