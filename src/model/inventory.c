#include "model/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/id_index.h"
#include "model/mask.h"

#include "base/banned.h"

/* The upper half of an id that is a reference to interned text: no UUID that is taken as bytes
 * starts like this. */
#define ID_INTERNED UINT64_MAX

struct id_index {
    struct id_map maps[LIST_COUNT];
    struct workspace_counts *workspace_counts;
    struct user_counts *user_counts;
    uint64_t counted; /* the generation of the counts */
    size_t counted_rows, counted_workspaces, counted_users;
};

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

struct id inventory_id(struct inventory *inv, const char *text)
{
    struct id id = {0};
    if (text == NULL || *text == '\0') {
        return id;
    }
    if (!parse_uuid(text, &id)) {
        id = (struct id){ID_INTERNED, arena_intern(&inv->arena, text, strlen(text))};
    }
    return id;
}

struct id inventory_find_id(const struct inventory *inv, const char *text)
{
    struct id id = {0};
    if (text == NULL || *text == '\0' || parse_uuid(text, &id)) {
        return id;
    }
    /* An id that is no UUID is held only when a row has it. Such ids are rare, so the rows are
     * looked through. */
    for (size_t i = 0; i < inv->key_count; i++) {
        char out[ID_TEXT_SIZE];
        if (inv->keys[i].id.hi == ID_INTERNED &&
            strcmp(inventory_id_text(inv, inv->keys[i].id, out), text) == 0) {
            return inv->keys[i].id;
        }
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        char out[ID_TEXT_SIZE];
        if (strcmp(inventory_id_text(inv, inv->workspaces[i].id, out), text) == 0) {
            return inv->workspaces[i].id;
        }
    }
    for (size_t i = 0; i < inv->user_count; i++) {
        char out[ID_TEXT_SIZE];
        if (strcmp(inventory_id_text(inv, inv->users[i].id, out), text) == 0) {
            return inv->users[i].id;
        }
    }
    return (struct id){0, 0};
}

const char *inventory_id_text(const struct inventory *inv, struct id id, char out[ID_TEXT_SIZE])
{
    if (id_is_none(id)) {
        return "";
    }
    if (id.hi == ID_INTERNED) {
        return arena_text(&inv->arena, (str_ref)id.lo);
    }
    snprintf(out, ID_TEXT_SIZE, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(id.hi >> 32),
             (unsigned)(id.hi >> 16 & 0xffff), (unsigned)(id.hi & 0xffff), (unsigned)(id.lo >> 48),
             (unsigned long long)(id.lo & 0xffffffffffffu));
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

struct inventory *inventory_new(void)
{
    struct inventory *inv = xcalloc(1, sizeof *inv);
    arena_init(&inv->arena);
    inv->index = xcalloc(1, sizeof *inv->index);
    inv->own_key = -1;
    inv->generation = 1;
    for (int i = 0; i < LIST_COUNT; i++) {
        inv->lists[i].total = -1;
        inv->lists[i].loaded_at = TIME_NONE;
    }
    return inv;
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL) {
        return;
    }
    for (int i = 0; i < LIST_COUNT; i++) {
        id_map_done(&inv->index->maps[i]);
    }
    free(inv->index->workspace_counts);
    free(inv->index->user_counts);
    free(inv->index);
    free(inv->keys);
    free(inv->extras);
    free(inv->workspaces);
    free(inv->users);
    free(inv->members);
    free(inv->member_states);
    arena_done(&inv->arena);
    free(inv);
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
        inv->keys[held] = *row;
        return false;
    }
    inv->keys = xgrow(inv->keys, &inv->key_cap, inv->key_count + 1, sizeof *inv->keys);
    inv->keys[inv->key_count++] = *row;
    id_map_add(map, inv->keys, key_pair, inv->key_count - 1);
    return true;
}

bool inventory_add_workspace(struct inventory *inv, const struct workspace_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_WORKSPACES];
    ptrdiff_t held = id_map_find(map, inv->workspaces, workspace_pair, pair_of_one(row->id));
    inv->generation++;
    if (held >= 0) {
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
    return true;
}

bool inventory_add_user(struct inventory *inv, const struct user_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_USERS];
    ptrdiff_t held = id_map_find(map, inv->users, user_pair, pair_of_one(row->id));
    inv->generation++;
    if (held >= 0) {
        inv->users[held] = *row;
        return false;
    }
    inv->users = xgrow(inv->users, &inv->user_cap, inv->user_count + 1, sizeof *inv->users);
    inv->users[inv->user_count++] = *row;
    id_map_add(map, inv->users, user_pair, inv->user_count - 1);
    return true;
}

