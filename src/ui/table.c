#include "ui/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/scroll.h"
#include "ui/table_internal.h"

#include "base/banned.h"

#define FILTER_MAX 512
/* One slice of work between two looks at the keyboard. */
#define SLICE_US 1500
#define MARKS_MAX 100000
#define LOOKED_AT 500

struct table *table_new(enum list_kind list, const char *noun)
{
    struct table *table = xcalloc(1, sizeof(*table));

    table->noun = noun;
    table->view = view_new(list);
    table->fields = field_table(list, &table->field_count);
    table->selected = xstrdup("");
    table->before = xstrdup("");
    line_init(&table->line, FILTER_MAX);
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL) {
        return;
    }
    view_free(table->view);
    free(table->selected);
    free(table->before);
    line_done(&table->line);
    marks_done(&table->marks);
    free(table);
}

/* -- selection -- */

static const char *id_at(const struct table *table, const struct inventory *inv, size_t place,
                         char out[ID_TEXT_SIZE])
{
    size_t row;

    if (place >= view_len(table->view)) {
        return "";
    }
    row = view_row(table->view, place);
    if (row >= field_rows(inv, view_list(table->view))) {
        return "";
    }
    return inventory_id_text(inv, field_row_id(inv, view_list(table->view), row), out);
}

static void select_id(struct table *table, const char *id)
{
    xreplace(&table->selected, id);
    table->seeking = true;
}

static void keep_in_sight(struct table *table)
{
    size_t rows = table->rows < 1 ? 1 : (size_t)table->rows;
    size_t len = view_len(table->view);

    if (len == 0) {
        table->place = 0;
        table->top = 0;
        return;
    }
    if (table->place >= len) {
        table->place = len - 1;
    }
    if (table->place < table->top) {
        table->top = table->place;
    }
    if (table->place >= table->top + rows) {
        table->top = table->place - rows + 1;
    }
    if (table->top + rows > len) {
        table->top = len > rows ? len - rows : 0;
    }
}

static void move_to(struct table *table, struct ui *ui, size_t place)
{
    struct inventory *inv = ui_inventory(ui);
    char id[ID_TEXT_SIZE];

    table->place = place;
    keep_in_sight(table);
    if (inv != NULL) {
        select_id(table, id_at(table, inv, table->place, id));
    }
    table->seeking = false;
}

/* How well the words of the filter point at the row of a place: a whole name or mask before a part
 * of a mask, and that before a part of a name. */
static int pointed_at(const struct table *table, const struct field_context *ctx, size_t place)
{
    static const char *const FIELDS[] = {"mask", "name", "mail", "slug"};
    struct buf text;
    int best = 0;

    buf_init(&text, 0);
    for (size_t i = 0; i < sizeof(FIELDS) / sizeof(*FIELDS); i++) {
        int field = field_find(view_list(table->view), FIELDS[i]);
        const char *word;
        int asked;

        buf_clear(&text);
        if (field >= 0) {
            table->fields[field].text(ctx, view_row(table->view, place), &text);
        }
        for (size_t n = 0; (word = view_filter_word(table->view, n, &asked)) != NULL; n++) {
            int worth = field < 0 || (asked >= 0 && asked != field) ? 0
                        : text_casecmp(text.data, word) == 0        ? 3
                        : !text_contains(text.data, word)           ? 0
                        : i == 0                                    ? 2
                                                                    : 1;

            best = worth > best ? worth : best;
        }
    }
    buf_done(&text);
    return best;
}

/* While a filter is typed the cursor goes to what it points at, not to what has the word in its
 * description. Only the first rows are looked at: this is done with every key. */
static void go_to_best(struct table *table, const struct field_context *ctx)
{
    size_t len = view_len(table->view) < LOOKED_AT ? view_len(table->view) : LOOKED_AT;
    int best = table->place < view_len(table->view) ? pointed_at(table, ctx, table->place) : 0;

    for (size_t place = 0; place < len && best < 3; place++) {
        int worth = pointed_at(table, ctx, place);

        if (worth > best) {
            best = worth;
            table->place = place;
        }
    }
}

