#include "ui/views/create_grid.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#include "base/banned.h"

#define FILTER_MAX 60
#define PAGE 8

static const char *const COLUMNS[GRID_FIXED] = {"read", "list", "create", "update", "delete"};

/* The last is not used: what follows has words of its own. */
static const int CELL_COLUMNS[GRID_FIXED + 1] = {6, 6, 7, 7, 7, 0};

/* -- rows -- */

static int row_of(struct grid *grid, const struct scope_info *info)
{
    for (int i = 0; i < grid->row_count; i++) {
        if (strcmp(grid->rows[i].resource, info->resource) == 0) {
            return i;
        }
    }
    assert(grid->row_count < GRID_ROWS_MAX);
    grid->rows[grid->row_count] = (struct grid_row){info->category, info->resource, {0}};
    for (int c = 0; c < GRID_CELLS; c++) {
        grid->rows[grid->row_count].cells[c] = -1;
    }
    return grid->row_count++;
}

static int cell_of(const struct grid_row *row, const struct scope_info *info)
{
    int cell = GRID_FIXED;

    for (int c = 0; c < GRID_FIXED; c++) {
        if (strcmp(COLUMNS[c], info->verb) == 0) {
            return c;
        }
    }
    while (cell < GRID_CELLS - 1 && row->cells[cell] >= 0) {
        cell++;
    }
    return cell;
}

static bool row_is_legal(const struct grid_row *row, enum key_kind kind)
{
    for (int c = 0; c < GRID_CELLS; c++) {
        if (row->cells[c] >= 0 && scope_legal(row->cells[c], kind)) {
            return true;
        }
    }
    return false;
}

static bool row_matches(const struct grid_row *row, const char *filter)
{
    if (text_contains(row->category, filter) || text_contains(row->resource, filter)) {
        return true;
    }
    for (int c = 0; c < GRID_CELLS; c++) {
        const struct scope_info *info = row->cells[c] < 0 ? NULL : scope_info(row->cells[c]);

        if (info != NULL &&
            (text_contains(info->name, filter) || text_contains(info->description, filter))) {
            return true;
        }
    }
    return false;
}

static const struct grid_row *current(const struct grid *grid)
{
    return grid->at < grid->shown_count ? &grid->rows[grid->shown[grid->at]] : NULL;
}

static bool can_tick(const struct grid *grid, const struct grid_row *row, int cell)
{
    return cell >= 0 && cell < GRID_CELLS && row->cells[cell] >= 0 &&
           scope_legal(row->cells[cell], grid->kind);
}

/* The cursor stands on what can be ticked: the nearest cell of its row. */
static void settle(struct grid *grid)
{
    const struct grid_row *row = current(grid);

    for (int far = 0; row != NULL && far < GRID_CELLS; far++) {
        if (can_tick(grid, row, grid->column + far)) {
            grid->column += far;
            return;
        }
        if (can_tick(grid, row, grid->column - far)) {
            grid->column -= far;
            return;
        }
    }
}

static void apply_filter(struct grid *grid)
{
    const struct grid_row *before = current(grid);

    grid->shown_count = 0;
    grid->at = 0;
    for (int i = 0; i < grid->row_count; i++) {
        const struct grid_row *row = &grid->rows[i];

        if (!row_is_legal(row, grid->kind) || !row_matches(row, grid->filter.text.data)) {
            continue;
        }
        if (row == before) {
            grid->at = grid->shown_count;
        }
        grid->shown[grid->shown_count++] = i;
    }
    settle(grid);
}

void grid_init(struct grid *grid)
{
    memset(grid, 0, sizeof(*grid));
    grid->kind = KEY_KIND_UNKNOWN;
    line_init(&grid->filter, FILTER_MAX);
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const struct scope_info *info = scope_info(i);
        struct grid_row *row = &grid->rows[row_of(grid, info)];

        row->cells[cell_of(row, info)] = i;
    }
}

void grid_done(struct grid *grid)
{
    line_done(&grid->filter);
}

void grid_set_kind(struct grid *grid, enum key_kind kind)
{
    if (grid->kind != kind) {
        grid->kind = kind;
        apply_filter(grid);
    }
}

