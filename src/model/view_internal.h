/* The parts of a view: what view.c decides and view_sort.c puts in order. Only for these two. */
#ifndef PORTCULLIS_MODEL_VIEW_INTERNAL_H
#define PORTCULLIS_MODEL_VIEW_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/view.h"

/* How much is merged, and how many rows are looked at, between two looks at the clock. */
#define VIEW_BATCH 256

/* A row with the start of its text, so that most comparisons never look at the row. */
struct entry {
    uint64_t prefix;
    uint32_t row;
    uint32_t group; /* rows of the same group have the same text; 0: not known */
};

struct entries {
    struct entry *items;
    size_t len;
    size_t cap;
};

enum view_step { STEP_SCAN, STEP_RUNS, STEP_MERGE_RUNS, STEP_MERGE_IN, STEP_DONE };

/* Whose place tells that two keys have the same text in the sorted column. */
enum view_group { GROUP_NONE, GROUP_WORKSPACE, GROUP_OWNER };

struct view {
    enum list_kind list;
    struct filter *filter;
    char *filter_text;
    int sort;
    enum view_group group;
    bool descending;
    struct view_scope scope;

    enum view_step step;
    uint64_t serial, generation, removals; /* of the inventory whose rows these are */
    size_t scanned;                        /* rows of the list that were looked at */
    size_t scope_total;
    bool fresh_shown;     /* what was shown no longer holds: the new rows are shown as they come */
    struct entries shown; /* sorted */
    struct entries fresh; /* matched, not merged in yet */
    struct entries aux;   /* the other side of a merge */
    bool narrowing;       /* what is shown is looked at again, and closes up in place: */
    size_t source_at, source_len; /* which of its rows are still to come */
    bool rebuilding;              /* shown stays until the new order is whole */
    size_t at, width, i, j;       /* where the sort or the merge stands */
    struct buf left, right;       /* scratch, so that no comparison needs an allocation */
};

void entries_push(struct entries *entries, struct entry entry);
void entries_swap(struct entries *a, struct entries *b);

/* What the sorted column says of a row. */
struct entry view_entry(struct view *view, const struct field_context *ctx, uint32_t row);
void view_sort_start(struct view *view);
/* Sorts the next run of the fresh rows; true when that was the last. */
bool view_sort_run(struct view *view, const struct field_context *ctx);
void view_merge_start(struct view *view);
/* Merges the runs a little further; true when the fresh rows are one run. */
bool view_merge_runs(struct view *view, const struct field_context *ctx);
/* Merges the fresh rows into those shown, a little further; true when they are in. */
bool view_merge_in(struct view *view, const struct field_context *ctx);

#endif