/* The record stays selected wherever it went; when it is gone, its neighbour is. */
static void find_again(struct table *table, const struct field_context *ctx)
{
    const struct inventory *inv = ctx->inv;
    char id[ID_TEXT_SIZE];
    size_t offset = table->place >= table->top ? table->place - table->top : 0;

    if (table->selected[0] != '\0' &&
        strcmp(id_at(table, inv, table->place, id), table->selected) != 0) {
        ptrdiff_t place = view_find(table->view, inv, inventory_find_id(inv, table->selected));

        if (place >= 0) {
            table->place = (size_t)place;
            table->top = table->place >= offset ? table->place - offset : 0;
        } else if (!view_done(table->view)) {
            return;
        } else if (table->filtering) {
            table->place = 0; /* the best that fits, not whatever came to stand here */
        }
    }
    if (!view_done(table->view)) {
        return;
    }
    if (table->filtering && table_filtered(table)) {
        go_to_best(table, ctx);
    }
    keep_in_sight(table);
    select_id(table, id_at(table, inv, table->place, id));
    table->seeking = false;
    table->filtering = false;
}

/* A row that was asked for by its id may not be shown: that is said, since the cursor goes
 * elsewhere. */
static void say_hidden(struct table *table, struct ui *ui, const struct inventory *inv)
{
    if (!table->asked_for || !view_done(table->view)) {
        return;
    }
    table->asked_for = false;
    if (view_find(table->view, inv, inventory_find_id(inv, table->selected)) < 0) {
        ui_message(ui, false,
                   "The key is not among the rows shown: a filter or a narrowing hides it. "
                   "Esc takes that away.");
    }
}

bool table_prepare(struct table *table, struct ui *ui, const struct view_scope *scope,
                   struct rect area)
{
    struct field_context ctx = ui_context(ui);
    struct inventory *inv = ctx.inv;
    bool done;

    table->rows = area.height - table_head_lines(area.height);
    table->body =
        (struct rect){area.x, area.y + table_head_lines(area.height), area.width, table->rows};
    if (inv == NULL) {
        return false;
    }
    view_set_scope(table->view, scope);
    done = view_work(table->view, &ctx, SLICE_US);
    if (table->seen_generation != inv->generation) {
        table->seen_generation = inv->generation;
        table->seeking = true;
    }
    say_hidden(table, ui, inv);
    if (table->seeking) {
        find_again(table, &ctx);
    }
    keep_in_sight(table);
    return !done;
}

bool table_selected(const struct table *table, const struct ui *ui, size_t *row)
{
    const struct inventory *inv = ui_inventory(ui);
    size_t found;

    if (inv == NULL || table->place >= view_len(table->view)) {
        return false;
    }
    found = view_row(table->view, table->place);
    if (found >= field_rows(inv, view_list(table->view))) {
        return false;
    }
    *row = found;
    return true;
}

const char *table_selected_id(const struct table *table)
{
    return view_len(table->view) == 0 ? "" : table->selected;
}

/* -- the filter -- */

static void apply_filter(struct table *table, struct ui *ui, const char *text)
{
    struct err err = {0};

    if (!view_set_filter(table->view, text, &err)) {
        ui_message(ui, true, "%s", err.text);
        return;
    }
    table->seeking = true;
    table->filtering = true;
}

static void open_filter(struct table *table)
{
    xreplace(&table->before, view_filter_text(table->view));
    line_set(&table->line, table->before);
    table->editing = true;
}

/* A press chooses a row; on the chosen one it opens it. */
static enum pane_result press(struct table *table, struct ui *ui, const struct ui_event *event)
{
    const struct rect *body = &table->body;
    size_t place;

    if (event->number != 1 || event->x < body->x || event->x >= body->x + body->width ||
        event->y < body->y || event->y >= body->y + body->height) {
        return PANE_IGNORED;
    }
    place = table->top + (size_t)(event->y - body->y);
    if (place >= view_len(table->view)) {
        return PANE_IGNORED;
    }
    if (place == table->place) {
        ui_run(ui, ACTION_OPEN);
    } else {
        move_to(table, ui, place);
    }
    return PANE_HANDLED;
}

