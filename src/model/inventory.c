#include "model/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/inventory_index.h"

#include "base/banned.h"

/* The upper half of an id that is a reference to interned text: no UUID that is taken as bytes
 * starts like this. */
#define ID_INTERNED UINT64_MAX

/* Extras are kept in units of this many bytes, which is also how they are aligned. */
#define EXTRA_UNIT sizeof(uint64_t)

static const char *const LIST_NAMES[LIST_COUNT] = {"workspaces", "users", "members", "keys"};

const char *list_name(enum list_kind list)
{
    return LIST_NAMES[list];
}

/* -- ids -- */

bool id_equal(struct id a, struct id b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

bool id_is_none(struct id id)
{
    return id.hi == 0 && id.lo == 0;
}

bool inventory_id_is_uuid(struct id id)
{
    return id.hi != ID_INTERNED;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Only the canonical form counts, so that the text comes back as it was. */
static bool parse_uuid(const char *text, struct id *out)
{
    uint64_t words[2] = {0, 0};
    int digits = 0;
    for (int i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') {
                return false;
            }
            continue;
        }
        int value = hex_value(text[i]);
        if (value < 0) {
            return false;
        }
        words[digits / 16] = words[digits / 16] << 4 | (uint64_t)value;
        digits++;
    }
    *out = (struct id){words[0], words[1]};
    return text[36] == '\0' && out->hi != ID_INTERNED && !id_is_none(*out);
}

static struct id_pair interned_pair(const void *rows, size_t row)
{
    return ((const struct interned *)rows)[row].pair;
}

struct id_pair inventory_hash(const char *text)
{
    struct id_pair pair = {{0xcbf29ce484222325u, 0x9e3779b97f4a7c15u, 0, 1}};
    for (; *text != '\0'; text++) {
        pair.words[0] = (pair.words[0] ^ (unsigned char)*text) * 0x100000001b3u;
        pair.words[1] = (pair.words[1] + (unsigned char)*text) * 0xff51afd7ed558ccdu;
        pair.words[1] ^= pair.words[1] >> 29;
        pair.words[2]++;
    }
    return pair;
}

static str_ref find_interned(const struct inventory *inv, const char *text, struct id_pair pair)
{
    const struct id_index *index = inv->index;
    ptrdiff_t row = id_map_find(&index->interned_map, index->interned, interned_pair, pair);
    if (row < 0 || strcmp(arena_text(&inv->arena, index->interned[row].ref), text) != 0) {
        return STR_NONE;
    }
    return index->interned[row].ref;
}

struct id inventory_id(struct inventory *inv, const char *text)
{
    struct id_index *index = inv->index;
    struct id id = {0};
    if (text == NULL || *text == '\0' || parse_uuid(text, &id)) {
        return id;
    }
    struct id_pair pair = inventory_hash(text);
    str_ref ref = find_interned(inv, text, pair);
    if (ref == STR_NONE) {
        ref = arena_add(&inv->arena, text, strlen(text));
        index->interned = xgrow(index->interned, &index->interned_cap, index->interned_len + 1,
                                sizeof *index->interned);
        index->interned[index->interned_len++] = (struct interned){pair, ref};
        id_map_add(&index->interned_map, index->interned, interned_pair, index->interned_len - 1);
    }
    return (struct id){ID_INTERNED, ref};
}

struct id inventory_find_id(const struct inventory *inv, const char *text)
{
    struct id id = {0};
    if (text == NULL || *text == '\0' || parse_uuid(text, &id)) {
        return id;
    }
    str_ref ref = find_interned(inv, text, inventory_hash(text));
    return ref == STR_NONE ? (struct id){0, 0} : (struct id){ID_INTERNED, ref};
}

const char *inventory_id_text(const struct inventory *inv, struct id id, char out[ID_TEXT_SIZE])
{
    if (id_is_none(id)) {
        return "";
    }
    if (id.hi == ID_INTERNED) {
        return arena_text(&inv->arena, (str_ref)id.lo);
    }
    char *at = out;
    for (int digit = 0; digit < 32; digit++) {
        uint64_t half = digit < 16 ? id.hi : id.lo;
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
            *at++ = '-';
        }
        *at++ = "0123456789abcdef"[half >> (60 - digit % 16 * 4) & 15];
    }
    *at = '\0';
    return out;
}

static struct id_pair pair_of_one(struct id id)
{
    return (struct id_pair){{id.hi, id.lo, 0, 0}};
}

static struct id_pair workspace_pair(const void *rows, size_t row)
{
    return pair_of_one(((const struct workspace_row *)rows)[row].id);
}

