#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/codec.h"
#include "api/json.h"
#include "api/load_internal.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "model/mask.h"

#include "base/banned.h"

/* More than this is left to the next refresh. */
#define DROP_MAX 100
/* A list is without an end when it gives so many rows more than three times what it told of. */
#define ENDLESS_ROWS 10000

/* -- which rows were met -- */

/* True when the row was not met before. */
static bool see(struct seen *seen, size_t row)
{
    size_t before = seen->cap;

    if (row / 8 >= seen->cap) {
        seen->bits = xgrow(seen->bits, &seen->cap, row / 8 + 1, 1);
        memset(seen->bits + before, 0, seen->cap - before);
    }
    if ((seen->bits[row / 8] >> row % 8 & 1) != 0) {
        return false;
    }
    seen->bits[row / 8] = (unsigned char)(seen->bits[row / 8] | 1u << row % 8);
    return true;
}

static bool was_seen(const struct seen *seen, size_t row)
{
    return row / 8 < seen->cap && (seen->bits[row / 8] >> row % 8 & 1) != 0;
}

size_t load_rows_held(const struct inventory *inv, enum list_kind list)
{
    switch (list) {
    case LIST_WORKSPACES:
        return inv->workspace_count;
    case LIST_USERS:
        return inv->user_count;
    case LIST_MEMBERS:
        return inv->member_count;
    default:
        return inv->key_count;
    }
}

/* -- rows -- */

static bool is_own(const struct api_load *load, const struct key_row *row)
{
    const char *mask = arena_text(&load->inv->arena, row->mask);
    const char *secret = secret_text(load->client->key);

    return mask != NULL && mask_fits(mask, secret, secret);
}

/* Told while the keys come, so that a million need not be gone through at the end. */
static void note_own(struct api_load *load, const struct key_row *row)
{
    if (load->own_count == OWN_MAX || !is_own(load, row)) {
        return;
    }
    for (size_t i = 0; i < load->own_count; i++) {
        if (id_equal(load->own[i], row->id)) {
            return;
        }
    }
    load->own[load->own_count++] = row->id;
}

/* Each returns the index of the row, or -1 when it cannot be read. */
static int take_key(struct reader *reader, const json_t *json, struct err *err)
{
    struct inventory *inv = reader->load->inv;
    struct key_row row;

    if (!key_decode(json, inv, &row, err)) {
        return -1;
    }
    note_own(reader->load, &row);
    return inventory_add_key(inv, &row) ? (int)inv->key_count - 1 : inventory_find_key(inv, row.id);
}

static int take_user(struct reader *reader, const json_t *json, struct err *err)
{
    struct inventory *inv = reader->load->inv;
    struct user_row row;

    if (!user_decode(json, inv, &row, err)) {
        return -1;
    }
    return inventory_add_user(inv, &row) ? (int)inv->user_count - 1
                                         : inventory_find_user(inv, row.id);
}

static int take_workspace(struct reader *reader, const json_t *json, struct err *err)
{
    struct inventory *inv = reader->load->inv;
    struct workspace_row row;

    if (!workspace_decode(json, inv, &row, err)) {
        return -1;
    }
    return inventory_add_workspace(inv, &row) ? (int)inv->workspace_count - 1
                                              : inventory_find_workspace(inv, row.id);
}

static int take_member(struct reader *reader, const json_t *json, struct err *err)
{
    struct inventory *inv = reader->load->inv;
    struct member_row row;

    if (!member_decode(json, inv, inv->workspaces[reader->workspace].id, &row, err)) {
        return -1;
    }
    return inventory_add_member(inv, &row)
               ? (int)inv->member_count - 1
               : inventory_find_member(inv, row.workspace_id, row.user_id);
}

typedef int take_fn(struct reader *reader, const json_t *json, struct err *err);

static take_fn *const TAKE[LIST_COUNT] = {
    [LIST_WORKSPACES] = take_workspace,
    [LIST_USERS] = take_user,
    [LIST_MEMBERS] = take_member,
    [LIST_KEYS] = take_key,
};

/* A row that was no JSON stands there as null, and the reader has said why of the first. */
static void take_row(struct page *page, const json_t *json, const struct answer *answer)
{
    struct reader *reader = page->reader;
    struct err err = {0};
    int row = TAKE[reader->list](reader, json, &err);

    if (row >= 0) {
        page->fresh += see(&reader->load->seen[reader->list][reader->pass], (size_t)row);
    } else if (reader->bad_rows++ == 0) {
        bool broken = json_is_null(json) && answer->broken_rows[0] != '\0';

        snprintf(reader->row_error, sizeof(reader->row_error), "page %lld, row %zu: %.110s",
                 page->number + 1, page->taken, broken ? answer->broken_rows : err.text);
    }
}

/* -- pages -- */

