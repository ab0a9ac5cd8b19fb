#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/inventory_index.h"

#include "base/banned.h"

static struct id_pair place_pair(const void *rows, size_t row)
{
    struct id id = ((const struct id *)rows)[row];
    return (struct id_pair){{id.hi, id.lo, 0, 0}};
}

ptrdiff_t places_find(const struct places *places, struct id id)
{
    return id_is_none(id) ? 0
                          : id_map_find(&places->map, places->ids, place_pair,
                                        (struct id_pair){{id.hi, id.lo, 0, 0}});
}

static uint32_t place_of(struct places *places, struct id id)
{
    places->ids = xgrow(places->ids, &places->cap, places->len + 2, sizeof *places->ids);
    if (places->len == 0) {
        places->ids[places->len++] = (struct id){0, 0};
    }
    ptrdiff_t found = places_find(places, id);
    if (found >= 0) {
        return (uint32_t)found;
    }
    places->ids[places->len++] = id;
    id_map_add(&places->map, places->ids, place_pair, places->len - 1);
    return (uint32_t)(places->len - 1);
}

void *index_grow(void *items, size_t *cap, size_t need, size_t size)
{
    size_t before = *cap;
    items = xgrow(items, cap, need, size);
    if (*cap > before) {
        memset((char *)items + before * size, 0, (*cap - before) * size);
    }
    return items;
}

uint32_t inventory_workspace_place(struct inventory *inv, struct id id)
{
    struct id_index *index = inv->index;
    uint32_t place = place_of(&index->workspaces, id);
    index->workspace_counts = index_grow(index->workspace_counts, &index->workspace_counts_cap,
                                         place + 1, sizeof *index->workspace_counts);
    return place;
}

uint32_t inventory_user_place(struct inventory *inv, struct id id)
{
    struct id_index *index = inv->index;
    uint32_t place = place_of(&index->users, id);
    index->user_counts = index_grow(index->user_counts, &index->user_counts_cap, place + 1,
                                    sizeof *index->user_counts);
    return place;
}

/* -- signatures -- */

/* Letters and digits have a bit each, the other characters share what is left. */
static unsigned signature_bit(unsigned char c)
{
    if (c >= 'a' && c <= 'z') {
        return c - 'a';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= '0' && c <= '9') {
        return 26u + (c - '0');
    }
    return 36u + c % 26u;
}

uint64_t signature_of(const char *text)
{
    uint64_t bits = 0;
    for (; text != NULL && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x80) {
            bits |= UINT64_C(1) << signature_bit(c);
        } else {
            bits |= SIGNATURE_WORLD | SIGNATURE_ODD; /* folded it may hold any letter */
        }
    }
    return bits;
}

/* -- what was not understood -- */

void inventory_count_unread(struct inventory *inv, enum list_kind list, uint32_t bits, int by)
{
    struct id_index *index = inv->index;
    if (bits == 0) {
        return;
    }
    index->unread_rows[list] += (size_t)by;
    for (int i = 0; i < UNREAD_COUNT; i++) {
        index->unread[list][i] += (bits >> i & 1) != 0 ? (uint32_t)by : 0;
    }
}

size_t inventory_unread_rows(const struct inventory *inv, enum list_kind list)
{
    return inv->index->unread_rows[list];
}

unsigned inventory_unread(const struct inventory *inv, enum list_kind list)
{
    unsigned bits = 0;
    for (int i = 0; i < UNREAD_COUNT; i++) {
        bits |= inv->index->unread[list][i] > 0 ? 1u << i : 0;
    }
    return bits;
}

/* -- counts -- */

static void count_key(struct id_index *index, const struct key_place *place,
                      const struct key_row *key, int by)
{
    struct workspace_counts *counts = &index->workspace_counts[place->workspace];
    index->kinds[key->kind] += (size_t)by;
    if (key->kind == KEY_ORGANISATION_SERVICE && place->workspace == 0 &&
        (key->unread & UNREAD_WORKSPACE) == 0) {
        index->organisation_keys += (size_t)by;
    }
    if (key->kind == KEY_WORKSPACE_SERVICE) {
        counts->service_keys += (uint32_t)by;
    } else if (key->kind == KEY_WORKSPACE_USER) {
        counts->user_keys += (uint32_t)by;
    } else {
        counts->other_keys += (uint32_t)by;
    }
    index->user_counts[place->user].keys += (uint32_t)by;
}