int grid_scope(const struct grid *grid)
{
    const struct grid_row *row = current(grid);

    return row == NULL ? -1 : row->cells[grid->column];
}

/* -- events -- */

static void toggle(struct key_draft *draft, int scope)
{
    if (scope_set_has(&draft->scopes, scope)) {
        scope_set_remove(&draft->scopes, scope);
    } else {
        scope_set_add(&draft->scopes, scope);
    }
}

static bool reads(int scope)
{
    const char *verb = scope_info(scope)->verb;

    return strcmp(verb, "read") == 0 || strcmp(verb, "list") == 0 || strcmp(verb, "view") == 0;
}

/* Ticks all legal cells from row `from` to before `to` (only those that read, when reading), or,
 * when all of them are, takes the ticks away. */
static void tick_all(const struct grid *grid, struct key_draft *draft, int from, int to,
                     bool reading)
{
    struct scope_set wanted = {{0}};
    bool all = true;

    for (int i = from; i < to; i++) {
        const struct grid_row *row = &grid->rows[grid->shown[i]];

        for (int c = 0; c < GRID_CELLS; c++) {
            if (can_tick(grid, row, c) && (!reading || reads(row->cells[c]))) {
                scope_set_add(&wanted, row->cells[c]);
                all = all && scope_set_has(&draft->scopes, row->cells[c]);
            }
        }
    }
    for (int i = 0; i < SCOPE_WORDS; i++) {
        if (all) {
            draft->scopes.bits[i] &= ~wanted.bits[i];
        } else {
            draft->scopes.bits[i] |= wanted.bits[i];
        }
    }
}

static void move_row(struct grid *grid, int step)
{
    grid->at += step;
    if (grid->at >= grid->shown_count) {
        grid->at = grid->shown_count - 1;
    }
    grid->at = grid->at < 0 ? 0 : grid->at;
    settle(grid);
}

static void move_column(struct grid *grid, int step)
{
    const struct grid_row *row = current(grid);

    for (int c = grid->column + step; row != NULL && c >= 0 && c < GRID_CELLS; c += step) {
        if (can_tick(grid, row, c)) {
            grid->column = c;
            return;
        }
    }
}

static enum grid_answer filter_event(struct grid *grid, const struct ui_event *event)
{
    switch (event->key) {
    case UI_KEY_ESC:
        line_set(&grid->filter, "");
        grid->typing = false;
        apply_filter(grid);
        return GRID_HANDLED;
    case UI_KEY_ENTER:
    case UI_KEY_DOWN:
    case UI_KEY_UP:
    case UI_KEY_TAB:
    case UI_KEY_BACKTAB:
        grid->typing = false;
        return GRID_HANDLED;
    default:
        if (!line_event(&grid->filter, event)) {
            return GRID_IGNORED;
        }
        apply_filter(grid);
        return GRID_HANDLED;
    }
}

static enum grid_answer letter_event(struct grid *grid, struct key_draft *draft, char letter)
{
    switch (letter) {
    case ' ':
        if (current(grid) == NULL || !can_tick(grid, current(grid), grid->column)) {
            return GRID_HANDLED;
        }
        toggle(draft, grid_scope(grid));
        return GRID_CHANGED;
    case 'a':
        tick_all(grid, draft, grid->at, grid->at < grid->shown_count ? grid->at + 1 : grid->at,
                 false);
        return GRID_CHANGED;
    case 'A':
        tick_all(grid, draft, 0, grid->shown_count, true);
        return GRID_CHANGED;
    case 'p':
        return GRID_PRESET;
    case '/':
        grid->typing = true;
        return GRID_HANDLED;
    case 'j':
        move_row(grid, 1);
        return GRID_HANDLED;
    case 'k':
        move_row(grid, -1);
        return GRID_HANDLED;
    case 'h':
        move_column(grid, -1);
        return GRID_HANDLED;
    case 'l':
        move_column(grid, 1);
        return GRID_HANDLED;
    case 'g':
        move_row(grid, -GRID_ROWS_MAX);
        return GRID_HANDLED;
    case 'G':
        move_row(grid, GRID_ROWS_MAX);
        return GRID_HANDLED;
    default:
        return GRID_IGNORED;
    }
}

