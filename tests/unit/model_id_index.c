/* From ids to row numbers: while the table grows a little at a time, rows come, go and are looked
 * for in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/id_index.h"

#include "base/banned.h"

#define ROWS 6000

static struct id_pair pair_of(const void *rows, size_t row)
{
    return (struct id_pair){{((const uint64_t *)rows)[row], 1, 0, 0}};
}

static ptrdiff_t find(const struct id_map *map, const uint64_t *rows, uint64_t id)
{
    return id_map_find(map, rows, pair_of, (struct id_pair){{id, 1, 0, 0}});
}

static void all_are_found(const struct id_map *map, const uint64_t *rows, size_t count)
{
    assert_int_equal(map->len, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(find(map, rows, rows[i]), i);
    }
}

static void removed(struct id_map *map, uint64_t *rows, size_t *count, size_t row)
{
    uint64_t id = rows[row];
    id_map_remove(map, rows, pair_of, row);
    id_map_close_up(map, &row, 1);
    memmove(rows + row, rows + row + 1, (*count - row - 1) * sizeof *rows);
    --*count;
    assert_int_equal(find(map, rows, id), -1);
}

static void grows_a_little_at_a_time(void **state)
{
    (void)state;
    struct id_map map = {0};
    uint64_t *rows = calloc(ROWS, sizeof *rows);
    size_t moving = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t moved_before = map.old == NULL ? 0 : map.old_moved;
        struct id_map before = map;
        rows[i] = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        id_map_add(&map, rows, pair_of, i);
        assert_int_equal(find(&map, rows, rows[i]), i);
        assert_int_equal(find(&map, rows, rows[i / 2]), i / 2);
        assert_int_equal(find(&map, rows, rows[i] + 1), -1);
        if (map.old != NULL) {
            moving++;
            assert_true(map.old != before.old || map.old_moved - moved_before <= 16);
            if (map.old_moved == map.old_cap / 2) {
                all_are_found(&map, rows, i + 1);
            }
        }
    }
    assert_true(moving > ROWS / 20);
    all_are_found(&map, rows, ROWS);
    id_map_done(&map);
    free(rows);
}

/* Every kind of row goes while a table moves: one that was taken along, one that was not, one that
 * came since. */
static void rows_go_while_it_grows(void **state)
{
    (void)state;
    struct id_map map = {0};
    uint64_t *rows = calloc(ROWS, sizeof *rows);
    size_t count = 0;
    uint64_t next = 0, goes = 1;
    size_t while_moving = 0;
    while (count < 3000) {
        rows[count] = ++next * UINT64_C(0xd1342543de82ef95);
        id_map_add(&map, rows, pair_of, count++);
        goes = goes * UINT64_C(6364136223846793005) + 1442695040888963407;
        if (map.old == NULL && goes >> 40 & 15) {
            continue;
        }
        while_moving += map.old != NULL;
        size_t row = (goes >> 33) % 3 == 0 ? count - 1 : (size_t)(goes >> 33) % count;
        uint64_t again = rows[row];
        removed(&map, rows, &count, row);
        if (next % 5 == 0) {
            rows[count] = again;
            id_map_add(&map, rows, pair_of, count++);
        }
        if (next % 16 == 0) {
            all_are_found(&map, rows, count);
        }
        if (next > 20000) {
            break;
        }
        /* Twice as many come as go. */
        rows[count] = ++next * UINT64_C(0xd1342543de82ef95);
        id_map_add(&map, rows, pair_of, count++);
    }
    assert_true(while_moving > 100);
    all_are_found(&map, rows, count);
    while (count > 0) {
        removed(&map, rows, &count, count / 3);
    }
    assert_int_equal(map.len, 0);
    id_map_done(&map);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_a_little_at_a_time),
        cmocka_unit_test(rows_go_while_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