bool inventory_add_member(struct inventory *inv, const struct member_row *row)
{
    struct id_map *map = &inv->index->maps[LIST_MEMBERS];
    ptrdiff_t held = id_map_find(map, inv->members, member_pair, member_pair(row, 0));
    inv->generation++;
    if (held >= 0) {
        inv->members[held] = *row;
        return false;
    }
    inv->members =
        xgrow(inv->members, &inv->member_cap, inv->member_count + 1, sizeof *inv->members);
    inv->members[inv->member_count++] = *row;
    id_map_add(map, inv->members, member_pair, inv->member_count - 1);
    return true;
}

uint32_t inventory_add_extra(struct inventory *inv, const struct key_extra *extra)
{
    inv->extras = xgrow(inv->extras, &inv->extra_cap, inv->extra_count + 1, sizeof *inv->extras);
    inv->extras[inv->extra_count++] = *extra;
    return (uint32_t)inv->extra_count;
}

bool inventory_remove_key(struct inventory *inv, struct id id)
{
    int row = inventory_find_key(inv, id);
    if (row < 0) {
        return false;
    }
    memmove(&inv->keys[row], &inv->keys[row + 1],
            (inv->key_count - (size_t)row - 1) * sizeof *inv->keys);
    inv->key_count--;
    id_map_rebuild(&inv->index->maps[LIST_KEYS], inv->keys, key_pair, inv->key_count);
    if (inv->own_key == row) {
        inv->own_key = -1;
    } else if (inv->own_key > row) {
        inv->own_key--;
    }
    struct list_state *state = &inv->lists[LIST_KEYS];
    state->counted = inv->key_count;
    state->total -= state->total > 0;
    inv->generation++;
    return true;
}

const struct key_extra *inventory_extra(const struct inventory *inv, const struct key_row *row)
{
    static const struct key_extra NOTHING = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
    };
    return row->extra == 0 ? &NOTHING : &inv->extras[row->extra - 1];
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
    return (int)id_map_find(&inv->index->maps[LIST_MEMBERS], inv->members, member_pair, pair);
}

int inventory_find_workspace_text(const struct inventory *inv, const char *text)
{
    int found = inventory_find_workspace(inv, inventory_find_id(inv, text));
    for (size_t i = 0; i < inv->workspace_count && found < 0; i++) {
        const char *slug = arena_text(&inv->arena, inv->workspaces[i].slug);
        if (slug != NULL && strcmp(slug, text) == 0) {
            found = (int)i;
        }
    }
    if (found >= 0) {
        return found;
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        const struct workspace_row *ws = &inv->workspaces[i];
        const char *raw = inventory_raw(inv, ws->name);
        if (strcmp(inventory_workspace_name(inv, ws), text) == 0 ||
            (raw != NULL && strcmp(raw, text) == 0)) {
            if (found >= 0) {
                return -2;
            }
            found = (int)i;
        }
    }
    return found;
}

int inventory_find_user_text(const struct inventory *inv, const char *text)
{
    int found = inventory_find_user(inv, inventory_find_id(inv, text));
    for (size_t i = 0; i < inv->user_count && found < 0; i++) {
        if (inv->users[i].email.raw != STR_NONE &&
            strcasecmp(inventory_raw(inv, inv->users[i].email), text) == 0) {
            found = (int)i;
        }
    }
    return found;
}

const char *inventory_workspace_name(const struct inventory *inv, const struct workspace_row *row)
{
    const char *name = inventory_clean(inv, row->name);
    const char *icon = inventory_clean(inv, row->icon);
    size_t len = strlen(icon);
    if (len > 0 && strncmp(name, icon, len) == 0) {
        const char *rest = name + len;
        while (*rest == ' ') {
            rest++;
        }
        if (*rest != '\0') {
            return rest;
        }
    }
    return name;
}

const char *inventory_user_name(const struct inventory *inv, const struct user_row *row, char *out,
                                size_t size)
{
    const char *first = inventory_clean(inv, row->first_name);
    const char *last = inventory_clean(inv, row->last_name);
    char text[ID_TEXT_SIZE];
    if (*first != '\0' || *last != '\0') {
        struct buf name;
        buf_init(&name, 0);
        buf_addf(&name, "%s%s%s", first, *first != '\0' && *last != '\0' ? " " : "", last);
        /* A name that does not fit is cut between characters. */
        size_t fits = name.len;
        while (fits >= size) {
            fits -= text_prev(name.data, fits);
        }
        memcpy(out, name.data, fits);
        out[fits] = '\0';
        buf_done(&name);
    } else if (*inventory_clean(inv, row->email) != '\0') {
        snprintf(out, size, "%s", inventory_clean(inv, row->email));
    } else {
        snprintf(out, size, "%s", inventory_id_text(inv, row->id, text));
    }
    return out;
}

