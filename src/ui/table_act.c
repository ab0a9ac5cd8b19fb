/* What can be done in a table: sort, mark, copy, walk, and what the palette says to it. */
#include "ui/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/scroll.h"
#include "ui/table_internal.h"

#include "base/banned.h"

#define MARKS_MAX 100000

static bool shows(const struct table *table, const struct ui *ui, int number)
{
    return (table_columns(table, ui) & UINT64_C(1) << number) != 0;
}

static void say_sort(const struct table *table, struct ui *ui)
{
    int field = view_sort_field(table->view);

    if (field < 0) {
        ui_message(ui, false, "Sorted as the server sends them.");
    } else {
        ui_message(ui, false, "Sorted by %s, %s.", table->fields[field].key,
                   view_sort_descending(table->view) ? "falling" : "rising");
    }
}

/* Another order is read from its begin. */
static void begin_at_top(struct table *table)
{
    table_select_id(table, "");
    table->place = table->top = 0;
    table->seeking = true;
}

/* The next column that is seen; after the last one the server's order. */
static void sort_next(struct table *table, struct ui *ui)
{
    int field = view_sort_field(table->view);

    for (field++; field < (int)table->field_count; field++) {
        if (shows(table, ui, field)) {
            break;
        }
    }
    view_set_sort(table->view, field < (int)table->field_count ? field : -1, false);
    begin_at_top(table);
    say_sort(table, ui);
}

static void reverse(struct table *table, struct ui *ui)
{
    view_set_sort(table->view, view_sort_field(table->view), !view_sort_descending(table->view));
    begin_at_top(table);
    say_sort(table, ui);
}

static void mark_one(struct table *table, struct ui *ui)
{
    const char *id = table_selected_id(table);

    if (id[0] == '\0') {
        return;
    }
    if (marks_has(&table->marks, id)) {
        marks_remove(&table->marks, id);
    } else {
        marks_add(&table->marks, id);
    }
    table_move_to(table, ui, table->place + 1);
}

static void mark_all(struct table *table, struct ui *ui)
{
    struct inventory *inv = ui_inventory(ui);
    size_t len = view_len(table->view);
    char id[ID_TEXT_SIZE];

    if (inv == NULL) {
        return;
    }
    if (len > MARKS_MAX) {
        ui_message(ui, true, "%zu rows are too many to mark: filter them first (up to %d).", len,
                   MARKS_MAX);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        marks_add(&table->marks, table_id_at(table, inv, i, id));
    }
    ui_message(ui, false, "%zu marked.", table->marks.len);
}

/* How many of the marked rows are among those that can be seen here. */
static size_t marks_shown(const struct table *table, const struct inventory *inv)
{
    size_t found = 0;
    char id[ID_TEXT_SIZE];

    for (size_t i = 0; i < view_len(table->view) && found < table->marks.len; i++) {
        found += marks_has(&table->marks, table_id_at(table, inv, i, id)) ? 1 : 0;
    }
    return found;
}

void table_copy_ids(const struct table *table, struct ui *ui)
{
    const struct inventory *inv = ui_inventory(ui);
    size_t count = table->marks.len;
    size_t hidden = inv == NULL ? 0 : count - marks_shown(table, inv);
    struct buf text;

    buf_init(&text, 0);
    marks_list(&table->marks, &text);
    if (count == 0) {
        buf_adds(&text, table_selected_id(table));
    }
    ui_copy(ui, text.data, false);
    if (hidden > 0) {
        ui_message(ui, false, COPIED "%zu ids, %zu of them not shown %s.", count, hidden,
                   table_filtered(table) ? "by the filter" : "in this list");
    } else if (count > 0) {
        ui_message(ui, false, COPIED "%zu id%s, of the marked rows.", count, count == 1 ? "" : "s");
    }
    buf_done(&text);
}

static void walk(struct table *table, struct ui *ui, enum action action)
{
    ptrdiff_t place =
        (ptrdiff_t)table->place + scroll_step(action, table->rows, view_len(table->view));

    table_move_to(table, ui, place < 0 ? 0 : (size_t)place);
}

/* A column further, as long as there is one out of sight on that side. */
static void scroll_sideways(struct table *table, struct ui *ui, int step)
{
    int left, right;

    table_fitting(table, ui, &left, &right);
    if (left + right == 0) {
        ui_message(ui, false, "All columns that are chosen are seen: c chooses more%s.",
                   table->wide ? "" : ", w takes all the room for them");
        return;
    }
    /* What could not be scrolled away is not scrolled back either. */
    table->shift = left;
    if (step < 0 ? left > 0 : right > 0) {
        table->shift += step;
    }
}

bool table_act(struct table *table, struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_LEFT:
        scroll_sideways(table, ui, -1);
        return true;
    case ACTION_RIGHT:
        scroll_sideways(table, ui, 1);
        return true;
    case ACTION_FILTER:
        table_open_filter(table);
        return true;
    case ACTION_SORT:
        sort_next(table, ui);
        return true;
    case ACTION_SORT_REVERSE:
        reverse(table, ui);
        return true;
    case ACTION_WIDE:
        table->wide = !table->wide;
        return true;
    case ACTION_MARK:
        mark_one(table, ui);
        return true;
    case ACTION_MARK_ALL:
        mark_all(table, ui);
        return true;
    case ACTION_MARK_NONE:
        marks_clear(&table->marks);
        return true;
    case ACTION_BACK:
        if (!table_filtered(table)) {
            return false;
        }
        table_apply_filter(table, ui, "");
        return true;
    default:
        if (scroll_is(action)) {
            walk(table, ui, action);
        }
        return scroll_is(action);
    }
}

bool table_can(const struct table *table, enum action action)
{
    switch (action) {
    case ACTION_FILTER:
    case ACTION_SORT:
    case ACTION_SORT_REVERSE:
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_WIDE:
    case ACTION_COLUMNS:
    case ACTION_MARK_NONE:
        return true;
    case ACTION_MARK:
    case ACTION_MARK_ALL:
    case ACTION_COPY:
        return view_len(table->view) > 0;
    case ACTION_BACK:
        return table_filtered(table);
    default:
        return scroll_is(action);
    }
}

static void sort_by_name(struct table *table, struct ui *ui, const char *rest)
{
    size_t len = strcspn(rest, " ");
    char *name = xstrndup(rest, len);
    int field = field_find(view_list(table->view), name);

    if (name[0] == '\0') {
        view_set_sort(table->view, -1, false);
    } else if (field < 0) {
        ui_message(ui, true, "There is no column %s to sort by.", name);
        free(name);
        return;
    } else {
        view_set_sort(table->view, field, text_contains(rest + len, "desc"));
    }
    free(name);
    begin_at_top(table);
    say_sort(table, ui);
}

bool table_command(struct table *table, struct ui *ui, const char *verb, const char *rest)
{
    if (strcmp(verb, "filter") == 0) {
        table_apply_filter(table, ui, rest);
    } else if (strcmp(verb, "sort") == 0) {
        sort_by_name(table, ui, rest);
    } else if (strcmp(verb, "select") == 0) {
        table_select_id(table, rest);
        table->asked_for = true;
        table->seeking = true;
    } else {
        return false;
    }
    return true;
}
