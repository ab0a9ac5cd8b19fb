/* A fingerprint of bytes, for chains and change detection. Not for passwords. Knows nothing of what
 * it hashes. */
#ifndef PORTCULLIS_BASE_HASH_H
#define PORTCULLIS_BASE_HASH_H

#include <stddef.h>

#define HASH_TEXT_SIZE 65 /* 64 hexadecimal digits and a NUL */

/* BLAKE2b of 32 bytes over two runs of bytes, one after the other, as lower-case hexadecimal.
 * Either may be empty. */
void hash_text(const void *first, size_t first_len, const void *second, size_t second_len,
               char out[HASH_TEXT_SIZE]);
/* Random bytes as lower-case hexadecimal: size - 1 digits (size is odd) and a NUL. */
void hash_random_text(char *out, size_t size);

#endif
