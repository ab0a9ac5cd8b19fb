/* How a table looks: which columns fit, its rows, its line of filter, sort and counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/field_style.h"
#include "ui/table_internal.h"

#include "base/banned.h"

/* Columns below which a name says nothing. */
#define NAME_MIN 16
#define NAME_MIN_SMALL 8
#define SMALL 60
/* Columns of the filter while it is typed. */
#define FILTER_LEAST 14
/* And of one that is set, with its name before it. */
#define FILTER_SEEN 20

int table_head_lines(int height)
{
    return height >= 8 ? 2 : 1;
}

static enum field_width width_class(int screen)
{
    return screen >= 140 ? FIELD_L : screen >= 100 ? FIELD_M : FIELD_S;
}

uint64_t table_columns(const struct table *table, const struct ui *ui)
{
    enum field_width klass = table->wide ? FIELD_L : width_class(ui_width(ui));
    uint64_t columns = 0;

    for (size_t i = 0; i < table->field_count && i < 64; i++) {
        if (table->fields[i].from <= klass) {
            columns |= UINT64_C(1) << i;
        }
    }
    return (columns | table->columns_on) & ~table->columns_off;
}

static int wanted(const struct field *field, int screen)
{
    return screen >= 160 && field->wide > 0 ? field->wide : field->width;
}

/* A number that is cut is another number: its column is as wide as the rows that are seen need. */
static int widest_seen(const struct table *table, const struct field_context *ctx,
                       const struct field *field, int width)
{
    size_t end = table->top + (size_t)(table->rows < 0 ? 0 : table->rows);
    struct buf text;

    buf_init(&text, 0);
    for (size_t place = table->top; place < end && place < view_len(table->view); place++) {
        size_t row = view_row(table->view, place);
        int needs;

        if (row >= field_rows(ctx->inv, view_list(table->view))) {
            break;
        }
        buf_clear(&text);
        field->text(ctx, row, &text);
        needs = text_width(text.data);
        width = needs > width ? needs : width;
    }
    buf_done(&text);
    return width;
}

/* The columns wanted, with their widths; a width of 0 takes what is left. Returns the columns of
 * all others. */
static int collect(const struct table *table, const struct ui *ui, struct table_column *out,
                   size_t *count, int *greedy)
{
    struct field_context ctx = ui_context(ui);
    uint64_t columns = table_columns(table, ui);
    int used = 0;

    *greedy = -1;
    *count = 0;
    for (size_t i = 0; i < table->field_count && *count < TABLE_COLUMNS_MAX; i++) {
        const struct field *field = &table->fields[i];

        if (i >= 64 || (columns & UINT64_C(1) << i) == 0) {
            continue;
        }
        out[*count] = (struct table_column){field, (int)i, 0, wanted(field, ui_width(ui))};
        if (field->right && ctx.inv != NULL) {
            out[*count].width = widest_seen(table, &ctx, field, out[*count].width);
        }
        if (field->width == 0 && *greedy < 0) {
            *greedy = (int)*count;
        }
        used += out[*count].width + 1;
        (*count)++;
    }
    return used;
}

/* What gives way first: the last column that nobody asked for, then the last. */
static size_t least_wanted(const struct table *table, const struct table_column *columns,
                           size_t count)
{
    for (size_t i = count; i > 1; i--) {
        if ((table->columns_on & UINT64_C(1) << columns[i - 1].number) == 0 &&
            columns[i - 1].field->width > 0) {
            return i - 1;
        }
    }
    return count - 1;
}

static void take_out(struct table_column *columns, size_t *count, size_t number, int *greedy)
{
    memmove(&columns[number], &columns[number + 1], (*count - number - 1) * sizeof(*columns));
    --*count;
    *greedy = *greedy == (int)number ? -1 : *greedy > (int)number ? *greedy - 1 : *greedy;
}

/* The columns up to the name stay where they are; that many behind it are out of sight on the left.
 * Fewer where the last one would be seen without that. Returns how many went. */
static int shift_out(struct table_column *columns, size_t *count, int *greedy, int shift, int *used,
                     int room)
{
    size_t first = *greedy < 0 ? 0 : (size_t)*greedy + 1;
    int gone = 0;

    while (gone<shift && * used> room && first + 1 < *count) {
        *used -= columns[first].width + 1;
        take_out(columns, count, first, greedy);
        gone++;
    }
    return gone;
}

