#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

/* A string is a 32-bit length, its bytes and a NUL, on a multiple of 4. A reference is the length's
 * offset / 4 plus 2 (0 and 1 are STR_NONE and STR_EMPTY), which reaches 16 GiB. */
#define ARENA_ALIGN 4u
#define REF_FIRST 2u
#define INDEX_FIRST 256u

static size_t ref_offset(str_ref ref)
{
    return (size_t)(ref - REF_FIRST) * ARENA_ALIGN;
}

/* FNV-1a with a final mix: short strings that differ in the last byte only must not share a run of
 * slots. */
static uint32_t hash_bytes(const char *text, size_t len)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < len; i++) {
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
    }
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32);
}

/* The slot that holds an equal string, or the empty slot where it belongs. */
static size_t index_slot(const struct arena *arena, const char *text, size_t len)
{
    size_t mask = arena->index_cap - 1;
    size_t slot = hash_bytes(text, len) & mask;

    while (arena->index[slot] != STR_NONE) {
        str_ref ref = arena->index[slot];

        if (arena_len(arena, ref) == len && memcmp(arena_text(arena, ref), text, len) == 0) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void index_grow(struct arena *arena)
{
    size_t old_cap = arena->index_cap;
    uint32_t *old = arena->index;

    arena->index_cap = old_cap > 0 ? old_cap * 2 : INDEX_FIRST;
    arena->index = xcalloc(arena->index_cap, sizeof(*arena->index));
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i] != STR_NONE) {
            size_t slot = index_slot(arena, arena_text(arena, old[i]), arena_len(arena, old[i]));

            arena->index[slot] = old[i];
        }
    }
    free(old);
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_done(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    free(arena->data);
    free(arena->index);
    *arena = (struct arena){0};
}

str_ref arena_add(struct arena *arena, const char *text, size_t len)
{
    uint32_t count = (uint32_t)len;
    size_t at = arena->len;
    size_t end;

    if (len == 0) {
        return STR_EMPTY;
    }
    assert(len < UINT32_MAX - ARENA_ALIGN);
    end = (at + sizeof(count) + len + 1 + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (at / ARENA_ALIGN > UINT32_MAX - REF_FIRST) {
        die("the names of this organisation do not fit into 16 GiB.");
    }
    /* text may be a string of this same arena, which growing moves. */
    if (end > arena->cap && text >= arena->data && text < arena->data + arena->len) {
        size_t from = (size_t)(text - arena->data);

        arena->data = xgrow(arena->data, &arena->cap, end, 1);
        text = arena->data + from;
    } else {
        arena->data = xgrow(arena->data, &arena->cap, end, 1);
    }
    memcpy(arena->data + at, &count, sizeof(count));
    memcpy(arena->data + at + sizeof(count), text, len);
    memset(arena->data + at + sizeof(count) + len, 0, end - at - sizeof(count) - len);
    arena->len = end;
    return (str_ref)(at / ARENA_ALIGN) + REF_FIRST;
}

str_ref arena_intern(struct arena *arena, const char *text, size_t len)
{
    size_t slot;

    if (len == 0) {
        return STR_EMPTY;
    }
    if (arena->index_len * 4 >= arena->index_cap * 3) {
        index_grow(arena);
    }
    slot = index_slot(arena, text, len);
    if (arena->index[slot] == STR_NONE) {
        arena->index[slot] = arena_add(arena, text, len);
        arena->index_len++;
    }
    return arena->index[slot];
}

const char *arena_text(const struct arena *arena, str_ref ref)
{
    if (ref == STR_NONE) {
        return NULL;
    }
    if (ref == STR_EMPTY) {
        return "";
    }
    assert(ref_offset(ref) < arena->len);
    return arena->data + ref_offset(ref) + sizeof(uint32_t);
}

size_t arena_len(const struct arena *arena, str_ref ref)
{
    uint32_t count;

    if (ref == STR_NONE || ref == STR_EMPTY) {
        return 0;
    }
    assert(ref_offset(ref) < arena->len);
    memcpy(&count, arena->data + ref_offset(ref), sizeof(count));
    return count;
}
