/* The parts of a view: what view.c decides, view_sort.c puts in order and view_merge.c puts in its
 * place. Only for these. */
#ifndef PORTCULLIS_MODEL_VIEW_INTERNAL_H
#define PORTCULLIS_MODEL_VIEW_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/view.h"

/* How much is merged, and how many rows are looked at, between two looks at the clock. */
#define VIEW_BATCH 256

/* Row numbers of the list. */
struct rows {
    uint32_t *items;
    size_t len;
    size_t cap;
};

enum view_step { STEP_SCAN, STEP_SORT, STEP_MERGE_IN, STEP_DONE };

/* A row whose text was made last, so that a merge makes each text once. */
struct made_text {
    struct buf folded;
    bool known;
    uint32_t row;
};

struct view_sort;

/* Memory that is not needed any more: given back a part at a time, for that takes its time too. */
struct spare {
    void *memory;
    size_t size;
};

struct view {
    enum list_kind list;
    struct filter *filter;
    char *filter_text;
    char *filter_error; /* NULL: none */
    int sort;
    bool descending;
    struct view_scope scope;

    enum view_step step;
    uint64_t serial, generation, removals; /* of the inventory whose rows these are */
    size_t scanned;                        /* rows of the list that were looked at */
    size_t scope_total;
    bool fresh_shown;  /* what was shown no longer holds: the new rows are shown as they come */
    struct rows shown; /* sorted */
    struct rows fresh; /* matched, not merged in yet */
    struct rows aux;   /* the other side of a merge */
    bool narrowing;    /* what is shown is looked at again, and closes up in place: */
    size_t source_at, source_len; /* which of its rows are still to come */
    bool rebuilding;              /* shown stays until the new order is whole */
    bool literal;                 /* a row has the filter's words as they stand: only those count */
    bool settled; /* this filter had such a row: its letters never count, though the row goes */
    struct view_sort *sorting; /* NULL but in STEP_SORT */
    size_t i, j;               /* where the merge stands */
    struct made_text left, right;
    struct buf scratch;
    struct spare *spares;
    size_t spare_count, spare_cap;
};

/* Takes the memory: it is freed at once, or bit by bit where it is much. */
void view_spare(struct view *view, void *memory, size_t size);
void rows_push(struct rows *rows, uint32_t row);
void rows_swap(struct rows *a, struct rows *b);

/* The field that is sorted by; NULL: the server's order. */
const struct field *view_field(const struct view *view);
/* Appends the folded text of the sorted column. */
void view_folded(struct view *view, const struct field_context *ctx, uint32_t row, struct buf *out);

void view_sort_start(struct view *view, const struct inventory *inv);
void view_sort_drop(struct view *view);
/* Sorts the fresh rows a little further; true when they are in order. Until then they stay as they
 * were. */
bool view_sort_some(struct view *view, const struct field_context *ctx);

void view_merge_start(struct view *view);
/* Merges the fresh rows into those shown, a little further; true when they are in. */
bool view_merge_in(struct view *view, const struct field_context *ctx);

#endif
