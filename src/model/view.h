/* Which rows of a list are shown and in which order: a filter, a narrowing, a sort. Works in
 * slices, so that a million rows never hold up a key. Holds row numbers of one inventory
 * generation; never a pointer into it. */
#ifndef PORTCULLIS_MODEL_VIEW_H
#define PORTCULLIS_MODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/field.h"

/* A parsed filter: all of its terms must hold. A term is a word (anywhere in the fields that take
 * part) or column:value (part of that field, case-blind; of a workspace its slug and id too, of an
 * owner the mail and id), column:=value (the whole of it), column:<value, <=, > and >= (a number, a
 * day 2026-09-01, a span 30d 24h 2w 1y). Values with | between them: one of them must hold. A
 * leading ! inverts the term. "quoted words" keep their blanks and marks.
 *
 * A span counts from now: back for what was (created:<7d), on for what ends (expires:<30d: it has
 * not ended yet). What has no time passes no comparison, what could not be read passes none and
 * none that is inverted. scope:logs.list is a whole name (* for any characters); without a dot any
 * part of one. A mask is looked into with its case where the value has a capital: masks differ by
 * case.
 *
 * A word by itself, not quoted nor inverted, may also stand in a name with other letters between
 * its own: rows of that sort count only where no row has the words as they stand, nor had since the
 * filter was set, so that a part of a mask never leads to another key. */
struct filter;
enum filter_hit {
    HIT_NONE,
    HIT_LETTERS, /* all holds, a word only by its letters in their order */
    HIT_LITERAL, /* all holds as it stands */
};
/* Gives, or NULL with ERR_INVALID that names the column that is not there. "" gives a filter that
 * passes all. */
struct filter *filter_parse(enum list_kind list, const char *text, struct err *err);
void filter_free(struct filter *filter);

/* The characters of a mask: the first of a key and its last. What is looked for in mask: and is
 * longer is more of a secret than a list needs. */
#define FILTER_MASK_HEAD 2
#define FILTER_MASK_TAIL 3
/* From so many characters on a value of mask: is taken for a whole key. */
#define FILTER_KEY_LENGTH 20
/* Appends the filter with each longer value of mask: cut to what masks show: of a whole key both
 * ends (ab*xyz), else its end. True when something was cut. The copy that it makes on the way is
 * wiped. */
bool filter_cut_masks(const char *text, struct buf *out);
/* Is a value of mask: so long that it could be a whole key? */
bool filter_holds_key(const char *text);

/* What rows the view may hold before the filter: those of one workspace, one user, or all. */
struct view_scope {
    bool by_workspace, by_user;
    struct id workspace, user;
};

struct view;
struct view *view_new(enum list_kind list);
void view_free(struct view *view);
/* Each of these restarts the work where the result changes. A text that is no filter (false, with
 * ERR_INVALID) lets no row through until the next one: what was asked for is not known. */
bool view_set_filter(struct view *view, const char *text, struct err *err);
/* Does what passes, or the order, of keys hang on who is a member of what? */
bool view_of_members(const struct view *view);
void view_set_sort(struct view *view, int field,
                   bool descending); /* field -1: the server's order */
void view_set_scope(struct view *view, const struct view_scope *scope);
const char *view_filter_text(const struct view *view);
/* What is wrong with the filter; NULL: nothing. Lends until the next one. */
const char *view_filter_error(const struct view *view);
int view_sort_field(const struct view *view);
bool view_sort_descending(const struct view *view);
enum list_kind view_list(const struct view *view);
/* Is the work done, and do the rows have the words of the filter only by their letters? */
bool view_by_letters(const struct view *view);
/* Is the work done, and did the filter find rows since it was set, of which none is left? */
bool view_lost_all(const struct view *view);
/* The word of the filter with this number, as the filter looks for it, and the field it is looked
 * for in (-1: all that take part); inverted ones are left out. NULL after the last. Lends until the
 * filter changes. */
const char *view_filter_word(const struct view *view, size_t number, int *field);

/* Does up to `budget_us` microseconds of work on this inventory (restarts by itself when the
 * generation differs, but keeps showing the last result until the new one is whole when rows were
 * only added). True when finished. */
bool view_work(struct view *view, const struct field_context *ctx, int64_t budget_us);
bool view_done(const struct view *view);
/* Rows so far, and how many rows the scope holds before the filter. */
size_t view_len(const struct view *view);
size_t view_scope_total(const struct view *view);
/* The list's row number at a place of the view. */
size_t view_row(const struct view *view, size_t place);
/* Where a record stands, or -1: keeps a selection across refreshes. */
ptrdiff_t view_find(const struct view *view, const struct inventory *inv, struct id id);

#endif