static void place_columns(struct table_column *columns, size_t count, int greedy, int rest)
{
    int x = 1;

    if (greedy >= 0 && rest > 0) {
        columns[greedy].width = rest;
    }
    for (size_t i = 0; i < count; i++) {
        columns[i].x = x;
        x += columns[i].width + 1;
    }
}

/* Which columns fit, and how many of those that were wanted are out of sight on either side. Those
 * that nobody asked for by name give way first, but when the rest was scrolled to. */
static struct table_layout lay_out(const struct table *table, const struct ui *ui, int width)
{
    struct table_layout out = {0};
    int least = width < SMALL ? NAME_MIN_SMALL : NAME_MIN;
    int greedy;
    int used = collect(table, ui, out.columns, &out.count, &greedy) + 1;

    least = greedy >= 0 ? least : 0;
    if (out.count > 1 && used + least > width) {
        out.left = shift_out(out.columns, &out.count, &greedy, table->shift, &used, width - least);
    }
    while (out.count > 1 && used + least > width) {
        size_t goes = out.left > 0 ? out.count - 1 : least_wanted(table, out.columns, out.count);

        used -= out.columns[goes].width + 1;
        take_out(out.columns, &out.count, goes, &greedy);
        out.right++;
    }
    place_columns(out.columns, out.count, greedy, width - used);
    return out;
}

uint64_t table_fitting(const struct table *table, const struct ui *ui, int *left, int *right)
{
    struct table_layout layout = lay_out(table, ui, table->body.width);
    uint64_t columns = 0;

    for (size_t i = 0; i < layout.count; i++) {
        columns |= UINT64_C(1) << layout.columns[i].number;
    }
    *left = layout.left;
    *right = layout.right;
    return columns;
}

/* "< 2 more" and "3 more >" in the rule below the heads; without one the signs alone. */
static void draw_more(struct canvas *canvas, struct rect area, const struct table_layout *layout)
{
    char right[32];

    if (table_head_lines(area.height) > 1) {
        canvas_hline(canvas, area.x, area.y + 1, area.width);
        if (layout->left > 0) {
            canvas_textf(canvas, area.x + 1, area.y + 1, STYLE_KEY, "< %d more", layout->left);
        }
        snprintf(right, sizeof(right), "%d more >", layout->right);
        if (layout->right > 0) {
            canvas_text(canvas, area.x + area.width - 1 - (int)strlen(right), area.y + 1, right,
                        STYLE_KEY);
        }
        return;
    }
    if (layout->left > 0) {
        canvas_text(canvas, area.x, area.y, "<", STYLE_KEY);
    }
    if (layout->right > 0) {
        canvas_text(canvas, area.x + area.width - 1, area.y, ">", STYLE_KEY);
    }
}

static void draw_heads(const struct table *table, struct canvas *canvas, struct rect area,
                       const struct table_layout *layout)
{
    int sort = view_sort_field(table->view);

    canvas_fill(canvas, (struct rect){area.x, area.y, area.width, 1}, STYLE_HEADER);
    for (size_t i = 0; i < layout->count; i++) {
        const struct table_column *column = &layout->columns[i];
        int width = text_width(column->field->label);
        int x = area.x + column->x +
                (column->field->right && width < column->width ? column->width - width : 0);

        x +=
            canvas_fit(canvas, x, area.y, column->width, column->field->label, STYLE_HEADER, false);
        /* The mark has the gap behind the column where the head fills it. */
        if (column->number == sort) {
            canvas_text(canvas, x, area.y, view_sort_descending(table->view) ? "v" : "^",
                        STYLE_HEADER);
        }
    }
    draw_more(canvas, area, layout);
}

/* Draws what the filter looks for once more where it stands in what was drawn. */
static void draw_hits(const struct table *table, struct canvas *canvas, int x, int y,
                      const struct table_column *column, const char *text, enum style style)
{
    const char *word;
    int field;

    for (size_t n = 0; (word = view_filter_word(table->view, n, &field)) != NULL; n++) {
        int start = 0;
        size_t bytes;
        int columns;

        if ((field >= 0 ? field != column->number : column->field->search == SEARCH_NO) ||
            !text_contains(text, word)) {
            continue;
        }
        for (const char *at = text; (bytes = text_next(at, &columns)) > 0; at += bytes) {
            char *part = xstrndup(at, text_cut(at, text_width(word), NULL));
            int width = text_width(part);

            if (text_casecmp(part, word) == 0 && start + width <= column->width) {
                canvas_text(canvas, x + start, y, part, style);
            }
            free(part);
            start += columns;
        }
    }
}