void inventory_count_key(struct inventory *inv, size_t row, const struct key_row *before)
{
    struct id_index *index = inv->index;
    const struct key_row *key = &inv->keys[row];
    if (before != NULL) {
        count_key(index, &index->key_places[row], before, -1);
        inventory_count_unread(inv, LIST_KEYS, before->unread, -1);
    }
    inventory_count_unread(inv, LIST_KEYS, key->unread, 1);
    index->key_places =
        xgrow(index->key_places, &index->key_places_cap, row + 1, sizeof *index->key_places);
    struct key_place *place = &index->key_places[row];
    place->workspace = inventory_workspace_place(inv, key->workspace_id);
    place->user = inventory_user_place(inv, key->user_id);
    place->signature = signature_of(inventory_clean(inv, key->name)) |
                       signature_of(inventory_clean(inv, key->description)) |
                       signature_of(arena_text(&inv->arena, key->mask));
    if (key->status == STATUS_OTHER || key->unread != 0 || !inventory_id_is_uuid(key->id)) {
        place->signature |= SIGNATURE_ODD;
    }
    count_key(index, place, key, 1);
}

void inventory_uncount_key(struct inventory *inv, size_t row)
{
    count_key(inv->index, &inv->index->key_places[row], &inv->keys[row], -1);
    inventory_count_unread(inv, LIST_KEYS, inv->keys[row].unread, -1);
}

void close_gaps(void *items, size_t size, size_t len, const size_t *gone, size_t count)
{
    char *bytes = items;
    for (size_t i = 0; i < count; i++) {
        size_t next = i + 1 < count ? gone[i + 1] : len;
        memmove(bytes + (gone[i] - i) * size, bytes + (gone[i] + 1) * size,
                (next - gone[i] - 1) * size);
    }
}

void inventory_close_places(struct inventory *inv, const size_t *gone, size_t count)
{
    struct id_index *index = inv->index;
    close_gaps(index->key_places, sizeof *index->key_places, inv->key_count, gone, count);
    index->removals += count;
    index->removed_row = gone[count - 1];
}

void inventory_place_workspace(struct inventory *inv, size_t row)
{
    struct id_index *index = inv->index;
    index->workspace_places = xgrow(index->workspace_places, &index->workspace_places_cap, row + 1,
                                    sizeof *index->workspace_places);
    index->workspace_places[row] = inventory_workspace_place(inv, inv->workspaces[row].id);
}

const struct workspace_counts *inventory_workspace_counts(const struct inventory *inv, size_t row)
{
    return &inv->index->workspace_counts[inv->index->workspace_places[row]];
}

size_t inventory_organisation_keys(const struct inventory *inv)
{
    return inv->index->organisation_keys;
}

size_t inventory_unplaced_keys(const struct inventory *inv)
{
    size_t placed = inv->index->organisation_keys;
    for (size_t row = 0; row < inv->workspace_count; row++) {
        const struct workspace_counts *counts = inventory_workspace_counts(inv, row);
        placed += (size_t)counts->service_keys + counts->user_keys + counts->other_keys;
    }
    return inv->key_count - placed;
}

const struct user_counts *inventory_user_counts(const struct inventory *inv, size_t row)
{
    return &inv->index->user_counts[inv->index->user_places[row]];
}

void inventory_index_free(struct id_index *index)
{
    for (int i = 0; i < LIST_COUNT; i++) {
        id_map_done(&index->maps[i]);
    }
    id_map_done(&index->interned_map);
    id_map_done(&index->workspaces.map);
    id_map_done(&index->users.map);
    free(index->interned);
    free(index->workspaces.ids);
    free(index->users.ids);
    free(index->workspace_counts);
    free(index->user_counts);
    free(index->workspace_places);
    free(index->user_places);
    free(index->key_places);
    free(index->membership_ends);
    free(index->membership_links);
    id_map_done(&index->names_map);
    free(index->names);
    free(index->names_of);
    free(index->open);
    free(index);
}