static struct id_pair user_pair(const void *rows, size_t row)
{
    return pair_of_one(((const struct user_row *)rows)[row].id);
}

static struct id_pair member_pair(const void *rows, size_t row)
{
    const struct member_row *member = &((const struct member_row *)rows)[row];
    return (struct id_pair){
        {member->workspace_id.hi, member->workspace_id.lo, member->user_id.hi, member->user_id.lo}};
}

static struct id_pair key_pair(const void *rows, size_t row)
{
    return pair_of_one(((const struct key_row *)rows)[row].id);
}

/* -- life -- */

/* So that a view can tell an inventory from another that was given the same address. */
static uint64_t random_serial(void)
{
    char digits[17];
    hash_random_text(digits, sizeof digits);
    return strtoull(digits, NULL, 16);
}

struct inventory *inventory_new(void)
{
    struct inventory *inv = xcalloc(1, sizeof *inv);
    arena_init(&inv->arena);
    inv->index = xcalloc(1, sizeof *inv->index);
    inv->index->serial = random_serial();
    /* Place 0 of either is there from the start. */
    inventory_workspace_place(inv, (struct id){0, 0});
    inventory_user_place(inv, (struct id){0, 0});
    inv->own_key = -1;
    inv->generation = 1;
    for (int i = 0; i < LIST_COUNT; i++) {
        inv->lists[i].total = -1;
        inv->lists[i].loaded_at = TIME_NONE;
    }
    return inv;
}

uint64_t inventory_serial(const struct inventory *inv)
{
    return inv->index->serial;
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL) {
        return;
    }
    inventory_index_free(inv->index);
    free(inv->keys);
    free(inv->extras);
    free(inv->workspaces);
    free(inv->users);
    free(inv->members);
    free(inv->member_states);
    arena_done(&inv->arena);
    free(inv);
}

/* Less than can be felt. */
#define GIVEN_BACK ((size_t)2 << 20)

/* Frees the end of an array, or all of it where that is not more. */
static void *give_back(void *items, size_t *cap, size_t size)
{
    size_t part = GIVEN_BACK / size;
    if (*cap <= part) {
        *cap = 0;
        free(items);
        return NULL;
    }
    *cap -= part;
    return xreallocarray(items, *cap, size);
}

bool inventory_free_some(struct inventory *inv)
{
    struct id_index *index = inv->index;
    if (inv->key_cap > 0) {
        inv->keys = give_back(inv->keys, &inv->key_cap, sizeof *inv->keys);
    } else if (inv->extra_cap > 0) {
        inv->extras = give_back(inv->extras, &inv->extra_cap, sizeof *inv->extras);
    } else if (inv->arena.cap > 0) {
        inv->arena.data = give_back(inv->arena.data, &inv->arena.cap, 1);
    } else if (index->key_places_cap > 0) {
        index->key_places =
            give_back(index->key_places, &index->key_places_cap, sizeof *index->key_places);
    } else if (index->maps[LIST_KEYS].cap > 0) {
        index->maps[LIST_KEYS].slots =
            give_back(index->maps[LIST_KEYS].slots, &index->maps[LIST_KEYS].cap, sizeof(uint32_t));
    } else {
        inventory_free(inv);
        return true;
    }
    return false;
}

/* -- text -- */

struct text_pair inventory_text(struct inventory *inv, const char *text, size_t len)
{
    struct text_pair pair = {STR_NONE, STR_NONE};
    if (text == NULL) {
        return pair;
    }
    pair.raw = arena_add(&inv->arena, text, len);
    struct buf clean;
    buf_init(&clean, 0);
    if (text_clean(text, len, &clean)) {
        pair.clean = arena_add(&inv->arena, clean.data, clean.len);
    }
    buf_done(&clean);
    return pair;
}

const char *inventory_clean(const struct inventory *inv, struct text_pair pair)
{
    str_ref ref = pair.clean != STR_NONE ? pair.clean : pair.raw;
    return ref == STR_NONE ? "" : arena_text(&inv->arena, ref);
}

const char *inventory_raw(const struct inventory *inv, struct text_pair pair)
{
    return arena_text(&inv->arena, pair.raw);
}

/* -- rows -- */

bool inventory_add_key(struct inventory *inv, const struct key_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_KEYS];
    ptrdiff_t held = id_map_find(map, inv->keys, key_pair, pair_of_one(row->id));
    inv->generation++;
    if (held >= 0) {
        struct key_row before = inv->keys[held];
        inv->keys[held] = *row;
        inventory_count_key(inv, (size_t)held, &before);
        return false;
    }
    inv->keys = xgrow(inv->keys, &inv->key_cap, inv->key_count + 1, sizeof *inv->keys);
    inv->keys[inv->key_count++] = *row;
    id_map_add(map, inv->keys, key_pair, inv->key_count - 1);
    inventory_count_key(inv, inv->key_count - 1, NULL);
    return true;
}

