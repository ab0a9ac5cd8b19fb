/* Strings that live as long as their owner: added once, found by a 32-bit reference, freed all
 * together. */
#ifndef PORTCULLIS_BASE_ARENA_H
#define PORTCULLIS_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

/* 0 is "not there" (null or absent); STR_EMPTY is the empty string. */
typedef uint32_t str_ref;
#define STR_NONE 0u
#define STR_EMPTY 1u

struct arena {
    char *data;
    size_t len;
    size_t cap;
    uint32_t *index; /* hash table of interned strings */
    size_t index_cap;
    size_t index_len;
};

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);
/* Bytes may hold NUL; they are kept with their length (arena_len). Equal strings are kept once when
 * `intern`. */
str_ref arena_add(struct arena *arena, const char *text, size_t len);
str_ref arena_intern(struct arena *arena, const char *text, size_t len);
/* Lends until the arena is added to or freed; NULL for STR_NONE. */
const char *arena_text(const struct arena *arena, str_ref ref);
size_t arena_len(const struct arena *arena, str_ref ref);

#endif
