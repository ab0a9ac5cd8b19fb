/* One line of the journal as bytes: made with its hash, checked against the line before. No files.
 */
#ifndef PORTCULLIS_APP_JOURNAL_LINE_H
#define PORTCULLIS_APP_JOURNAL_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/hash.h"

#define JOURNAL_LINE_MAX ((size_t)256 * 1024)

/* Appends the object as one line (with its newline) to *out: "prev" and "hash" are put at its end.
 * *hash gets the line's own hash. False when it would be longer than JOURNAL_LINE_MAX. */
bool journal_line_make(json_t *object, const char *prev, struct buf *out,
                       char hash[HASH_TEXT_SIZE]);
/* Is this a whole line (without its newline) whose hash is that of its bytes? Copies the hash. */
bool journal_line_whole(const char *line, size_t len, char hash[HASH_TEXT_SIZE]);
/* The hash by which the next line names a line that was cut short. */
void journal_line_cut_hash(const char *line, size_t len, char hash[HASH_TEXT_SIZE]);

#endif
