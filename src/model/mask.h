/* Masks of keys: "z1*****3AX" shows the first and last characters. Lengths are never assumed: what
 * is before the first star and after the last. Never holds a secret longer than a call. */
#ifndef PORTCULLIS_MODEL_MASK_H
#define PORTCULLIS_MODEL_MASK_H

#include <stdbool.h>
#include <stddef.h>

/* Splits a mask; false when there is no star. head and tail get copies ("" possible). */
bool mask_split(const char *mask, char *head, size_t head_size, char *tail, size_t tail_size);
/* Could a secret with this start and this end (each may be the whole of it) have this mask? */
bool mask_fits(const char *mask, const char *start, const char *end);
/* "z1*****3AX" for a secret: first 2, five stars, last 3. For keys shorter than 8 characters only
 * stars. */
void mask_make(const char *secret, char *out, size_t size);
/* What has to be typed to revoke: the part after the last star; when that is empty, the part before
 * the first; when both are, the last 4 of the id. */
void mask_phrase(const char *mask, const char *id, char *out, size_t size);

#endif