bool inventory_add_workspace(struct inventory *inv, const struct workspace_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_WORKSPACES];
    ptrdiff_t held = id_map_find(map, inv->workspaces, workspace_pair, pair_of_one(row->id));
    inv->generation++;
    inventory_count_unread(inv, LIST_WORKSPACES, row->unread, 1);
    if (held >= 0) {
        inventory_count_unread(inv, LIST_WORKSPACES, inv->workspaces[held].unread, -1);
        inv->workspaces[held] = *row;
        return false;
    }
    size_t cap = inv->workspace_cap;
    inv->workspaces =
        xgrow(inv->workspaces, &cap, inv->workspace_count + 1, sizeof *inv->workspaces);
    inv->member_states = xgrow(inv->member_states, &inv->workspace_cap, inv->workspace_count + 1,
                               sizeof *inv->member_states);
    inv->workspace_cap = cap < inv->workspace_cap ? cap : inv->workspace_cap;
    inv->workspaces[inv->workspace_count] = *row;
    inv->member_states[inv->workspace_count] = (struct member_state){0};
    inv->workspace_count++;
    id_map_add(map, inv->workspaces, workspace_pair, inv->workspace_count - 1);
    inventory_place_workspace(inv, inv->workspace_count - 1);
    return true;
}

bool inventory_add_user(struct inventory *inv, const struct user_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_USERS];
    ptrdiff_t held = id_map_find(map, inv->users, user_pair, pair_of_one(row->id));
    inv->generation++;
    inventory_count_unread(inv, LIST_USERS, row->unread, 1);
    if (held >= 0) {
        inventory_count_unread(inv, LIST_USERS, inv->users[held].unread, -1);
        struct user_row before = inv->users[held];
        inv->users[held] = *row;
        inventory_place_user(inv, (size_t)held, &before);
        return false;
    }
    inv->users = xgrow(inv->users, &inv->user_cap, inv->user_count + 1, sizeof *inv->users);
    inv->users[inv->user_count++] = *row;
    id_map_add(map, inv->users, user_pair, inv->user_count - 1);
    inventory_place_user(inv, inv->user_count - 1, NULL);
    return true;
}

bool inventory_add_member(struct inventory *inv, const struct member_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_MEMBERS];
    ptrdiff_t held = id_map_find(map, inv->members, member_pair, member_pair(row, 0));
    inv->generation++;
    inventory_count_unread(inv, LIST_MEMBERS, row->unread, 1);
    if (held >= 0) {
        inventory_count_unread(inv, LIST_MEMBERS, inv->members[held].unread, -1);
        struct member_row before = inv->members[held];
        inv->members[held] = *row;
        inventory_count_member(inv, (size_t)held, &before);
        return false;
    }
    inv->members =
        xgrow(inv->members, &inv->member_cap, inv->member_count + 1, sizeof *inv->members);
    inv->members[inv->member_count++] = *row;
    id_map_add(map, inv->members, member_pair, inv->member_count - 1);
    inventory_count_member(inv, inv->member_count - 1, NULL);
    return true;
}

/* Only the rates that are there are kept: most keys with an extra have one. The pool always ends
 * with room for a whole struct, so that reading any of them whole stays inside. */
uint32_t inventory_add_extra(struct inventory *inv, const struct key_extra *extra)
{
    size_t rates = (size_t)extra->rate_count * sizeof extra->rates[0];
    size_t size = (offsetof(struct key_extra, rates) + rates + EXTRA_UNIT - 1) / EXTRA_UNIT;
    size_t room = sizeof *extra / EXTRA_UNIT + 1;
    inv->extras = xgrow(inv->extras, &inv->extra_cap, inv->extra_len + size + room, EXTRA_UNIT);
    memset(inv->extras + inv->extra_len, 0, (size + room) * EXTRA_UNIT);
    memcpy(inv->extras + inv->extra_len, extra, offsetof(struct key_extra, rates) + rates);
    uint32_t at = (uint32_t)inv->extra_len + 1;
    inv->extra_len += size;
    return at;
}

static void follow_own_key(struct inventory *inv, const size_t *gone, size_t count)
{
    int own = inv->own_key;
    for (size_t i = 0; i < count; i++) {
        if (own >= 0 && (size_t)own == gone[i]) {
            inv->own_key = -1;
            inv->own_candidates = 0;
            return;
        }
        inv->own_key -= own >= 0 && (size_t)own > gone[i];
    }
}

