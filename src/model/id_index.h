/* From an id to the number of a row: open addressing, doubled at two thirds, and never all at once:
 * after that each row that is added takes a few of the others along. The keys themselves stay in
 * the rows; the caller says what id a row has. Only for the inventory_*.c files. */
#ifndef PORTCULLIS_MODEL_ID_INDEX_H
#define PORTCULLIS_MODEL_ID_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* Does row number `row` have the id (a, b)? A member is known by two ids. */
struct id_pair {
    uint64_t words[4];
};
typedef struct id_pair id_pair_of(const void *rows, size_t row);

struct id_map {
    uint32_t *slots; /* row + 1; 0 is free */
    size_t cap;
    size_t len;
    uint32_t *old; /* the table before, until all of it stands in slots too; NULL: none */
    size_t old_cap, old_moved;
};

void id_map_done(struct id_map *map);
/* The row with this id, or -1. */
ptrdiff_t id_map_find(const struct id_map *map, const void *rows, id_pair_of *of,
                      struct id_pair id);
/* Adds a row whose id is not there yet. */
void id_map_add(struct id_map *map, const void *rows, id_pair_of *of, size_t row);
/* Takes a row out. All rows must still be where they were, until id_map_close_up. */
void id_map_remove(struct id_map *map, const void *rows, id_pair_of *of, size_t row);
/* The places of rows that were taken out close (ascending, one at the least): every later row
 * becomes so much less. */
void id_map_close_up(struct id_map *map, const size_t *gone, size_t count);

#endif