static bool is_name(const struct field *field)
{
    return field->search == SEARCH_FUZZY || strcmp(field->key, "workspace") == 0 ||
           strcmp(field->key, "owner") == 0;
}

static void collect_names(const struct table *table, const struct field_context *ctx,
                          const struct table_column *column, size_t count, struct table_names *out)
{
    size_t rows = field_rows(ctx->inv, view_list(table->view));
    struct field_context fitted = *ctx;

    fitted.room = column->width;
    if (!is_name(column->field)) {
        return;
    }
    out->texts = xcalloc(count, sizeof(*out->texts));
    for (size_t i = 0; i < count; i++) {
        size_t row = view_row(table->view, table->top + i);
        struct buf text;

        buf_init(&text, 0);
        if (row < rows) {
            column->field->text(&fitted, row, &text);
        }
        out->texts[out->count++] = xstrdup(text.data);
        buf_done(&text);
    }
}

/* What stands in brackets at the end is kept whole: it tells which one is meant. */
static void cut_name(const struct table_names *names, size_t number, int width, struct buf *out)
{
    const char *text = names->texts[number];
    const char *bracket = strrchr(text, '(');
    bool keep = bracket != NULL && bracket > text && bracket[-1] == ' ' &&
                text[strlen(text) - 1] == ')' && text_width(bracket) + 1 <= width / 2;
    const char **others;
    size_t count = 0;
    char *before;

    if (text_width(text) <= width) {
        buf_adds(out, text);
        return;
    }
    others = xcalloc(names->count, sizeof(*others));
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->texts[i], text) != 0) {
            others[count++] = names->texts[i];
        }
    }
    before = keep ? xstrndup(text, (size_t)(bracket - text) - 1) : xstrdup(text);
    text_cut_apart(before, others, count, keep ? width - text_width(bracket) - 1 : width, out);
    buf_addf(out, "%s%s", keep ? " " : "", keep ? bracket : "");
    free(before);
    free(others);
}

static void cell_text(const struct field_context *ctx, const struct table_column *column,
                      size_t row, struct buf *out)
{
    struct field_context fitted = *ctx;
    struct buf whole;

    fitted.room = column->width;
    buf_init(&whole, 0);
    column->field->text(&fitted, row, &whole);
    text_shorten(whole.data, column->width, out);
    buf_done(&whole);
}

/* number: of the row among those that are seen. */
static void draw_cell(const struct table *table, const struct field_context *ctx,
                      struct canvas *canvas, int y, const struct table_column *column,
                      const struct table_names *names, const struct table_row *row, size_t number,
                      struct buf *text)
{
    enum style style = STYLE_MARKED;
    int x = column->x;
    int width;

    buf_clear(text);
    if (names->texts != NULL) {
        cut_name(names, number, column->width, text);
    } else {
        cell_text(ctx, column, row->row, text);
    }
    width = text_width(text->data);
    if (column->field->right && width < column->width) {
        x += column->width - width;
    }
    if (!row->marked) {
        style = field_style(column->field, ctx, row->row, text->data);
    }
    canvas_fit(canvas, x, y, column->x + column->width - x, text->data, style, false);
    if (table_filtered(table)) {
        draw_hits(table, canvas, x, y, column, text->data, STYLE_HIT);
    }
}

/* number: of the row among those that are seen. Over whatever stood in its line. */
static void draw_row(const struct table *table, const struct field_context *ctx, int y,
                     size_t number)
{
    const struct table_page *page = table->page;
    const struct table_row *row = &page->rows[number];
    struct buf text;

    canvas_fill(page->cells, (struct rect){0, y, page->look.width, 1}, STYLE_NORMAL);
    if (row->row >= field_rows(ctx->inv, view_list(table->view))) {
        return;
    }
    buf_init(&text, 0);
    for (size_t i = 0; i < page->layout.count; i++) {
        draw_cell(table, ctx, page->cells, y, &page->layout.columns[i], &page->names[i], row,
                  number, &text);
    }
    canvas_text(page->cells, 0, y, row->marked ? "*" : " ", STYLE_MARKED);
    buf_done(&text);
}

/* Where not all rows are here, that none matches is true of these alone. */
static bool is_held(const struct inventory *inv, enum list_kind list)
{
    char why[INVENTORY_WHY_SIZE];

    return list == LIST_KEYS ? inventory_keys_held(inv, why, sizeof(why))
                             : inv->lists[list].progress == PROGRESS_COMPLETE;
}

