/* What a view looks at and when: the list in slices, only the rows that came since, or, while words
 * are typed on, only what is shown. */
#include "model/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "model/access.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"
#include "model/view_internal.h"

#include "base/banned.h"

/* Keys are asked for this many rows before they are looked at: a filter does little with each, so
 * it would mostly wait for memory. */
#define AHEAD 32

/* While a list grows, new rows are merged in when they are a tenth of what is shown. */
#define GROWTH 10
#define SMALL 4096
/* Memory that is given back in one go. */
#define SPARE_PART ((size_t)1 << 20)

void rows_push(struct rows *rows, uint32_t row)
{
    if (rows->len == rows->cap) {
        rows->items = xgrow(rows->items, &rows->cap, rows->len + 1, sizeof *rows->items);
    }
    rows->items[rows->len++] = row;
}

void rows_swap(struct rows *a, struct rows *b)
{
    struct rows old = *a;
    *a = *b;
    *b = old;
}

void view_spare(struct view *view, void *memory, size_t size)
{
    if (size <= SPARE_PART) {
        free(memory);
        return;
    }
    view->spares =
        xgrow(view->spares, &view->spare_cap, view->spare_count + 1, sizeof *view->spares);
    view->spares[view->spare_count++] = (struct spare){memory, size};
}

/* True when nothing is left. */
static bool give_back_some(struct view *view)
{
    if (view->spare_count == 0) {
        return true;
    }
    struct spare *spare = &view->spares[view->spare_count - 1];
    if (spare->size > SPARE_PART) {
        spare->size -= SPARE_PART;
        spare->memory = xreallocarray(spare->memory, spare->size, 1);
    } else {
        free(spare->memory);
        view->spare_count--;
    }
    return view->spare_count == 0;
}

static void drop(struct view *view, struct rows *rows)
{
    view_spare(view, rows->items, rows->cap * sizeof *rows->items);
    *rows = (struct rows){0};
}

struct view *view_new(enum list_kind list)
{
    struct view *view = xcalloc(1, sizeof *view);
    view->list = list;
    view->filter = filter_parse(list, "", NULL);
    view->filter_text = xstrdup("");
    view->sort = -1;
    view->fresh_shown = true;
    buf_init(&view->left.folded, 0);
    buf_init(&view->right.folded, 0);
    buf_init(&view->scratch, 0);
    return view;
}

void view_free(struct view *view)
{
    if (view == NULL) {
        return;
    }
    filter_free(view->filter);
    free(view->filter_text);
    free(view->filter_error);
    drop(view, &view->shown);
    drop(view, &view->fresh);
    drop(view, &view->aux);
    view_sort_drop(view);
    while (!give_back_some(view)) {
    }
    free(view->spares);
    buf_done(&view->left.folded);
    buf_done(&view->right.folded);
    buf_done(&view->scratch);
    free(view);
}

static void restart(struct view *view)
{
    view->step = STEP_SCAN;
    view->scanned = 0;
    view->scope_total = 0;
    view->narrowing = false;
    view->rebuilding = false;
    view->literal = view->filter->literal_only = view->settled;
    view->fresh_shown = true;
    view->shown.len = 0;
    view->fresh.len = 0;
    view_sort_drop(view);
    if (view->fresh.cap < view->shown.cap) {
        rows_swap(&view->fresh, &view->shown); /* its memory serves again */
    }
}

/* The same rows with new facts: what is shown stays until the new order is whole. */
static void rebuild(struct view *view)
{
    struct rows shown = view->shown;
    view->shown = (struct rows){0};
    restart(view);
    view->shown = shown;
    view->rebuilding = true;
    view->fresh_shown = false;
}

/* Only rows that pass now can pass then: those shown, or those that were about to be looked at.
 * They are in order already. Rows kept aside would be lost. Where the rows that had the words went
 * away, the letters of the longer text may count again. */