static void note_total(struct reader *reader, long long number, const json_t *root, size_t rows)
{
    const struct endpoint_info *info = endpoint_info(ENDPOINT_KEYS);
    int64_t total;

    /* Past the end some lists tell 0 [OBS]: only a page with rows counts. */
    if ((rows == 0 && number > 0) || !json_get_whole(root, info->total_name, &total) || total < 0) {
        return;
    }
    reader->moved = reader->moved || (reader->total >= 0 && total != reader->total);
    reader->total = total;
    reader->first_total = reader->first_total < 0 ? total : reader->first_total;
}

/* A list may grow while it is read, but not like this. */
static void note_rows(struct reader *reader, size_t rows)
{
    int64_t told = reader->first_total < 0 ? 0 : reader->first_total;

    reader->came += (int64_t)rows;
    if (told < INT64_MAX / 4 && reader->came > 3 * told + ENDLESS_ROWS) {
        reader->endless = true;
    }
}

/* How far there is to go. The total is a promise, not a fact: a full last page means one more, and
 * an empty page ends it. */
static void note_end(struct reader *reader, long long number, size_t rows, size_t fresh)
{
    long long pages;
    bool beyond, full;

    if (number == 0) {
        reader->rows_a_page = (int)rows;
    }
    if (rows == 0) {
        reader->ended = true;
        if (number < reader->end_page) {
            reader->end_page = number > 0 ? number : 1;
        }
        return;
    }
    if (reader->ended) {
        return;
    }
    if (reader->total > 0 && reader->rows_a_page > 0) {
        pages = (reader->total - 1) / reader->rows_a_page + 1;
        reader->end_page = pages > reader->end_page ? pages : reader->end_page;
    }
    beyond = reader->total < 0 || number * reader->rows_a_page >= reader->total;
    full = rows >= PAGE_SIZE || (number > 0 && rows >= (size_t)reader->rows_a_page) ||
           (number == 0 && reader->total < 0);
    if (number + 1 < reader->end_page || !full) {
        return;
    }
    /* A server that pays no heed to the page number would give the same page for ever. */
    if (beyond && number > 0 && fresh == 0) {
        reader->ended = true;
    } else {
        reader->end_page = number + 2;
    }
}

enum taking load_take_page(struct page *page, const struct answer *answer, struct err *err)
{
    struct reader *reader = page->reader;
    const json_t *root = answer->root;
    const json_t *rows = json_object_get(root, endpoint_info(ENDPOINT_KEYS)->rows_name);
    const struct inventory *inv = reader->load->inv;
    size_t count = json_array_size(rows);

    if (!json_is_array(rows)) {
        err_set(err, ERR_DECODE, "A page of the %s has no rows in it: \"data\" is missing.",
                list_name(reader->list));
        return TAKE_FAILED;
    }
    /* A key that was revoked meanwhile has moved the rows behind it. */
    if (reader->list == LIST_KEYS && inv->key_count < reader->held) {
        reader->moved = true;
    }
    if (page->taken == 0) {
        note_total(reader, page->number, root, count);
        note_rows(reader, count);
    }
    while (page->taken < count) {
        const json_t *row = json_array_get(rows, page->taken++);

        take_row(page, row, answer);
        if (clock_mono_us() >= answer->until_us) {
            break;
        }
    }
    reader->held = inv->key_count;
    if (page->taken < count) {
        return TAKE_MORE;
    }
    reader->seen += page->fresh;
    note_end(reader, page->number, count, page->fresh);
    reader->pages++;
    return TAKE_DONE;
}

/* Of the one workspace. */
static size_t members_held(const struct reader *reader)
{
    const struct inventory *inv = reader->load->inv;
    const struct workspace_counts *counts = inventory_workspace_counts(inv, reader->workspace);

    return counts->admins + counts->managers + counts->members + counts->roles_other;
}

bool load_drop_unseen(struct reader *reader)
{
    struct inventory *inv = reader->load->inv;
    const struct seen *seen = &reader->load->seen[reader->list][1];
    size_t rows[DROP_MAX];
    size_t unseen = 0;

    if (reader->list == LIST_MEMBERS) {
        return members_held(reader) == reader->seen;
    }
    if (reader->list != LIST_KEYS) {
        return load_rows_held(inv, reader->list) == reader->seen;
    }
    for (size_t i = 0; i < reader->rows_before; i++) {
        if (was_seen(seen, i)) {
            continue;
        }
        if (unseen == DROP_MAX) {
            return false;
        }
        rows[unseen++] = i;
    }
    inventory_remove_keys(inv, rows, unseen);
    return true;
}

/* -- the own key -- */

void load_find_own(struct api_load *load)
{
    struct inventory *inv = load->inv;
    size_t kept = 0;

    for (size_t i = 0; i < load->own_count; i++) {
        int row = inventory_find_key(inv, load->own[i]);

        if (row >= 0 && is_own(load, &inv->keys[row])) { /* a second reading may have told other */
            load->own[kept++] = load->own[i];
        }
    }
    load->own_count = kept;
    inventory_set_own(inv, load->own, load->own_count);
}