/* Why there is nothing: no organisation is open, the filter, or what the pane says. */
static void draw_empty(const struct table *table, const struct inventory *inv,
                       struct canvas *canvas, struct rect area, const char *empty)
{
    struct rect inside = {area.x + 1, area.y, area.width - 2, area.height};

    if (inv != NULL && !view_done(table->view)) {
        canvas_wrap(canvas, inside, "Looking..", STYLE_DIM);
    } else if (inv != NULL && view_filter_error(table->view) != NULL) {
        canvas_wrap(canvas, inside, view_filter_error(table->view), STYLE_WARN);
    } else if (inv != NULL && table_filtered(table) && view_scope_total(table->view) > 0) {
        char *text = xasprintf(
            "0 %s%s match `%s`%s. %zu without the filter%s: Esc clears it.",
            is_held(inv, table_list(table)) ? "" : "of the ", table->noun,
            view_filter_text(table->view),
            view_lost_all(table->view) ? ": what it found is not here any more" : "",
            view_scope_total(table->view),
            is_held(inv, table_list(table)) ? "" : ", and there may be more that are not here");

        canvas_wrap(canvas, inside, text, STYLE_NORMAL);
        free(text);
    } else {
        canvas_wrap(canvas, inside, empty, STYLE_NORMAL);
    }
}

static struct table_look look_of(const struct table *table, const struct ui *ui,
                                 const struct canvas *canvas, struct rect area)
{
    return (struct table_look){
        .inventory = ui_look(ui),
        .width = area.width,
        .height = area.height,
        .screen = ui_width(ui),
        .columns = table_columns(table, ui),
        .sort = view_sort_field(table->view),
        .descending = view_sort_descending(table->view),
        .ascii = canvas_ascii(canvas),
        .top = table->top,
        .shift = table->shift,
    };
}

static struct table_row row_at(const struct table *table, const struct inventory *inv, size_t place)
{
    enum list_kind list = view_list(table->view);
    struct table_row row = {.row = view_row(table->view, place)};
    char id[ID_TEXT_SIZE];

    row.marked =
        table->marks.len > 0 && row.row < field_rows(inv, list) &&
        marks_has(&table->marks, inventory_id_text(inv, field_row_id(inv, list, row.row), id));
    return row;
}

static void draw_page(const struct table *table, const struct ui *ui, struct rect area)
{
    struct table_page *page = table->page;
    struct field_context ctx = ui_context(ui);
    int head = table_head_lines(area.height);

    page->layout = lay_out(table, ui, area.width);
    for (size_t i = 0; i < page->layout.count; i++) {
        collect_names(table, &ctx, &page->layout.columns[i], page->seen, &page->names[i]);
    }
    draw_heads(table, page->cells, (struct rect){0, 0, area.width, area.height}, &page->layout);
    for (size_t i = 0; i < page->seen; i++) {
        draw_row(table, &ctx, head + (int)i, i);
    }
}

static void draw_rows(const struct table *table, const struct ui *ui, struct canvas *canvas,
                      struct rect area)
{
    struct table_page *page = table->page;
    struct field_context ctx = ui_context(ui);
    int head = table_head_lines(area.height);
    size_t len = view_len(table->view) - table->top;
    size_t seen = area.height > head ? (size_t)(area.height - head) : 0;
    struct table_look look = look_of(table, ui, canvas, area);
    struct table_row *rows;

    seen = seen < len ? seen : len;
    rows = xcalloc(seen + 1, sizeof(*rows));
    for (size_t i = 0; i < seen; i++) {
        rows[i] = row_at(table, ctx.inv, table->top + i);
    }
    if (!table_page_holds(page, &look, view_filter_text(table->view), rows, seen)) {
        draw_page(table, ui, area);
    }
    for (size_t i = 0; i < seen; i++) {
        if (rows[i].marked != page->rows[i].marked) {
            page->rows[i] = rows[i];
            draw_row(table, &ctx, head + (int)i, i);
        }
    }
    free(rows);
    canvas_put(canvas, area.x, area.y, page->cells);
    if (table->place >= table->top && table->place - table->top < seen) {
        int y = area.y + head + (int)(table->place - table->top);

        canvas_restyle(canvas, (struct rect){area.x, y, area.width, 1}, STYLE_SELECTED, STYLE_HIT,
                       STYLE_HIT_SELECTED);
    }
}

