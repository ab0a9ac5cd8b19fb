#include "ui/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/table_internal.h"

#include "base/banned.h"

#define FILTER_MAX 512
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
    table->page = table_page_new();
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
    table_page_free(table->page);
    free(table);
}

/* -- selection -- */

const char *table_id_at(const struct table *table, const struct inventory *inv, size_t place,
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

void table_select_id(struct table *table, const char *id)
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

void table_move_to(struct table *table, struct ui *ui, size_t place)
{
    struct inventory *inv = ui_inventory(ui);
    char id[ID_TEXT_SIZE];

    table->place = place;
    keep_in_sight(table);
    if (inv != NULL) {
        table_select_id(table, table_id_at(table, inv, table->place, id));
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
        strcmp(table_id_at(table, inv, table->place, id), table->selected) != 0) {
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
    table_select_id(table, table_id_at(table, inv, table->place, id));
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
    done = view_work(table->view, &ctx, ui_slice_us(ui));
    if (table->seen_generation != inv->generation) {
        enum list_kind list = view_list(table->view);

        table->seen_generation = inv->generation;
        /* With each page of a list that is loaded it would be looked at anew. */
        table->order = inv->lists[list].progress == PROGRESS_LOADING ? ORDER_OTHER
                                                                     : inventory_order(inv, list);
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

void table_apply_filter(struct table *table, struct ui *ui, const char *text)
{
    struct err err = {0};
    struct buf cut;

    /* No more of a key is kept than a mask shows. What is no filter lets nothing through, and says
     * so until it is one. */
    buf_init(&cut, 0);
    filter_cut_masks(text, &cut);
    if (!view_set_filter(table->view, cut.data, &err)) {
        ui_message(ui, true, "%s", err.text);
    }
    buf_done(&cut);
    table->seeking = true;
    table->filtering = true;
    if (table_filtered(table)) { /* without one the row that was found stays */
        table_select_id(table, "");
        table->place = table->top = 0;
    }
}

void table_open_filter(struct table *table)
{
    xreplace(&table->before, view_filter_text(table->view));
    line_set(&table->line, table->before);
    table->editing = true;
}

void table_forget(struct table *table)
{
    view_set_filter(table->view, "", NULL);
    marks_clear(&table->marks);
    xreplace(&table->selected, "");
    table->place = table->top = 0;
    table->editing = table->filtering = table->asked_for = false;
    table->seeking = true;
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
        table_move_to(table, ui, place);
    }
    return PANE_HANDLED;
}

/* A key that is pasted behind mask: is cut to what masks show before anything else sees it. */
static void cut_masks(struct line *line)
{
    struct buf text;

    buf_init(&text, 0);
    if (filter_cut_masks(line->text.data, &text)) {
        memset(line->text.data, 0, line->text.len);
        line_set(line, text.data);
    }
    buf_done(&text);
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
        table_apply_filter(table, ui, table->before);
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
    case UI_KEY_CTRL:
        if (event->number == 'l') {
            return PANE_IGNORED; /* to draw the screen again leaves no field */
        }
        break;
    default:
        break;
    }
    if (line_event(&table->line, event)) {
        cut_masks(&table->line);
        table_apply_filter(table, ui, table->line.text.data);
        return PANE_HANDLED;
    }
    /* Function keys and Tab leave the field and do what they do. */
    table->editing = false;
    return PANE_IGNORED;
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
