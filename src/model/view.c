#include "model/view.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

/* Rows looked at between two looks at the clock. */
#define BATCH 256
/* Rows sorted at once: about a millisecond. */
#define RUN 2048
/* While a list grows, new rows are merged in when they are a twentieth of what is shown. */
#define GROWTH 20
#define SMALL 4096

/* A row with the start of its text, so that most comparisons never look at the row. */
struct entry {
    uint64_t prefix;
    uint32_t row;
};

enum step { STEP_SCAN, STEP_RUNS, STEP_MERGE_RUNS, STEP_MERGE_IN, STEP_DONE };

struct entries {
    struct entry *items;
    size_t len;
    size_t cap;
};

struct view {
    enum list_kind list;
    struct filter *filter;
    char *filter_text;
    int sort;
    bool descending;
    struct view_scope scope;

    enum step step;
    const struct inventory *inv; /* whose rows these are; compared, never read through */
    uint64_t generation;
    size_t scanned; /* rows of the list that were looked at */
    size_t scope_total;
    bool fresh_shown;      /* what was shown no longer holds: the new rows are shown as they come */
    struct entries shown;  /* sorted */
    struct entries fresh;  /* matched, not merged in yet */
    struct entries aux;    /* the other side of a merge */
    struct entries source; /* narrowing: the rows to look at instead of the list */
    size_t source_at;
    bool narrowing;
    bool rebuilding;        /* shown stays until the new order is whole */
    size_t at, width, i, j; /* where the sort or the merge stands */
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void push(struct entries *entries, struct entry entry)
{
    entries->items = xgrow(entries->items, &entries->cap, entries->len + 1, sizeof *entries->items);
    entries->items[entries->len++] = entry;
}

static void drop(struct entries *entries)
{
    free(entries->items);
    *entries = (struct entries){0};
}

struct view *view_new(enum list_kind list)
{
    struct view *view = xcalloc(1, sizeof *view);
    view->list = list;
    view->filter = filter_parse(list, "", NULL);
    view->filter_text = xstrdup("");
    view->sort = -1;
    view->fresh_shown = true;
    return view;
}

void view_free(struct view *view)
{
    if (view == NULL) {
        return;
    }
    filter_free(view->filter);
    free(view->filter_text);
    drop(&view->shown);
    drop(&view->fresh);
    drop(&view->aux);
    drop(&view->source);
    free(view);
}

static void restart(struct view *view)
{
    view->step = STEP_SCAN;
    view->scanned = 0;
    view->scope_total = 0;
    view->narrowing = false;
    view->rebuilding = false;
    view->fresh_shown = true;
    view->shown.len = 0;
    view->fresh.len = 0;
    drop(&view->source);
}

/* The same rows with new facts: what is shown stays until the new order is whole. */
static void rebuild(struct view *view)
{
    struct entries shown = view->shown;
    view->shown = (struct entries){0};
    restart(view);
    view->shown = shown;
    view->rebuilding = true;
    view->fresh_shown = false;
}

/* More of the same words: what did not match before does not match now. */
static bool narrows(const char *before, const char *after)
{
    size_t len = strlen(before);
    return len > 0 && strncmp(before, after, len) == 0 && strpbrk(after, "!:\"=") == NULL;
}

bool view_set_filter(struct view *view, const char *text, struct err *err)
{
    struct filter *filter = filter_parse(view->list, text, err);
    if (filter == NULL) {
        return false;
    }
    filter_free(view->filter);
    view->filter = filter;
    bool narrow = view->step == STEP_DONE && narrows(view->filter_text, text);
    free(view->filter_text);
    view->filter_text = xstrdup(text);
    if (!narrow) {
        restart(view);
        return true;
    }
    /* The rows shown are in order already: only fewer of them remain. */
    struct entries source = view->shown;
    view->shown = (struct entries){0};
    drop(&view->source);
    view->source = source;
    view->source_at = 0;
    view->narrowing = true;
    view->fresh.len = 0;
    view->fresh_shown = true;
    view->step = STEP_SCAN;
    return true;
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
    if (memcmp(&view->scope, scope, sizeof *scope) != 0) {
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
        return !scope->by_workspace ||
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

static const struct field *sort_field(const struct view *view)
{
    size_t count;
    const struct field *fields = field_table(view->list, &count);
    return view->sort < 0 ? NULL : &fields[view->sort];
}

/* The first eight bytes, ASCII folded, most significant first: compares like the text as far as it
 * goes. */
static uint64_t prefix_of(const struct view *view, const struct field_context *ctx, size_t row)
{
    const struct field *field = sort_field(view);
    if (field == NULL) {
        return 0;
    }
    if (field->rank != NULL) {
        return field->rank(ctx, row);
    }
    struct buf text;
    buf_init(&text, 0);
    field->text(ctx, row, &text);
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) {
        unsigned char c = i < text.len ? (unsigned char)text.data[i] : 0;
        /* Where folding is more than ASCII, the prefix ends: the whole texts decide. */
        if (c >= 0x80) {
            prefix = i == 0 ? 0 : prefix << 8 * (8 - i);
            break;
        }
        prefix = prefix << 8 | (c >= 'A' && c <= 'Z' ? c + 32u : c);
    }
    buf_done(&text);
    return prefix;
}

static int compare_texts(const struct field *field, const struct field_context *ctx, size_t a,
                         size_t b)
{
    struct buf left, right;
    buf_init(&left, 0);
    buf_init(&right, 0);
    field->text(ctx, a, &left);
    field->text(ctx, b, &right);
    int order = text_casecmp(left.data, right.data);
    buf_done(&left);
    buf_done(&right);
    return order;
}

struct sorter {
    const struct view *view;
    const struct field_context *ctx;
};

static int compare(const void *a, const void *b, void *arg)
{
    const struct sorter *sorter = arg;
    const struct entry *left = a;
    const struct entry *right = b;
    const struct field *field = sort_field(sorter->view);
    int order = 0;
    if (field != NULL && field->rank != NULL) {
        order = left->prefix < right->prefix ? -1 : left->prefix > right->prefix;
    } else if (field != NULL) {
        /* A prefix that was ended early compares low; only a difference in both whole prefixes is
         * one. */
        order = compare_texts(field, sorter->ctx, left->row, right->row);
    }
    return order != 0 ? order : left->row < right->row ? -1 : left->row > right->row;
}

static bool ascii_prefix(uint64_t prefix)
{
    return (prefix & 0xff) != 0;
}

static int compare_fast(const void *a, const void *b, void *arg)
{
    const struct entry *left = a;
    const struct entry *right = b;
    if (left->prefix != right->prefix && ascii_prefix(left->prefix) &&
        ascii_prefix(right->prefix)) {
        return left->prefix < right->prefix ? -1 : 1;
    }
    return compare(a, b, arg);
}

static void look_at(struct view *view, const struct field_context *ctx, uint32_t row)
{
    if (!view->narrowing && !in_scope(view, ctx->inv, row)) {
        return;
    }
    view->scope_total += !view->narrowing;
    if (filter_match(view->filter, ctx, row)) {
        push(&view->fresh,
             (struct entry){view->narrowing ? view->source.items[view->source_at].prefix
                                            : prefix_of(view, ctx, row),
                            row});
    }
}

/* Looks at the next rows; true when there are none left. */
static bool scan(struct view *view, const struct field_context *ctx)
{
    if (view->narrowing) {
        for (int n = 0; n < BATCH && view->source_at < view->source.len; n++, view->source_at++) {
            look_at(view, ctx, view->source.items[view->source_at].row);
        }
        return view->source_at == view->source.len;
    }
    size_t rows = field_rows(ctx->inv, view->list);
    for (int n = 0; n < BATCH && view->scanned < rows; n++) {
        look_at(view, ctx, (uint32_t)view->scanned++);
    }
    return view->scanned == rows;
}

static void finish(struct view *view)
{
    view->fresh_shown = false;
    view->rebuilding = false;
    view->fresh.len = 0;
    drop(&view->aux);
    view->step = STEP_DONE;
}

static void after_scan(struct view *view, const struct field_context *ctx)
{
    if (view->narrowing) {
        /* In order already. */
        drop(&view->shown);
        view->shown = view->fresh;
        view->fresh = (struct entries){0};
        view->narrowing = false;
        drop(&view->source);
        finish(view);
        return;
    }
    bool growing = ctx->inv->lists[view->list].progress == PROGRESS_LOADING;
    if (view->fresh.len == 0) {
        view->shown.len = view->rebuilding ? 0 : view->shown.len;
        finish(view);
    } else if (growing && !view->rebuilding && view->shown.len > SMALL &&
               view->fresh.len < view->shown.len / GROWTH) {
        view->step = STEP_DONE; /* kept aside until there are more */
    } else {
        view->step = STEP_RUNS;
        view->at = 0;
    }
}

/* Sorts one run; when the last is done, merging starts. */
static void sort_run(struct view *view, const struct field_context *ctx)
{
    struct sorter sorter = {view, ctx};
    size_t len = view->fresh.len - view->at;
    len = len > RUN ? RUN : len;
    qsort_r(view->fresh.items + view->at, len, sizeof(struct entry), compare_fast, &sorter);
    view->at += len;
    if (view->at == view->fresh.len) {
        view->step = STEP_MERGE_RUNS;
        view->width = RUN;
        view->at = 0;
        view->i = view->j = 0;
        view->aux.len = 0;
    }
}

/* Merges up to BATCH entries of [i, i_end) and [j, j_end) of two arrays into aux. */
static void merge_some(struct view *view, const struct field_context *ctx,
                       const struct entries *left, size_t i_end, const struct entries *right,
                       size_t j_end)
{
    struct sorter sorter = {view, ctx};
    for (int n = 0; n < BATCH && (view->i < i_end || view->j < j_end); n++) {
        bool take_left = view->j >= j_end ||
                         (view->i < i_end && compare_fast(&left->items[view->i],
                                                          &right->items[view->j], &sorter) <= 0);
        push(&view->aux, take_left ? left->items[view->i++] : right->items[view->j++]);
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void merge_runs(struct view *view, const struct field_context *ctx)
{
    size_t len = view->fresh.len;
    if (view->width >= len) {
        view->step = STEP_MERGE_IN;
        view->i = view->j = 0;
        view->aux.len = 0;
        return;
    }
    size_t middle = least(view->at + view->width, len);
    size_t end = least(view->at + 2 * view->width, len);
    if (view->aux.len == view->at) {
        view->i = view->at;
        view->j = middle;
    }
    merge_some(view, ctx, &view->fresh, middle, &view->fresh, end);
    if (view->aux.len == end) {
        view->at = end;
    }
    if (view->at == len) {
        struct entries sorted = view->aux;
        view->aux = view->fresh;
        view->fresh = sorted;
        view->aux.len = 0;
        view->width *= 2;
        view->at = 0;
    }
}

static void merge_in(struct view *view, const struct field_context *ctx)
{
    if (view->rebuilding) {
        struct entries old = view->shown;
        view->shown = view->fresh;
        view->fresh = old;
        finish(view);
        return;
    }
    merge_some(view, ctx, &view->shown, view->shown.len, &view->fresh, view->fresh.len);
    if (view->aux.len == view->shown.len + view->fresh.len) {
        struct entries merged = view->aux;
        view->aux = view->shown;
        view->shown = merged;
        finish(view);
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

/* Another inventory, or rows went away: from the start. More rows: only those. The same rows with
 * new facts (names of workspaces came, the own key was found): again, once nothing loads any more.
 */
static void follow(struct view *view, const struct field_context *ctx)
{
    size_t rows = field_rows(ctx->inv, view->list);
    bool other =
        view->inv != ctx->inv || ctx->inv->generation < view->generation || rows < view->scanned;
    if (other) {
        view->inv = ctx->inv;
        view->generation = ctx->inv->generation;
        restart(view);
        return;
    }
    if (view->step != STEP_DONE || view->generation == ctx->inv->generation) {
        return;
    }
    bool growing = ctx->inv->lists[view->list].progress == PROGRESS_LOADING;
    if (rows > view->scanned || (view->fresh.len > 0 && !growing)) {
        view->step = STEP_SCAN;
    } else if (!anything_loads(ctx->inv)) {
        rebuild(view);
    } else {
        return; /* looked at again when the load is over */
    }
    view->generation = ctx->inv->generation;
}

bool view_work(struct view *view, const struct field_context *ctx, int64_t budget_us)
{
    follow(view, ctx);
    int64_t end = now_us() + budget_us;
    while (view->step != STEP_DONE) {
        switch (view->step) {
        case STEP_SCAN:
            if (scan(view, ctx)) {
                after_scan(view, ctx);
            }
            break;
        case STEP_RUNS:
            sort_run(view, ctx);
            break;
        case STEP_MERGE_RUNS:
            merge_runs(view, ctx);
            break;
        case STEP_MERGE_IN:
            merge_in(view, ctx);
            break;
        case STEP_DONE:
            break;
        }
        if (view->step != STEP_DONE && now_us() >= end) {
            return false;
        }
    }
    return true;
}

bool view_done(const struct view *view)
{
    return view->step == STEP_DONE;
}

static const struct entries *visible(const struct view *view)
{
    return view->fresh_shown && view->shown.len == 0 ? &view->fresh : &view->shown;
}

size_t view_len(const struct view *view)
{
    return visible(view)->len;
}

size_t view_scope_total(const struct view *view)
{
    return view->scope_total;
}

size_t view_row(const struct view *view, size_t place)
{
    const struct entries *entries = visible(view);
    return entries->items[view->descending ? entries->len - 1 - place : place].row;
}

ptrdiff_t view_find(const struct view *view, const struct inventory *inv, struct id id)
{
    const struct entries *entries = visible(view);
    size_t rows = field_rows(inv, view->list);
    for (size_t i = 0; i < entries->len; i++) {
        uint32_t row = entries->items[i].row;
        if (row < rows && id_equal(field_row_id(inv, view->list, row), id)) {
            return (ptrdiff_t)(view->descending ? entries->len - 1 - i : i);
        }
    }
    return -1;
}