static bool narrow(struct view *view)
{
    struct rows *shown = &view->shown;
    if (view->literal && shown->len == 0 && view->step == STEP_DONE) {
        return false;
    }
    if (view->step == STEP_DONE && view->fresh.len == 0) {
        view->source_len = shown->len;
    } else if (view->narrowing) {
        size_t left = view->source_len - view->source_at;
        memmove(shown->items + shown->len, shown->items + view->source_at,
                left * sizeof *shown->items);
        view->source_len = shown->len + left;
    } else {
        return false;
    }
    view->narrowing = view->source_len > 0;
    view->source_at = 0;
    shown->len = 0;
    view->step = view->narrowing ? STEP_SCAN : STEP_DONE;
    return true;
}

bool view_of_members(const struct view *view)
{
    const struct field *sorted = view_field(view);
    return (view->filter != NULL && view->filter->of_members) ||
           (sorted != NULL && sorted->of_members);
}

bool view_set_filter(struct view *view, const char *text, struct err *err)
{
    if (strcmp(text, view->filter_text) == 0 && view->filter_error == NULL) {
        return true;
    }
    struct err fault = {0};
    struct filter *filter = filter_parse(view->list, text, &fault);
    bool ok = filter != NULL;
    free(view->filter_error);
    view->filter_error = ok ? NULL : xstrdup(fault.text);
    if (!ok) {
        filter = filter_none(view->list);
        if (err != NULL) {
            *err = fault;
        }
    }
    bool narrows = filter_narrows(view->filter, filter);
    filter_free(view->filter);
    view->filter = filter;
    free(view->filter_text);
    view->filter_text = xstrdup(text);
    filter->literal_only = view->literal;
    view->settled = false;
    if (!narrows || !narrow(view)) {
        restart(view);
    }
    return ok;
}

const char *view_filter_error(const struct view *view)
{
    return view->filter_error;
}

void view_set_sort(struct view *view, int field, bool descending)
{
    if (field != view->sort) {
        view->sort = field;
        restart(view);
    }
    view->descending = descending;
}

void view_set_scope(struct view *view, const struct view_scope *scope)
{
    const struct view_scope *old = &view->scope;
    if (old->by_workspace != scope->by_workspace || old->by_user != scope->by_user ||
        !id_equal(old->workspace, scope->workspace) || !id_equal(old->user, scope->user)) {
        view->scope = *scope;
        restart(view);
    }
}

const char *view_filter_text(const struct view *view)
{
    return view->filter_text;
}

int view_sort_field(const struct view *view)
{
    return view->sort;
}

bool view_sort_descending(const struct view *view)
{
    return view->descending;
}

enum list_kind view_list(const struct view *view)
{
    return view->list;
}

static bool in_scope(const struct view *view, const struct inventory *inv, size_t row)
{
    const struct view_scope *scope = &view->scope;
    if (!scope->by_workspace && !scope->by_user) {
        return true;
    }
    switch (view->list) {
    case LIST_KEYS:
        return (!scope->by_workspace || id_equal(inv->keys[row].workspace_id, scope->workspace)) &&
               (!scope->by_user || id_equal(inv->keys[row].user_id, scope->user));
    case LIST_USERS:
        /* Who can reach it: its members, and who acts as admin in all. */
        return !scope->by_workspace || org_role_everywhere((enum org_role)inv->users[row].role) ||
               inventory_find_member(inv, scope->workspace, inv->users[row].id) >= 0;
    case LIST_MEMBERS:
        return (!scope->by_workspace ||
                id_equal(inv->members[row].workspace_id, scope->workspace)) &&
               (!scope->by_user || id_equal(inv->members[row].user_id, scope->user));
    case LIST_WORKSPACES:
    case LIST_COUNT:
        break;
    }
    return true;
}

/* The first row that has the words as they stand: those that have only their letters go. */
static void found_literally(struct view *view)
{
    view->literal = view->filter->literal_only = view->settled = true;
    view->fresh.len = 0;
    if (!view->rebuilding) {
        view->shown.len = 0;
        view->fresh_shown = true;
    }
}