void inventory_find_own(struct inventory *inv, const char *secret_head, const char *secret_tail)
{
    inv->own_key = -1;
    inv->own_candidates = 0;
    int found = -1;
    for (size_t i = 0; i < inv->key_count; i++) {
        char head[64], tail[64];
        const char *mask = arena_text(&inv->arena, inv->keys[i].mask);
        if (mask == NULL || !mask_split(mask, head, sizeof head, tail, sizeof tail)) {
            continue;
        }
        size_t tail_len = strlen(secret_tail);
        if (strlen(head) + strlen(tail) > 0 && strncmp(secret_head, head, strlen(head)) == 0 &&
            strlen(tail) <= tail_len && strcmp(secret_tail + tail_len - strlen(tail), tail) == 0) {
            inv->own_candidates++;
            found = (int)i;
        }
    }
    if (inv->own_candidates == 1) {
        inv->own_key = found;
    }
    inv->generation++;
}

/* -- counts -- */

/* While a big list grows, counts may lag by a fiftieth: one pass over a million rows for every page
 * would hold up keys. */
static bool counts_will_do(const struct inventory *inv)
{
    const struct id_index *index = inv->index;
    size_t rows = inv->key_count + inv->member_count;
    bool loading = inv->lists[LIST_KEYS].progress == PROGRESS_LOADING ||
                   inv->lists[LIST_MEMBERS].progress == PROGRESS_LOADING;
    return index->counted == inv->generation ||
           (loading && index->workspace_counts != NULL &&
            index->counted_workspaces == inv->workspace_count &&
            index->counted_users == inv->user_count && rows >= index->counted_rows &&
            rows - index->counted_rows <= index->counted_rows / 50);
}

static void count(struct inventory *inv)
{
    struct id_index *index = inv->index;
    if (counts_will_do(inv)) {
        return;
    }
    index->counted_rows = inv->key_count + inv->member_count;
    index->counted_workspaces = inv->workspace_count;
    index->counted_users = inv->user_count;
    free(index->workspace_counts);
    free(index->user_counts);
    index->workspace_counts = xcalloc(inv->workspace_count + 1, sizeof *index->workspace_counts);
    index->user_counts = xcalloc(inv->user_count + 1, sizeof *index->user_counts);
    index->counted = inv->generation;
    for (size_t i = 0; i < inv->member_count; i++) {
        const struct member_row *member = &inv->members[i];
        int ws = inventory_find_workspace(inv, member->workspace_id);
        int user = inventory_find_user(inv, member->user_id);
        if (ws >= 0) {
            struct workspace_counts *counts = &index->workspace_counts[ws];
            uint32_t *by_role[] = {&counts->admins, &counts->managers, &counts->members,
                                   &counts->roles_other};
            ++*by_role[member->role];
        }
        if (user >= 0) {
            index->user_counts[user].workspaces++;
        }
    }
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *key = &inv->keys[i];
        int ws =
            id_is_none(key->workspace_id) ? -1 : inventory_find_workspace(inv, key->workspace_id);
        int user = id_is_none(key->user_id) ? -1 : inventory_find_user(inv, key->user_id);
        if (ws >= 0 && key->kind == KEY_WORKSPACE_SERVICE) {
            index->workspace_counts[ws].service_keys++;
        } else if (ws >= 0 && key->kind == KEY_WORKSPACE_USER) {
            index->workspace_counts[ws].user_keys++;
        }
        if (user >= 0) {
            index->user_counts[user].keys++;
        }
    }
}

const struct workspace_counts *inventory_workspace_counts(struct inventory *inv)
{
    count(inv);
    return inv->index->workspace_counts;
}

const struct user_counts *inventory_user_counts(struct inventory *inv)
{
    count(inv);
    return inv->index->user_counts;
}

bool inventory_keys_complete(const struct inventory *inv, char *why, size_t size)
{
    static const char *const LIST_SCOPES[] = {"organisation_service_api_keys.list",
                                              "workspace_service_api_keys.list",
                                              "workspace_user_api_keys.list"};
    const struct list_state *state = &inv->lists[LIST_KEYS];
    why[0] = '\0';
    if (state->progress != PROGRESS_COMPLETE) {
        snprintf(why, size, "%s", state->why);
        return false;
    }
    if (inv->own_key < 0) {
        snprintf(
            why, size, "%s",
            inv->own_candidates > 1
                ? "Several keys have the mask of your own, so kinds it may not list cannot be told."
                : "Your own key is not in the list, so kinds of keys may be hidden.");
        return false;
    }
    for (int i = 0; i < KEY_KIND_COUNT; i++) {
        if (!scope_set_has_name(&inv->keys[inv->own_key].scopes, LIST_SCOPES[i])) {
            snprintf(why, size, "Your key lacks %s: %s keys are hidden.", LIST_SCOPES[i],
                     key_kind_name((enum key_kind)i));
            return false;
        }
    }
    return true;
}
