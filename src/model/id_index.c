#include "model/id_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define FIRST_CAP 64
/* Slots of the table before that a row that is added takes along. */
#define MOVED 8
/* In the table before: the row that was here went away. */
#define GONE UINT32_MAX

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
    free(map->old);
    *map = (struct id_map){0};
}

static ptrdiff_t find_in(const uint32_t *slots, size_t cap, const void *rows, id_pair_of *of,
                         const struct id_pair *id)
{
    if (cap == 0) {
        return -1;
    }
    for (size_t at = hash(id) & (cap - 1); slots[at] != 0; at = (at + 1) & (cap - 1)) {
        if (slots[at] == GONE) {
            continue;
        }
        struct id_pair have = of(rows, slots[at] - 1);
        if (memcmp(&have, id, sizeof have) == 0) {
            return (ptrdiff_t)slots[at] - 1;
        }
    }
    return -1;
}

ptrdiff_t id_map_find(const struct id_map *map, const void *rows, id_pair_of *of, struct id_pair id)
{
    ptrdiff_t row = find_in(map->slots, map->cap, rows, of, &id);
    return row >= 0 || map->old == NULL ? row : find_in(map->old, map->old_cap, rows, of, &id);
}

static void place(struct id_map *map, struct id_pair id, uint32_t slot)
{
    size_t at = hash(&id) & (map->cap - 1);
    while (map->slots[at] != 0) {
        at = (at + 1) & (map->cap - 1);
    }
    map->slots[at] = slot;
}

/* Takes up to `count` slots of the table before along. They stay where they are too, so that what
 * is looked for behind them is still found. */
static void move(struct id_map *map, const void *rows, id_pair_of *of, size_t count)
{
    for (; map->old != NULL && count > 0; count--) {
        uint32_t slot = map->old[map->old_moved++];
        if (slot != 0 && slot != GONE) {
            place(map, of(rows, slot - 1), slot);
        }
        if (map->old_moved == map->old_cap) {
            free(map->old);
            map->old = NULL;
        }
    }
}

static void grow(struct id_map *map, const void *rows, id_pair_of *of)
{
    move(map, rows, of, SIZE_MAX); /* long done: there were more adds than slots / MOVED */
    map->old = map->slots;
    map->old_cap = map->cap;
    map->old_moved = 0;
    map->cap = map->cap == 0 ? FIRST_CAP : map->cap * 2;
    map->slots = xcalloc(map->cap, sizeof *map->slots);
}

void id_map_add(struct id_map *map, const void *rows, id_pair_of *of, size_t row)
{
    if ((map->len + 1) * 3 > map->cap * 2) {
        grow(map, rows, of);
    }
    move(map, rows, of, MOVED);
    place(map, of(rows, row), (uint32_t)row + 1);
    map->len++;
}

/* The slot of a row; cap when it is not in this table. */
static size_t slot_of(const uint32_t *slots, size_t cap, const struct id_pair *id, size_t row)
{
    for (size_t at = hash(id) & (cap - 1); slots[at] != 0; at = (at + 1) & (cap - 1)) {
        if (slots[at] == row + 1) {
            return at;
        }
    }
    return cap;
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
    size_t at = slot_of(map->slots, map->cap, &id, row);
    if (at < map->cap) {
        close_gap(map, rows, of, at);
    }
    map->len--;
    if (map->old != NULL) {
        at = slot_of(map->old, map->old_cap, &id, row);
        if (at < map->old_cap) {
            map->old[at] = GONE; /* what stands behind it is found past it */
        }
    }
}

/* How many of the gone rows come before this one. */
static uint32_t gone_before(const size_t *gone, size_t count, size_t row)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (gone[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (uint32_t)low;
}

static void close_up(uint32_t *slots, size_t cap, const size_t *gone, size_t count)
{
    size_t first = gone[0] + 1;
    if (count == 1) { /* apart, for this is done in a few strides of the processor */
        for (size_t i = 0; i < cap; i++) {
            slots[i] -= slots[i] > first && slots[i] != GONE;
        }
        return;
    }
    for (size_t i = 0; i < cap; i++) {
        if (slots[i] > first && slots[i] != GONE) {
            slots[i] -= gone_before(gone, count, slots[i] - 1);
        }
    }
}

void id_map_close_up(struct id_map *map, const size_t *gone, size_t count)
{
    close_up(map->slots, map->cap, gone, count);
    if (map->old != NULL) {
        close_up(map->old, map->old_cap, gone, count);
    }
}