void inventory_remove_keys(struct inventory *inv, const size_t *rows, size_t count)
{
    struct id_map *map = &inv->index->maps[LIST_KEYS];
    struct list_state *state = &inv->lists[LIST_KEYS];
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        inventory_uncount_key(inv, rows[i]);
        id_map_remove(map, inv->keys, key_pair, rows[i]);
    }
    id_map_close_up(map, rows, count);
    inventory_close_places(inv, rows, count);
    close_gaps(inv->keys, sizeof *inv->keys, inv->key_count, rows, count);
    inv->key_count -= count;
    follow_own_key(inv, rows, count);
    state->counted = inv->key_count;
    if (state->total > 0) {
        state->total = state->total > (int64_t)count ? state->total - (int64_t)count : 0;
    }
    inv->generation++;
}

bool inventory_remove_key(struct inventory *inv, struct id id)
{
    int row = inventory_find_key(inv, id);
    if (row < 0) {
        return false;
    }
    size_t gone = (size_t)row;
    inventory_remove_keys(inv, &gone, 1);
    return true;
}

static size_t row_count(const struct inventory *inv, enum list_kind list)
{
    return list == LIST_WORKSPACES ? inv->workspace_count
           : list == LIST_USERS    ? inv->user_count
           : list == LIST_MEMBERS  ? inv->member_count
                                   : inv->key_count;
}

static int64_t made_at(const struct inventory *inv, enum list_kind list, size_t row)
{
    return list == LIST_WORKSPACES ? inv->workspaces[row].created_at
           : list == LIST_USERS    ? inv->users[row].created_at
           : list == LIST_MEMBERS  ? inv->members[row].created_at
                                   : inv->keys[row].created_at;
}

enum list_order inventory_order(const struct inventory *inv, enum list_kind list)
{
    bool rises = false, falls = false;
    int64_t before = TIME_NONE;
    for (size_t row = 0; row < row_count(inv, list) && !(rises && falls); row++) {
        int64_t at = made_at(inv, list, row);
        if (at == TIME_NONE || at == TIME_UNREAD) {
            continue;
        }
        rises = rises || (before != TIME_NONE && at > before);
        falls = falls || (before != TIME_NONE && at < before);
        before = at;
    }
    return falls && !rises   ? ORDER_NEWEST_FIRST
           : rises && !falls ? ORDER_OLDEST_FIRST
                             : ORDER_OTHER;
}

void inventory_key_answers_no_more(struct inventory *inv, struct id id)
{
    int row = inventory_find_key(inv, id);
    if (row >= 0) {
        inv->keys[row].no_answer = true;
        inv->generation++;
    }
}

const struct key_extra *inventory_extra(const struct inventory *inv, const struct key_row *row)
{
    return inventory_extra_at(inv, row->extra);
}

const struct key_extra *inventory_extra_at(const struct inventory *inv, uint32_t extra)
{
    static const struct key_extra NOTHING = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
    };
    return extra == 0 ? &NOTHING : (const struct key_extra *)(const void *)&inv->extras[extra - 1];
}

void inventory_set_own(struct inventory *inv, const struct id *ids, size_t count)
{
    inv->own_key = -1;
    inv->own_candidates = 0;
    int found = -1;
    for (size_t i = 0; i < count; i++) {
        int row = inventory_find_key(inv, ids[i]);
        inv->own_candidates += row >= 0;
        found = row >= 0 ? row : found;
    }
    if (inv->own_candidates == 1) {
        inv->own_key = found;
    }
    inv->generation++;
}

/* -- finding -- */

int inventory_find_key(const struct inventory *inv, struct id id)
{
    return (int)id_map_find(&inv->index->maps[LIST_KEYS], inv->keys, key_pair, pair_of_one(id));
}

int inventory_find_workspace(const struct inventory *inv, struct id id)
{
    return (int)id_map_find(&inv->index->maps[LIST_WORKSPACES], inv->workspaces, workspace_pair,
                            pair_of_one(id));
}

int inventory_find_user(const struct inventory *inv, struct id id)
{
    return (int)id_map_find(&inv->index->maps[LIST_USERS], inv->users, user_pair, pair_of_one(id));
}

int inventory_find_member(const struct inventory *inv, struct id workspace, struct id user)
{
    struct id_pair pair = {{workspace.hi, workspace.lo, user.hi, user.lo}};
    int row = (int)id_map_find(&inv->index->maps[LIST_MEMBERS], inv->members, member_pair, pair);
    return row >= 0 && inv->members[row].granted ? -1 : row;
}