void table_draw(const struct table *table, const struct ui *ui, struct canvas *canvas,
                struct rect area, const char *empty)
{
    const struct inventory *inv = ui_inventory(ui);
    struct table_layout layout;
    int head = table_head_lines(area.height);

    if (inv != NULL && table->top < view_len(table->view)) {
        draw_rows(table, ui, canvas, area);
        return;
    }
    layout = lay_out(table, ui, area.width);
    draw_heads(table, canvas, area, &layout);
    if (inv == NULL || view_len(table->view) == 0) {
        draw_empty(table, inv, canvas,
                   (struct rect){area.x, area.y + head, area.width, area.height - head}, empty);
    }
}

/* Is the list narrowed to a workspace whose members could not be read? */
static bool unread_here(const struct ui *ui, const struct inventory *inv)
{
    int row =
        ui_workspace(ui)[0] == '\0' ? -1 : inventory_find_workspace_text(inv, ui_workspace(ui));

    return row >= 0 && (inv->member_states[row].progress == PROGRESS_REFUSED ||
                        inv->member_states[row].progress == PROGRESS_FAILED);
}

/* Are all rows of the list held? That some of them were not understood is another matter. */
static bool all_held(const struct inventory *inv, enum list_kind list)
{
    char why[INVENTORY_WHY_SIZE];

    return list == LIST_KEYS ? inventory_keys_held(inv, why, sizeof(why))
                             : inv->lists[list].progress == PROGRESS_COMPLETE;
}

const char *table_one_of(const char *noun)
{
    static const char *const WORDS[][2] = {
        {"keys", "key"}, {"people", "person"}, {"members", "member"}, {"workspaces", "workspace"}};

    for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
        if (strcmp(WORDS[i][0], noun) == 0) {
            return WORDS[i][1];
        }
    }
    return noun;
}

/* "12 members of tools" */
static void add_place(const struct table *table, const struct ui *ui, struct buf *out)
{
    if (view_list(table->view) == LIST_MEMBERS && ui_workspace(ui)[0] != '\0') {
        buf_addf(out, " of %s", ui_workspace_name(ui));
    }
}

/* How much of the counts is said, the less the narrower. */
enum counts { COUNTS_PLACE, COUNTS_TOTAL, COUNTS_MARKS, COUNTS_ALL };

/* "57/150": the row under the cursor, of those shown. */
static void add_position(const struct table *table, struct buf *out)
{
    size_t len = view_len(table->view);

    buf_addf(out, "%zu/%zu", len == 0 ? 0 : table->place + 1, len);
}

static void add_noun(const struct table *table, const struct ui *ui, size_t of, struct buf *out)
{
    buf_addf(out, " %s", of == 1 ? table_one_of(table->noun) : table->noun);
    add_place(table, ui, out);
    if (table_filtered(table) && view_by_letters(table->view)) {
        buf_adds(out, ", fuzzy");
    }
}

/* "57/150 keys", "3/12 of 318 keys", "57/150 of ? keys", "3/12 of 40? keys"; while it loads
 * "57/400 keys, 400 of 318000 so far". */
static void add_counts(const struct table *table, const struct ui *ui, enum counts counts,
                       struct buf *out)
{
    const struct inventory *inv = ui_inventory(ui);
    const struct list_state *state = &inv->lists[view_list(table->view)];
    size_t scope = view_scope_total(table->view);
    bool all = counts == COUNTS_ALL;
    bool unread = view_list(table->view) == LIST_MEMBERS && unread_here(ui, inv);
    bool loading = state->progress == PROGRESS_LOADING;

    if (!inventory_list_read(inv, view_list(table->view))) {
        buf_addf(out, all ? "? %s" : "?", table->noun);
        return;
    }
    add_position(table, out);
    if (counts == COUNTS_PLACE) {
        return;
    }
    if (unread) {
        buf_adds(out, " of ?"); /* those of the organisation alone are shown */
    } else if (table_filtered(table)) {
        buf_addf(out, " of %zu", scope);
    }
    if (!unread && !loading && !all_held(inv, view_list(table->view))) {
        /* Of how many is not known. */
        buf_adds(out, table_filtered(table) || scope < state->counted ? "?" : " of ?");
    }
    if (all) {
        add_noun(table, ui, unread || loading ? 0 : scope, out);
    }
    if (all && loading) {
        buf_addf(out, state->total >= 0 ? ", %zu of %lld so far" : ", %zu so far", state->counted,
                 (long long)state->total);
    }
    if (counts >= COUNTS_MARKS && table->marks.len > 0) {
        buf_addf(out, "  %zu marked", table->marks.len);
    }
}

