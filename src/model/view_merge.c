/* Puts the rows that came since among those that are shown, a little at a time. Rows that say the
 * same stay in the order of the list. */
#include <string.h>

#include "base/text.h"
#include "model/view_internal.h"

#include "base/banned.h"

void view_merge_start(struct view *view)
{
    view->i = view->j = 0;
    view->aux.len = 0;
    view->left.known = view->right.known = false;
}

static const char *text_of(struct view *view, const struct field_context *ctx,
                           struct made_text *made, uint32_t row)
{
    if (!made->known || made->row != row) {
        buf_clear(&made->folded);
        view_folded(view, ctx, row, &made->folded);
        made->row = row;
        made->known = true;
    }
    return made->folded.data;
}

static bool comes_first(struct view *view, const struct field_context *ctx, uint32_t a, uint32_t b)
{
    const struct field *field = view_field(view);
    if (field->rank != NULL) {
        uint64_t left = field->rank(ctx, a);
        uint64_t right = field->rank(ctx, b);
        return left != right ? left < right : a < b;
    }
    int order = strcmp(text_of(view, ctx, &view->left, a), text_of(view, ctx, &view->right, b));
    return order != 0 ? order < 0 : a < b;
}

bool view_merge_in(struct view *view, const struct field_context *ctx)
{
    const struct rows *shown = &view->shown;
    const struct rows *fresh = &view->fresh;
    if (view->rebuilding || shown->len == 0) {
        rows_swap(&view->shown, &view->fresh);
        return true;
    }
    for (int n = 0; n < VIEW_BATCH && (view->i < shown->len || view->j < fresh->len); n++) {
        bool left = view->j >= fresh->len ||
                    (view->i < shown->len &&
                     comes_first(view, ctx, shown->items[view->i], fresh->items[view->j]));
        rows_push(&view->aux, left ? shown->items[view->i++] : fresh->items[view->j++]);
    }
    if (view->aux.len < shown->len + fresh->len) {
        return false;
    }
    rows_swap(&view->aux, &view->shown);
    return true;
}