enum grid_answer grid_event(struct grid *grid, struct key_draft *draft,
                            const struct ui_event *event)
{
    if (grid->typing) {
        return filter_event(grid, event);
    }
    switch (event->key) {
    case UI_KEY_UP:
    case UI_KEY_DOWN:
        move_row(grid, event->key == UI_KEY_DOWN ? 1 : -1);
        return GRID_HANDLED;
    case UI_KEY_PAGE_UP:
    case UI_KEY_PAGE_DOWN:
        move_row(grid, event->key == UI_KEY_PAGE_DOWN ? PAGE : -PAGE);
        return GRID_HANDLED;
    case UI_KEY_HOME:
    case UI_KEY_END:
        move_row(grid, event->key == UI_KEY_END ? GRID_ROWS_MAX : -GRID_ROWS_MAX);
        return GRID_HANDLED;
    case UI_KEY_LEFT:
    case UI_KEY_RIGHT:
        move_column(grid, event->key == UI_KEY_RIGHT ? 1 : -1);
        return GRID_HANDLED;
    case UI_KEY_ESC:
        if (grid->filter.text.len > 0) {
            return filter_event(grid, event);
        }
        return GRID_IGNORED;
    case UI_KEY_CHAR:
        return event->text[0] != '\0' && event->text[1] == '\0'
                   ? letter_event(grid, draft, event->text[0])
                   : GRID_IGNORED;
    default:
        return GRID_IGNORED;
    }
}

/* -- drawing -- */

struct look {
    const struct grid *grid;
    const struct key_draft *draft;
    struct canvas *canvas;
    struct rect area;
    int name_columns;
    bool brief; /* org_ and ws_ in place of the long words */
};

static void short_name(const char *resource, bool brief, struct buf *out)
{
    if (brief && strncmp(resource, "organisation_", 13) == 0) {
        buf_addf(out, "org_%s", resource + 13);
    } else if (brief && strncmp(resource, "workspace_", 10) == 0) {
        buf_addf(out, "ws_%s", resource + 10);
    } else {
        buf_adds(out, resource);
    }
}

/* "[x]!" and its word; returns the columns. */
static int draw_cell(const struct look *look, const struct grid_row *row, int cell, int x, int y,
                     bool cursor)
{
    int scope = row->cells[cell];
    bool ticked = scope_set_has(&look->draft->scopes, scope);
    bool danger = scope_info(scope)->marks != 0;
    enum style style = cursor ? STYLE_FIELD_FOCUS : ticked ? STYLE_BOLD : STYLE_NORMAL;
    int used;

    used = canvas_text(look->canvas, x, y, ticked ? "[x]" : "[ ]", style);
    if (danger) {
        used += canvas_text(look->canvas, x + used, y, "!", ticked ? STYLE_WARN : STYLE_DIM);
    }
    if (cursor) {
        canvas_cursor(look->canvas, x + 1, y);
    }
    if (cell >= GRID_FIXED) {
        used += canvas_textf(look->canvas, x + used, y, style, danger ? "%s" : " %s",
                             scope_info(scope)->verb);
    }
    return used;
}

static void draw_others(const struct look *look, const struct grid_row *row, int x, int y,
                        int cursor)
{
    int right = look->area.x + look->area.width;

    for (int c = GRID_FIXED; c < GRID_CELLS && row->cells[c] >= 0; c++) {
        int need = 5 + text_width(scope_info(row->cells[c])->verb);

        if (!can_tick(look->grid, row, c)) {
            continue;
        }
        /* Where there is no room for all, those left of the cursor go. */
        if (cursor > c && x + need + 12 > right) {
            continue;
        }
        if (x + need > right) {
            canvas_text(look->canvas, right - 1, y, "~", STYLE_DIM);
            return;
        }
        x += draw_cell(look, row, c, x, y, cursor == c) + 1;
    }
}

