/* Text for a terminal: cleaning what came from outside, measuring and cutting by columns.
 * utf8proc decodes and classifies, wcwidth counts columns, as ncurses does. A UTF-8 locale must be
 * set. */
#ifndef PORTCULLIS_BASE_TEXT_H
#define PORTCULLIS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends to *out the form of the bytes that is safe on one terminal line: valid UTF-8, no control,
 * format, private or unassigned characters, at most three marks a base. Idempotent. True when
 * anything was changed. */
bool text_clean(const char *raw, size_t len, struct buf *out);
/* The same as one new string (gives). */
char *text_cleaned(const char *raw);
/* Appends every byte visibly: printable ASCII as it is (a backslash twice), all else as \u{..}, or
 * \x.. where it is no UTF-8. For dialogs that revoke. */
void text_escape(const char *raw, size_t len, struct buf *out);
/* Appends JSON text with everything in it that a screen would not show as it is (what text_clean
 * changes) as \uXXXX: it means the same, and what is read is what is there, byte for byte. */
void text_escape_unseen(const char *json, struct buf *out);
bool text_is_utf8(const char *raw, size_t len);

/* The code point at text and its bytes; 0 bytes at the end. A byte that is no UTF-8 comes out as
 * U+FFFD. */
size_t text_code(const char *text, uint32_t *code);

/* Is this code point a letter, or a mark upon one? A digit, or another number? In any script. */
bool text_is_letter(uint32_t code);
bool text_is_digit(uint32_t code);

/* Columns of cleaned text. */
int text_width(const char *text);
/* Decodes one character (with its combining marks) at text: its bytes and columns. 0 bytes at the
 * end. */
size_t text_next(const char *text, int *columns);
/* Bytes of the character (with its marks) that ends at text + at; 0 at the start. */
size_t text_prev(const char *text, size_t at);
/* How many bytes of text fit into `columns`. *used gets the columns they take. */
size_t text_cut(const char *text, int columns, int *used);
/* Appends the text; where it has more than `columns`, as much as fits and ".." (in less than four
 * columns one dot). */
void text_shorten(const char *text, int columns, struct buf *out);
/* The same, padded to exactly `columns`. */
void text_fit(const char *text, int columns, struct buf *out);
/* The same among others that stand beside it (itself may be among them): where another one would be
 * cut to the same, it is cut where they differ: "invo..-staging". */
void text_cut_apart(const char *text, const char *const *others, size_t count, int columns,
                    struct buf *out);

/* Text of people: compared and searched as NFC with full case folding (sharp s is ss, both sigmas
 * are one), the same in every locale. Words of the protocol: base/ascii.h. */
int text_casecmp(const char *a, const char *b);
/* Appends the folded text: two of these compare as bytes (strcmp) the way text_casecmp compares
 * what they were made of. */
void text_fold(const char *text, struct buf *out);
/* Fuzzy: do the characters of needle (accents as in text_contains) occur in hay in this order?
 * Returns a score > 0 (higher is better; a run of neighbours and a start of a word count more) or 0
 * for no match. An empty needle scores 1. */
int text_fuzzy(const char *hay, const char *needle);
/* "Did you mean": start with the limit for a word, then ask for every name (in lower case); true:
 * this one is nearer in spelling than all before, and *best is how far. */
int text_near_limit(const char *word);
bool text_nearer(const char *word, const char *name, int *best);
/* What somebody looks for: folded, and where the wanted text has no accents, letters with accents
 * are meant too ("jose" finds José; "josé" does not find Jose). Is it in there; is it all there is?
 */
bool text_contains(const char *hay, const char *needle);
bool text_means(const char *text, const char *wanted);

#endif
