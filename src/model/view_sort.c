/* Sorts rows without ever taking long: the text of each is made once, folded, and kept as words of
 * eight bytes that compare like the text. Rows are put in order by their first word, those with
 * the same first word by their second, and so on; many at a time byte by byte from the last (each
 * pass leaves equal rows as they were), a few at a time by comparing what is left of them. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/inventory_index.h"
#include "model/view_internal.h"

#include "base/banned.h"

/* So few rows are sorted in one go: well under a millisecond. */
#define FEW 512
/* Rows that are moved between two looks at the clock. */
#define STRIDE 4096

struct item {
    uint64_t word; /* of a text the one that is looked at now, else the number */
    uint32_t row;
    uint32_t text; /* where the words of its text start */
};

/* A range of items that have the same first `depth` words. Those before `at` are in order; those up
 * to `same` have the same word as the one at `at`. */
struct range {
    size_t at, same, end, depth;
};

enum pass { PASS_COUNT = -1, PASS_BACK = 8 }; /* between: the number of the byte, from the last */

struct view_sort {
    bool texts; /* the words are those of texts, else numbers */
    struct item *items, *aux;
    size_t len, loaded, written;
    uint64_t *words; /* a text ends with a word whose last byte is 0 */
    size_t word_count, word_cap;
    uint32_t *texts_of; /* by place of a workspace or a user: where its text starts, + 1 */
    size_t place_count;
    bool by_owner; /* whose places these are */

    struct range *ranges; /* each within the one before */
    size_t range_count, range_cap;

    size_t begin, end, at; /* what is sorted byte by byte; empty: nothing */
    int pass;
    bool flipped; /* the items are in aux */
    uint32_t counts[sizeof(uint64_t)][256];
};

/* -- the words -- */

const struct field *view_field(const struct view *view)
{
    size_t count;
    const struct field *fields = field_table(view->list, &count);
    return view->sort < 0 ? NULL : &fields[view->sort];
}

void view_folded(struct view *view, const struct field_context *ctx, uint32_t row, struct buf *out)
{
    buf_clear(&view->scratch);
    view_field(view)->text(ctx, row, &view->scratch);
    text_fold(view->scratch.data, out);
}

static uint32_t add_words(struct view_sort *sort, const struct buf *folded)
{
    size_t first = sort->word_count;
    size_t count = folded->len / sizeof(uint64_t) + 1;
    sort->words = xgrow(sort->words, &sort->word_cap, first + count, sizeof *sort->words);
    for (size_t i = 0; i < count; i++) {
        size_t left = folded->len - i * sizeof(uint64_t);
        uint64_t word = 0;
        memcpy(&word, folded->data + i * sizeof word, left < sizeof word ? left : sizeof word);
        sort->words[first + i] = htobe64(word);
    }
    sort->word_count = first + count;
    return (uint32_t)first;
}

/* The place whose rows all say the same in this column; -1: none. Keys without an owner say one of
 * two things. */
static ptrdiff_t place_of(const struct view_sort *sort, const struct inventory *inv, uint32_t row)
{
    if (sort->texts_of == NULL) {
        return -1;
    }
    const struct key_place *key = &inv->index->key_places[row];
    size_t place = sort->by_owner ? key->user : key->workspace;
    return place >= sort->place_count || (sort->by_owner && place == 0) ? -1 : (ptrdiff_t)place;
}

static uint32_t text_at(struct view *view, const struct field_context *ctx, uint32_t row)
{
    struct view_sort *sort = view->sorting;
    ptrdiff_t place = place_of(sort, ctx->inv, row);
    if (place >= 0 && sort->texts_of[place] != 0) {
        return sort->texts_of[place] - 1;
    }
    buf_clear(&view->left.folded);
    view_folded(view, ctx, row, &view->left.folded);
    uint32_t at = add_words(sort, &view->left.folded);
    if (place >= 0) {
        sort->texts_of[place] = at + 1;
    }
    return at;
}

