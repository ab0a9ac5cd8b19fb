/* Words of protocols (headers, hosts, roles, tags, flags): compared by ASCII folding, whatever the
 * locale says. Text of people is for base/text. */
#ifndef PORTCULLIS_BASE_ASCII_H
#define PORTCULLIS_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

char ascii_lower(char c);
bool ascii_is_digit(char c);
/* A letter or a digit of ASCII. */
bool ascii_is_alnum(char c);
/* Equal but for the case of ASCII letters. */
bool ascii_same(const char *a, const char *b);
/* Does text begin with this word, in any case? */
bool ascii_starts(const char *text, const char *word);
/* Where the word first stands in text, in any case; NULL when nowhere. Lends. */
const char *ascii_find(const char *text, const char *word);

#endif