static void draw_row(const struct look *look, int number, int y)
{
    const struct grid *grid = look->grid;
    const struct grid_row *row = &grid->rows[grid->shown[number]];
    bool here = number == grid->at && !grid->typing;
    int x = look->area.x + 2 + look->name_columns + 1;
    struct buf name;

    buf_init(&name, 0);
    short_name(row->resource, look->brief, &name);
    canvas_text(look->canvas, look->area.x, y, number == grid->at ? "▸" : " ", STYLE_BOLD);
    canvas_fit(look->canvas, look->area.x + 2, y, look->name_columns, name.data,
               number == grid->at ? STYLE_BOLD : STYLE_NORMAL, false);
    buf_done(&name);
    for (int c = 0; c < GRID_FIXED; x += CELL_COLUMNS[c], c++) {
        if (x + 4 > look->area.x + look->area.width) {
            return;
        }
        if (can_tick(grid, row, c)) {
            draw_cell(look, row, c, x, y, here && grid->column == c);
        } else {
            canvas_text(look->canvas, x + 1, y, row->cells[c] >= 0 ? "-" : ".", STYLE_DIM);
        }
    }
    draw_others(look, row, x, y, here ? grid->column : -1);
}

static void draw_heads(const struct look *look)
{
    static const char *const HEADS[] = {"READ", "LIST", "CREATE", "UPDATE", "DELETE", "OTHER"};
    int x = look->area.x + 2 + look->name_columns + 1;

    canvas_fit(look->canvas, look->area.x + 2, look->area.y, look->name_columns, "RESOURCE",
               STYLE_HEADER, false);
    for (int c = 0; c <= GRID_FIXED; x += CELL_COLUMNS[c], c++) {
        canvas_fit(look->canvas, x, look->area.y, look->area.x + look->area.width - x, HEADS[c],
                   STYLE_HEADER, false);
    }
}

/* The line of row `number` among all lines: categories have one too. */
static int line_of(const struct grid *grid, int number)
{
    const char *category = "";
    int line = -1;

    for (int i = 0; i <= number && i < grid->shown_count; i++) {
        const struct grid_row *row = &grid->rows[grid->shown[i]];

        line += strcmp(row->category, category) != 0 ? 2 : 1;
        category = row->category;
    }
    return line;
}

static void draw_rows(const struct look *look)
{
    const struct grid *grid = look->grid;
    int height = look->area.height - 1;
    int total = line_of(grid, grid->shown_count - 1) + 1;
    int top = line_of(grid, grid->at) - height / 2;
    const char *category = "";

    top = top > total - height ? total - height : top;
    top = top < 0 ? 0 : top;
    for (int i = 0; i < grid->shown_count; i++) {
        const struct grid_row *row = &grid->rows[grid->shown[i]];
        int line = line_of(grid, i) - top;

        if (strcmp(row->category, category) != 0 && line - 1 >= 0 && line - 1 < height) {
            canvas_fit(look->canvas, look->area.x, look->area.y + line, look->area.width,
                       row->category, STYLE_DIM, false);
        }
        category = row->category;
        if (line >= 0 && line < height) {
            draw_row(look, i, look->area.y + 1 + line);
        }
    }
}

void grid_draw(const struct grid *grid, const struct key_draft *draft, struct canvas *canvas,
               struct rect area)
{
    struct look look = {grid, draft, canvas, area, 31, area.width < 100};

    if (look.brief) {
        look.name_columns = area.width < 60 ? area.width / 3 : 22;
    }
    if (area.width < 1 || area.height < 1) {
        return;
    }
    draw_heads(&look);
    if (grid->shown_count == 0) {
        canvas_fit(canvas, area.x + 2, area.y + 1, area.width - 2,
                   "No scope of this kind is called that. Esc clears the filter.", STYLE_DIM,
                   false);
        return;
    }
    draw_rows(&look);
}

const char *grid_mark_words(int number)
{
    static const char *const WORDS[SCOPE_MARK_COUNT] = {
        "makes or changes keys", "changes people",           "deletes",
        "reads logs or audit",   "changes the organisation", "changes providers",
    };
    return WORDS[number];
}