/* True when all rows are items. */
static bool load(struct view *view, const struct field_context *ctx)
{
    struct view_sort *sort = view->sorting;
    const struct field *field = view_field(view);
    for (int n = 0; n < VIEW_BATCH && sort->loaded < sort->len; n++) {
        uint32_t row = view->fresh.items[sort->loaded];
        sort->items[sort->loaded++] = sort->texts ? (struct item){0, row, text_at(view, ctx, row)}
                                                  : (struct item){field->rank(ctx, row), row, 0};
    }
    return sort->loaded == sort->len;
}

/* -- the order -- */

struct remaining {
    const struct view_sort *sort;
    size_t depth;
};

static int compare(const void *a, const void *b, void *arg)
{
    const struct remaining *remaining = arg;
    const struct item *left = a;
    const struct item *right = b;
    uint64_t x = left->word;
    uint64_t y = right->word;
    if (remaining->sort->texts) {
        const uint64_t *left_words = remaining->sort->words + left->text + remaining->depth;
        const uint64_t *right_words = remaining->sort->words + right->text + remaining->depth;
        while ((x = *left_words++) == (y = *right_words++) && (x & 0xff) != 0) {
        }
    }
    return x != y ? (x < y ? -1 : 1) : left->row < right->row ? -1 : left->row > right->row;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Sorts a range that has the same first `depth` words: at once, or byte by byte from now on. */
static void sort_range(struct view_sort *sort, size_t begin, size_t end, size_t depth)
{
    if (end - begin <= FEW) {
        struct remaining remaining = {sort, depth};
        qsort_r(sort->items + begin, end - begin, sizeof *sort->items, compare, &remaining);
        return;
    }
    sort->begin = sort->at = begin;
    sort->end = end;
    sort->pass = PASS_COUNT;
    sort->flipped = false;
    memset(sort->counts, 0, sizeof sort->counts);
    sort->ranges =
        xgrow(sort->ranges, &sort->range_cap, sort->range_count + 1, sizeof *sort->ranges);
    sort->ranges[sort->range_count++] = (struct range){begin, begin, end, depth};
}

static unsigned byte_of(uint64_t word, int number)
{
    return (unsigned)(word >> number * 8 & 0xff);
}

/* Where the items with each value of a byte go; false when all have the same. */
static bool plan_pass(struct view_sort *sort)
{
    uint32_t *counts = sort->counts[sort->pass];
    uint32_t start = 0;
    for (size_t value = 0; value < 256; value++) {
        uint32_t count = counts[value];
        if (count == sort->end - sort->begin) {
            return false;
        }
        counts[value] = start;
        start += count;
    }
    return true;
}

static void next_pass(struct view_sort *sort)
{
    do {
        sort->pass++;
    } while (sort->pass < PASS_BACK && !plan_pass(sort));
    sort->at = sort->pass == PASS_BACK && !sort->flipped ? sort->end : sort->begin;
}

static void count_bytes(struct view_sort *sort, size_t stop, size_t depth)
{
    for (; sort->at < stop; sort->at++) {
        struct item *item = &sort->items[sort->at];
        if (sort->texts) {
            item->word = sort->words[item->text + depth];
        }
        for (int byte = 0; byte < PASS_BACK; byte++) {
            sort->counts[byte][byte_of(item->word, byte)]++;
        }
    }
}

/* One stride of a pass over the range that is sorted byte by byte. */
static void sort_bytes(struct view_sort *sort)
{
    size_t stop = least(sort->at + STRIDE, sort->end);
    struct item *from = sort->flipped ? sort->aux : sort->items;
    struct item *to = sort->flipped ? sort->items : sort->aux;
    if (sort->pass == PASS_COUNT) {
        count_bytes(sort, stop, sort->ranges[sort->range_count - 1].depth);
    } else if (sort->pass == PASS_BACK) {
        memcpy(to + sort->at, from + sort->at, (stop - sort->at) * sizeof *to);
        sort->at = stop;
    } else {
        uint32_t *next = sort->counts[sort->pass];
        for (; sort->at < stop; sort->at++) {
            to[sort->begin + next[byte_of(from[sort->at].word, sort->pass)]++] = from[sort->at];
        }
    }
    if (sort->at < sort->end) {
        return;
    }
    if (sort->pass == PASS_BACK) {
        sort->begin = sort->end = 0;
    } else {
        sort->flipped = sort->pass == PASS_COUNT ? false : !sort->flipped;
        next_pass(sort);
        if (sort->at == sort->end) {
            sort->begin = sort->end = 0;
        }
    }
}

/* Goes on behind what is in order in the innermost range: items with the same word whose texts go
 * on become a range of their own. Gives how many were looked at. */
static size_t next_range(struct view_sort *sort)
{
    struct range *range = &sort->ranges[sort->range_count - 1];
    size_t from = range->same;
    size_t stop = least(from + STRIDE, range->end);
    uint64_t word = range->at < range->end ? sort->items[range->at].word : 0;
    while (range->same < stop && sort->items[range->same].word == word) {
        range->same++;
    }
    size_t looked_at = range->same - from + 1;
    if (range->same == stop && stop < range->end) {
        return looked_at;
    }
    size_t begin = range->at;
    size_t end = range->same;
    size_t depth = range->depth + 1;
    range->at = end;
    if (begin == end) {
        sort->range_count--;
    } else if (end - begin > 1 && sort->texts && (word & 0xff) != 0) {
        sort_range(sort, begin, end, depth);
        looked_at += end - begin <= FEW ? (end - begin) * 8 : 0;
    }
    return looked_at;
}

/* True when the items are in order. */
static bool order(struct view_sort *sort)
{
    for (size_t done = 0; done < STRIDE && sort->range_count > 0;) {
        if (sort->begin < sort->end) {
            sort_bytes(sort);
            done += STRIDE;
        } else {
            done += next_range(sort);
        }
    }
    return sort->range_count == 0;
}

/* -- the whole -- */

static void plan_places(struct view_sort *sort, const struct view *view,
                        const struct inventory *inv)
{
    bool keys = view->list == LIST_KEYS;
    sort->by_owner = keys && view->sort == field_find(LIST_KEYS, "owner");
    if (sort->by_owner || (keys && view->sort == field_find(LIST_KEYS, "workspace"))) {
        sort->place_count = sort->by_owner ? inv->index->users.len : inv->index->workspaces.len;
        sort->texts_of = xcalloc(sort->place_count, sizeof *sort->texts_of);
    }
}

void view_sort_start(struct view *view, const struct inventory *inv)
{
    struct view_sort *sort = xcalloc(1, sizeof *sort);
    view_sort_drop(view);
    view->sorting = sort;
    view->aux.len = 0;
    sort->texts = view_field(view)->rank == NULL;
    sort->len = view->fresh.len;
    sort->items = xreallocarray(NULL, sort->len, sizeof *sort->items);
    sort->aux = xreallocarray(NULL, sort->len, sizeof *sort->aux);
    plan_places(sort, view, inv);
}

void view_sort_drop(struct view *view)
{
    struct view_sort *sort = view->sorting;
    if (sort == NULL) {
        return;
    }
    view_spare(view, sort->items, sort->len * sizeof *sort->items);
    view_spare(view, sort->aux, sort->len * sizeof *sort->aux);
    view_spare(view, sort->words, sort->word_cap * sizeof *sort->words);
    free(sort->texts_of);
    free(sort->ranges);
    free(sort);
    view->sorting = NULL;
}

bool view_sort_some(struct view *view, const struct field_context *ctx)
{
    struct view_sort *sort = view->sorting;
    if (sort->loaded < sort->len) {
        if (load(view, ctx)) {
            sort_range(sort, 0, sort->len, 0);
        }
        return false;
    }
    if (!order(sort)) {
        return false;
    }
    for (int n = 0; n < STRIDE && sort->written < sort->len; n++) {
        rows_push(&view->aux, sort->items[sort->written++].row);
    }
    if (sort->written < sort->len) {
        return false;
    }
    rows_swap(&view->fresh, &view->aux);
    view->aux.len = 0;
    view_sort_drop(view);
    return true;
}
