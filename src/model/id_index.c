#include "model/id_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define FIRST_CAP 64

static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdu;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

static size_t hash(const struct id_pair *id)
{
    uint64_t h = 0;
    for (int i = 0; i < 4; i++) {
        h = mix(h ^ id->words[i]);
    }
    return (size_t)h;
}

void id_map_done(struct id_map *map)
{
    free(map->slots);
    *map = (struct id_map){0};
}

ptrdiff_t id_map_find(const struct id_map *map, const void *rows, id_pair_of *of, struct id_pair id)
{
    if (map->cap == 0) {
        return -1;
    }
    for (size_t at = hash(&id) & (map->cap - 1);; at = (at + 1) & (map->cap - 1)) {
        if (map->slots[at] == 0) {
            return -1;
        }
        struct id_pair have = of(rows, map->slots[at] - 1);
        if (memcmp(&have, &id, sizeof id) == 0) {
            return (ptrdiff_t)map->slots[at] - 1;
        }
    }
}

static void place(struct id_map *map, struct id_pair id, size_t row)
{
    size_t at = hash(&id) & (map->cap - 1);
    while (map->slots[at] != 0) {
        at = (at + 1) & (map->cap - 1);
    }
    map->slots[at] = (uint32_t)row + 1;
    map->len++;
}

static void resize(struct id_map *map, const void *rows, id_pair_of *of, size_t cap)
{
    uint32_t *old = map->slots;
    size_t old_cap = map->cap;
    map->slots = xcalloc(cap, sizeof *map->slots);
    map->cap = cap;
    map->len = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i] != 0) {
            place(map, of(rows, old[i] - 1), old[i] - 1);
        }
    }
    free(old);
}

void id_map_add(struct id_map *map, const void *rows, id_pair_of *of, size_t row)
{
    if ((map->len + 1) * 3 > map->cap * 2) {
        resize(map, rows, of, map->cap == 0 ? FIRST_CAP : map->cap * 2);
    }
    place(map, of(rows, row), row);
}

/* Closes the gap at slot `gap`: what stands behind it and would be looked for from before it moves
 * up. */
static void close_gap(struct id_map *map, const void *rows, id_pair_of *of, size_t gap)
{
    size_t mask = map->cap - 1;
    for (size_t at = (gap + 1) & mask; map->slots[at] != 0; at = (at + 1) & mask) {
        struct id_pair id = of(rows, map->slots[at] - 1);
        size_t home = hash(&id) & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            map->slots[gap] = map->slots[at];
            gap = at;
        }
    }
    map->slots[gap] = 0;
}

void id_map_remove(struct id_map *map, const void *rows, id_pair_of *of, size_t row)
{
    struct id_pair id = of(rows, row);
    size_t at = hash(&id) & (map->cap - 1);
    while (map->slots[at] != row + 1) {
        at = (at + 1) & (map->cap - 1);
    }
    close_gap(map, rows, of, at);
    map->len--;
    for (size_t i = 0; i < map->cap; i++) {
        map->slots[i] -= map->slots[i] > row + 1;
    }
}
