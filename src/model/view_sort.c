/* A merge sort that can stop at any time: short runs are sorted, runs are merged pairwise, and the
 * rows that came since are merged into those that are shown. Rows that say the same stay in the
 * order of the list. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/inventory_index.h"
#include "model/view_internal.h"

#include "base/banned.h"

/* Rows sorted at once: well under a millisecond, even where whole texts are compared. */
#define RUN 512

/* Stands in a prefix for the first character outside ASCII and what follows: folding is more than a
 * byte there, so the whole texts decide. */
#define PREFIX_STOP 0x80u

void entries_push(struct entries *entries, struct entry entry)
{
    entries->items = xgrow(entries->items, &entries->cap, entries->len + 1, sizeof *entries->items);
    entries->items[entries->len++] = entry;
}

void entries_swap(struct entries *a, struct entries *b)
{
    struct entries old = *a;
    *a = *b;
    *b = old;
}

static const struct field *sort_field(const struct view *view)
{
    size_t count;
    const struct field *fields = field_table(view->list, &count);
    return view->sort < 0 ? NULL : &fields[view->sort];
}

/* The first eight bytes, ASCII folded, most significant first: compares like the text as far as it
 * goes. Zeroes at its end say that the text is over. */
static uint64_t prefix_of_text(const struct buf *text)
{
    uint64_t prefix = 0;
    unsigned char c = 0;
    for (size_t i = 0; i < 8; i++) {
        if (c != PREFIX_STOP) {
            c = i < text->len ? (unsigned char)text->data[i] : 0;
            c = c >= PREFIX_STOP ? PREFIX_STOP : c;
        }
        prefix = prefix << 8 | (c >= 'A' && c <= 'Z' ? c + 32u : c);
    }
    return prefix;
}

static uint32_t group_of(const struct view *view, const struct inventory *inv, uint32_t row)
{
    switch (view->group) {
    case GROUP_WORKSPACE:
        return inv->index->key_places[row].workspace + 1;
    case GROUP_OWNER: {
        /* Keys without an owner say one of two things. */
        uint32_t user = inv->index->key_places[row].user;
        return user == 0 ? 0 : user + 1;
    }
    case GROUP_NONE:
        break;
    }
    return 0;
}

struct entry view_entry(struct view *view, const struct field_context *ctx, uint32_t row)
{
    const struct field *field = sort_field(view);
    if (field == NULL) {
        return (struct entry){0, row, 0};
    }
    if (field->rank != NULL) {
        return (struct entry){field->rank(ctx, row), row, 0};
    }
    buf_clear(&view->left);
    field->text(ctx, row, &view->left);
    return (struct entry){prefix_of_text(&view->left), row, group_of(view, ctx->inv, row)};
}

struct sorter {
    struct view *view;
    const struct field_context *ctx;
    const struct field *field; /* NULL: the server's order */
};

static struct sorter sorter_of(struct view *view, const struct field_context *ctx)
{
    return (struct sorter){view, ctx, sort_field(view)};
}

static int compare_texts(const struct sorter *sorter, uint32_t a, uint32_t b)
{
    struct view *view = sorter->view;
    buf_clear(&view->left);
    buf_clear(&view->right);
    sorter->field->text(sorter->ctx, a, &view->left);
    sorter->field->text(sorter->ctx, b, &view->right);
    return text_casecmp(view->left.data, view->right.data);
}

/* Do the prefixes alone decide? Then *order is what they say. */
static bool prefixes_decide(uint64_t a, uint64_t b, int *order)
{
    if (a == b) {
        *order = 0;
        return (a & 0xff) == 0;
    }
    int shift = (63 - __builtin_clzll(a ^ b)) / 8 * 8;
    unsigned left = (unsigned)(a >> shift & 0xff);
    unsigned right = (unsigned)(b >> shift & 0xff);
    *order = left < right ? -1 : 1;
    return left != PREFIX_STOP && right != PREFIX_STOP;
}

static int compare(const void *a, const void *b, void *arg)
{
    const struct sorter *sorter = arg;
    const struct entry *left = a;
    const struct entry *right = b;
    int order = 0;
    if (sorter->field != NULL && sorter->field->rank != NULL) {
        order = left->prefix < right->prefix ? -1 : left->prefix > right->prefix;
    } else if (sorter->field != NULL && (left->group == 0 || left->group != right->group) &&
               !prefixes_decide(left->prefix, right->prefix, &order)) {
        order = compare_texts(sorter, left->row, right->row);
    }
    return order != 0 ? order : left->row < right->row ? -1 : left->row > right->row;
}

void view_sort_start(struct view *view)
{
    view->step = STEP_RUNS;
    view->at = 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool view_sort_run(struct view *view, const struct field_context *ctx)
{
    struct sorter sorter = sorter_of(view, ctx);
    size_t len = least(view->fresh.len - view->at, RUN);
    qsort_r(view->fresh.items + view->at, len, sizeof(struct entry), compare, &sorter);
    view->at += len;
    return view->at == view->fresh.len;
}

void view_merge_start(struct view *view)
{
    view->width = RUN;
    view->at = 0;
    view->i = view->j = 0;
    view->aux.len = 0;
}

/* Merges up to a batch of [i, i_end) and [j, j_end) of two arrays into aux. */
static void merge_some(struct view *view, const struct field_context *ctx,
                       const struct entries *left, size_t i_end, const struct entries *right,
                       size_t j_end)
{
    struct sorter sorter = sorter_of(view, ctx);
    for (int n = 0; n < VIEW_BATCH && (view->i < i_end || view->j < j_end); n++) {
        bool take_left = view->j >= j_end ||
                         (view->i < i_end &&
                          compare(&left->items[view->i], &right->items[view->j], &sorter) <= 0);
        entries_push(&view->aux, take_left ? left->items[view->i++] : right->items[view->j++]);
    }
}

bool view_merge_runs(struct view *view, const struct field_context *ctx)
{
    size_t len = view->fresh.len;
    if (view->width >= len) {
        return true;
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
        entries_swap(&view->aux, &view->fresh);
        view->aux.len = 0;
        view->width *= 2;
        view->at = 0;
    }
    return false;
}

bool view_merge_in(struct view *view, const struct field_context *ctx)
{
    if (view->rebuilding || view->shown.len == 0) {
        entries_swap(&view->shown, &view->fresh);
        return true;
    }
    merge_some(view, ctx, &view->shown, view->shown.len, &view->fresh, view->fresh.len);
    if (view->aux.len < view->shown.len + view->fresh.len) {
        return false;
    }
    entries_swap(&view->aux, &view->shown);
    return true;
}