static void look_at(struct view *view, const struct field_context *ctx, uint32_t row)
{
    if (!in_scope(view, ctx->inv, row)) {
        return;
    }
    view->scope_total++;
    enum filter_hit hit = filter_passes(view->filter, ctx, row);
    if (hit == HIT_LITERAL && !view->literal) {
        found_literally(view);
    }
    if (hit != HIT_NONE) {
        rows_push(&view->fresh, row);
    }
}

/* Looks at the next rows; true when there are none left. */
static bool scan(struct view *view, const struct field_context *ctx)
{
    if (view->narrowing) {
        struct rows *shown = &view->shown;
        for (int n = 0; n < VIEW_BATCH && view->source_at < view->source_len; n++) {
            uint32_t row = shown->items[view->source_at++];
            if (filter_passes(view->filter, ctx, row) != HIT_NONE) {
                shown->items[shown->len++] = row;
            }
        }
        return view->source_at == view->source_len;
    }
    size_t rows = field_rows(ctx->inv, view->list);
    for (int n = 0; n < VIEW_BATCH && view->scanned < rows; n++) {
        if (view->list == LIST_KEYS && view->scanned + AHEAD < rows) {
            __builtin_prefetch(&ctx->inv->keys[view->scanned + AHEAD].status);
        }
        look_at(view, ctx, (uint32_t)view->scanned++);
    }
    return view->scanned == rows;
}

static void finish(struct view *view)
{
    view->fresh_shown = false;
    view->rebuilding = false;
    view->narrowing = false;
    view->fresh.len = 0;
    if (view->fresh.cap > SMALL) {
        drop(view, &view->fresh);
    }
    drop(view, &view->aux);
    view->step = STEP_DONE;
}

/* Rows that are in order already, and come after all that are shown. */
static void append(struct view *view)
{
    if (view->shown.len == 0) {
        rows_swap(&view->shown, &view->fresh);
    }
    for (size_t i = 0; i < view->fresh.len; i++) {
        rows_push(&view->shown, view->fresh.items[i]);
    }
    finish(view);
}

static void after_scan(struct view *view, const struct field_context *ctx)
{
    bool growing = ctx->inv->lists[view->list].progress == PROGRESS_LOADING;
    if (view->narrowing && view->literal && view->shown.len == 0) {
        restart(view); /* no row has all of it as it stands any more: now its letters count */
    } else if (view->narrowing) {
        view->settled = view->literal;
        finish(view);
    } else if (view->sort < 0 || view->fresh.len == 0) {
        view->shown.len = view->rebuilding ? 0 : view->shown.len;
        append(view);
    } else if (growing && !view->rebuilding && view->shown.len > SMALL &&
               view->fresh.len < view->shown.len / GROWTH) {
        view->step = STEP_DONE; /* kept aside until there are more */
    } else {
        view->step = STEP_SORT;
        view_sort_start(view, ctx->inv);
    }
}

static bool anything_loads(const struct inventory *inv)
{
    for (int i = 0; i < LIST_COUNT; i++) {
        if (inv->lists[i].progress == PROGRESS_LOADING) {
            return true;
        }
    }
    return false;
}

/* Takes the rows apart from the one that went away; those after it have moved up. */
static void close_up(struct rows *rows, size_t removed)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->len; i++) {
        uint32_t row = rows->items[i];
        if (row != removed) {
            rows->items[kept++] = row - (row > removed);
        }
    }
    rows->len = kept;
}

/* Another inventory, or several rows went away: from the start. One went away: what is shown stays
 * without it. True when that was it. */
static bool follow_removals(struct view *view, const struct inventory *inv)
{
    const struct id_index *index = inv->index;
    bool other = view->serial != index->serial || inv->generation < view->generation;
    uint64_t gone = other || view->list != LIST_KEYS ? 0 : index->removals - view->removals;
    view->serial = index->serial;
    view->removals = index->removals;
    if (!other && gone == 0) {
        return false;
    }
    view->generation = inv->generation;
    if (gone == 1 && view->step == STEP_DONE) {
        close_up(&view->shown, index->removed_row);
        rebuild(view);
    } else {
        restart(view);
    }
    return true;
}

/* More rows: only those are looked at. The same rows with new facts (names of workspaces came, the
 * own key was found): all again, once nothing loads any more. */
