/* Letters and digits of the protocol: ASCII, whatever the locale is. Words that programs made for
 * each other (tags, roles, hosts, flags, columns, media types) are compared with these; text of
 * people with base/text.h. The functions of <ctype.h> and <strings.h> that ask the locale are
 * banned: under tr_TR "LIVE" and "live" differ. */
#ifndef PORTCULLIS_BASE_ASCII_H
#define PORTCULLIS_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* Characters may be given as char or as unsigned char. */
bool ascii_is_digit(int c);
bool ascii_is_hex(int c);
bool ascii_is_letter(int c);
bool ascii_is_alnum(int c);
char ascii_lower(int c);
char ascii_upper(int c);

/* The same but for the case of ASCII letters: whole texts; their first n bytes, as strncmp. */
bool ascii_same(const char *a, const char *b);
bool ascii_same_start(const char *a, const char *b, size_t n);
/* Does text begin with this word, in any case? */
bool ascii_starts(const char *text, const char *word);
/* The first place of needle in hay, as strstr; NULL when nowhere. Lends. */
const char *ascii_find(const char *hay, const char *needle);

/* Is this the whole of the text (len bytes), where * stands for any characters? exact: case
 * counts. */
bool ascii_matches(const char *pattern, const char *text, size_t len, bool exact);

#endif