enum pane_result table_event(struct table *table, struct ui *ui, const struct ui_event *event)
{
    if (event->key == UI_KEY_MOUSE) {
        return press(table, ui, event);
    }
    if (!table->editing) {
        return PANE_IGNORED;
    }
    switch (event->key) {
    case UI_KEY_ESC:
        apply_filter(table, ui, table->before);
        table->editing = false;
        return PANE_HANDLED;
    case UI_KEY_ENTER:
        table->editing = false;
        return PANE_HANDLED;
    case UI_KEY_UP:
    case UI_KEY_DOWN:
    case UI_KEY_PAGE_UP:
    case UI_KEY_PAGE_DOWN:
        return PANE_IGNORED; /* the rows can be walked while the filter is open */
    default:
        break;
    }
    if (line_event(&table->line, event)) {
        apply_filter(table, ui, table->line.text.data);
        return PANE_HANDLED;
    }
    /* Function keys and Tab leave the field and do what they do. */
    table->editing = false;
    return PANE_IGNORED;
}

/* -- sort, columns, marks -- */

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
        const char *label = table->fields[field].label;

        ui_message(ui, false, "Sorted by %s, %s.", strcmp(label, "!") == 0 ? "state" : label,
                   view_sort_descending(table->view) ? "falling" : "rising");
    }
}

/* The next column that is seen; after the last one the server's order. */
static void sort_next(struct table *table, struct ui *ui)
{
    int field = view_sort_field(table->view);

    for (field++; field < (int)table->field_count; field++) {
        if (table->fields[field].sortable && shows(table, ui, field)) {
            break;
        }
    }
    view_set_sort(table->view, field < (int)table->field_count ? field : -1, false);
    table->seeking = true;
    say_sort(table, ui);
}

static void reverse(struct table *table, struct ui *ui)
{
    view_set_sort(table->view, view_sort_field(table->view), !view_sort_descending(table->view));
    table->seeking = true;
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
    move_to(table, ui, table->place + 1);
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
        marks_add(&table->marks, id_at(table, inv, i, id));
    }
    ui_message(ui, false, "%zu marked.", table->marks.len);
}

/* How many of the marked rows are among those that can be seen here. */
static size_t marks_shown(const struct table *table, const struct inventory *inv)
{
    size_t found = 0;
    char id[ID_TEXT_SIZE];

    for (size_t i = 0; i < view_len(table->view) && found < table->marks.len; i++) {
        found += marks_has(&table->marks, id_at(table, inv, i, id)) ? 1 : 0;
    }
    return found;
}

static void copy(const struct table *table, struct ui *ui)
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

    move_to(table, ui, place < 0 ? 0 : (size_t)place);
}

bool table_act(struct table *table, struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_FILTER:
        open_filter(table);
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
    case ACTION_COPY:
        copy(table, ui);
        return true;
    case ACTION_BACK:
        if (!table_filtered(table)) {
            return false;
        }
        apply_filter(table, ui, "");
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
    } else if (field < 0 || !table->fields[field].sortable) {
        ui_message(ui, true, "There is no column %s to sort by.", name);
        free(name);
        return;
    } else {
        view_set_sort(table->view, field, text_contains(rest + len, "desc"));
    }
    free(name);
    table->seeking = true;
    say_sort(table, ui);
}

bool table_command(struct table *table, struct ui *ui, const char *verb, const char *rest)
{
    if (strcmp(verb, "filter") == 0) {
        apply_filter(table, ui, rest);
    } else if (strcmp(verb, "sort") == 0) {
        sort_by_name(table, ui, rest);
    } else if (strcmp(verb, "select") == 0) {
        select_id(table, rest);
        table->asked_for = true;
        table->seeking = true;
    } else {
        return false;
    }
    return true;
}

/* -- small answers -- */

bool table_wide(const struct table *table)
{
    return table->wide;
}

bool table_filtered(const struct table *table)
{
    return view_filter_text(table->view)[0] != '\0';
}

enum list_kind table_list(const struct table *table)
{
    return view_list(table->view);
}

bool table_editing(const struct table *table)
{
    return table->editing;
}

size_t table_marked(const struct table *table)
{
    return table->marks.len;
}

/* The column that takes what is left over names the row. */
bool table_choose_column(struct table *table, size_t number, bool on)
{
    uint64_t bit = UINT64_C(1) << number;

    if (table->fields[number].width == 0) {
        return false;
    }
    table->columns_on = on ? table->columns_on | bit : table->columns_on & ~bit;
    table->columns_off = on ? table->columns_off & ~bit : table->columns_off | bit;
    return true;
}

void table_forget_columns(struct table *table)
{
    table->columns_on = table->columns_off = 0;
}