static void follow(struct view *view, const struct field_context *ctx)
{
    if (follow_removals(view, ctx->inv) || view->step != STEP_DONE ||
        view->generation == ctx->inv->generation) {
        return;
    }
    bool growing = ctx->inv->lists[view->list].progress == PROGRESS_LOADING;
    if (field_rows(ctx->inv, view->list) > view->scanned || (view->fresh.len > 0 && !growing)) {
        view->step = STEP_SCAN;
    } else if (!anything_loads(ctx->inv)) {
        rebuild(view);
    } else {
        return; /* looked at again when the load is over */
    }
    view->generation = ctx->inv->generation;
}

static void work_on(struct view *view, const struct field_context *ctx)
{
    switch (view->step) {
    case STEP_SCAN:
        if (scan(view, ctx)) {
            after_scan(view, ctx);
        }
        break;
    case STEP_SORT:
        if (view_sort_some(view, ctx)) {
            view_merge_start(view);
            view->step = STEP_MERGE_IN;
        }
        break;
    case STEP_MERGE_IN:
        if (view_merge_in(view, ctx)) {
            finish(view);
        }
        break;
    case STEP_DONE:
        break;
    }
}

/* A short list is done at once, however little time there is: looked at, sorted, merged. */
#define STEPS_LEAST 4

bool view_work(struct view *view, const struct field_context *ctx, int64_t budget_us)
{
    follow(view, ctx);
    filter_prepare(view->filter, ctx->inv);
    int64_t end = clock_mono_us() + budget_us;
    for (int step = 1; view->step != STEP_DONE; step++) {
        work_on(view, ctx);
        follow(view, ctx); /* rows may have come while it was sorted */
        if (view->step != STEP_DONE && step >= STEPS_LEAST && clock_mono_us() >= end) {
            return false;
        }
    }
    return give_back_some(view);
}

bool view_done(const struct view *view)
{
    return view->step == STEP_DONE;
}

const char *view_filter_word(const struct view *view, size_t number, int *field)
{
    for (size_t i = 0; i < view->filter->count; i++) {
        const struct term *term = &view->filter->terms[i];
        if (!term->invert && term->text[0] != '\0' && number-- == 0) {
            *field = term->field;
            return term->text;
        }
    }
    return NULL;
}

static const struct rows *visible(const struct view *view)
{
    return view->fresh_shown && view->shown.len == 0 ? &view->fresh : &view->shown;
}

size_t view_len(const struct view *view)
{
    return visible(view)->len;
}

bool view_by_letters(const struct view *view)
{
    return view->step == STEP_DONE && !view->literal && view_len(view) > 0;
}

bool view_lost_all(const struct view *view)
{
    return view->step == STEP_DONE && view->settled && view_len(view) == 0;
}

size_t view_scope_total(const struct view *view)
{
    return view->scope_total;
}

size_t view_row(const struct view *view, size_t place)
{
    const struct rows *rows = visible(view);
    return rows->items[view->descending ? rows->len - 1 - place : place];
}

static ptrdiff_t row_of(const struct view *view, const struct inventory *inv, struct id id)
{
    return view->list == LIST_WORKSPACES ? inventory_find_workspace(inv, id)
           : view->list == LIST_USERS    ? inventory_find_user(inv, id)
                                         : inventory_find_key(inv, id);
}

ptrdiff_t view_find(const struct view *view, const struct inventory *inv, struct id id)
{
    const struct rows *rows = visible(view);
    /* Several memberships have the id of one person; any other record has one row. */
    bool members = view->list == LIST_MEMBERS;
    ptrdiff_t wanted = members ? -1 : row_of(view, inv, id);
    for (size_t i = 0; (members || wanted >= 0) && i < rows->len; i++) {
        uint32_t row = rows->items[i];
        if (members ? row < inv->member_count && id_equal(inv->members[row].user_id, id)
                    : row == (size_t)wanted) {
            return (ptrdiff_t)(view->descending ? rows->len - 1 - i : i);
        }
    }
    return -1;
}