/* Columns without which the filter says nothing; 0 where there is none. */
static int filter_least(const struct table *table, const struct ui *ui)
{
    int width = text_width("filter: ") + text_width(view_filter_text(table->view));

    if (!table_filtered(table) || ui_width(ui) < SMALL) {
        return 0;
    }
    return 2 + (width < FILTER_SEEN ? width : FILTER_SEEN);
}

int table_status_least(const struct table *table, const struct ui *ui)
{
    struct buf text;
    int width = 0;

    buf_init(&text, 0);
    if (ui_inventory(ui) != NULL) {
        add_counts(table, ui, COUNTS_TOTAL, &text);
        width = text_width(text.data);
    }
    buf_done(&text);
    return width + filter_least(table, ui);
}

/* In what order the server sends them; people who are known by their workspaces alone stand in that
 * of the workspaces. */
static const char *order_words(const struct table *table, const struct inventory *inv)
{
    if (!inventory_list_read(inv, view_list(table->view)) ||
        inv->lists[view_list(table->view)].progress == PROGRESS_LOADING) {
        return "";
    }
    if (view_list(table->view) == LIST_USERS && inv->user_count > 0 && inv->users[0].of_members) {
        return "by workspace";
    }
    return table->order == ORDER_NEWEST_FIRST   ? "newest first"
           : table->order == ORDER_OLDEST_FIRST ? "oldest first"
                                                : "server's order";
}

/* "newest first  filter: gira": what does not fit beside the other is left out, the filter last. */
static void add_order(const struct table *table, const struct inventory *inv, int width,
                      struct buf *out)
{
    int sort = view_sort_field(table->view);
    bool filtered = table_filtered(table);
    int taken = text_width("filter: ") + (filtered ? text_width(view_filter_text(table->view)) : 4);
    char *order = sort < 0 ? xstrdup(order_words(table, inv))
                           : xasprintf("sort: %s%s", table->fields[sort].key, /* as the command */
                                       view_sort_descending(table->view) ? "v" : "^");

    if (order[0] != '\0' && (!filtered || taken + text_width(order) + 2 <= width)) {
        buf_adds(out, order);
    }
    free(order);
    if (filtered || text_width(out->data) + 2 + taken <= width) {
        buf_addf(out, "%sfilter: %s", out->len > 0 ? "  " : "",
                 filtered ? view_filter_text(table->view) : "none");
    }
}

/* The most that fits into the width; the filter goes before all but the place. */
static void fit_counts(const struct table *table, const struct ui *ui, int width, struct buf *out)
{
    int room = width - (table->editing ? 2 + FILTER_LEAST : filter_least(table, ui));

    for (int counts = COUNTS_ALL; counts >= COUNTS_PLACE; counts--) {
        buf_clear(out);
        add_counts(table, ui, (enum counts)counts, out);
        if (text_width(out->data) <= room) {
            return;
        }
    }
}

void table_status(const struct table *table, const struct ui *ui, struct canvas *canvas,
                  struct rect area)
{
    const struct inventory *inv = ui_inventory(ui);
    struct buf right;
    int width;

    buf_init(&right, 0);
    if (inv != NULL) {
        fit_counts(table, ui, area.width, &right);
    }
    width = text_width(right.data);
    if (width > area.width) {
        width = area.width;
    }
    canvas_fit(canvas, area.x + area.width - width, area.y, width, right.data, STYLE_NORMAL, false);
    buf_clear(&right);
    area.width -= width + 2;
    if (table->editing) {
        int x = area.x + canvas_text(canvas, area.x, area.y, "/", STYLE_KEY);

        line_draw(&table->line, canvas, x, area.y, area.width - 1, true);
        buf_done(&right);
        return;
    }
    if (area.width > (int)sizeof("filter: ") && inv != NULL) {
        add_order(table, inv, area.width, &right);
        width = text_width(right.data);
        width = width > area.width ? area.width : width;
        canvas_fit(canvas, area.x + area.width - width, area.y, width, right.data,
                   table_filtered(table) ? STYLE_WARN : STYLE_DIM, false);
    }
    buf_done(&right);
}
