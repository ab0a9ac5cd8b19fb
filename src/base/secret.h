/* A secret in locked memory that is zeroed when freed and never printed. */
#ifndef PORTCULLIS_BASE_SECRET_H
#define PORTCULLIS_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct secret; /* hidden: its bytes live in sodium_malloc memory */

#define SECRET_KEY_MAX 4096

/* Initialises libsodium; call once before anything else here. */
bool secret_setup(void);
/* Gives. Copies the bytes; the caller wipes its own copy (secret_wipe). */
struct secret *secret_new(const char *bytes, size_t len);
/* An empty one that grows by secret_add while a person types. */
struct secret *secret_new_empty(void);
void secret_free(struct secret *secret);
struct secret *secret_dup(const struct secret *secret);
/* Lends the NUL-terminated bytes until the secret is freed or changed. */
const char *secret_text(const struct secret *secret);
size_t secret_len(const struct secret *secret);
/* False when SECRET_KEY_MAX would be passed. */
bool secret_add(struct secret *secret, const char *bytes, size_t len);
/* Removes the last byte run of one character. */
void secret_backspace(struct secret *secret);
/* A key: 1..4096 bytes, all of 0x21..0x7e (a CR LF in a header value would add headers), no quote
 * or brace, "=" at its end only. The error never quotes the value. */
bool secret_is_key(const char *bytes, size_t len, struct err *err);
bool secret_equal(const struct secret *a, const struct secret *b);
/* Overwrites memory so that the compiler keeps it. */
void secret_wipe(void *bytes, size_t len);

#endif
