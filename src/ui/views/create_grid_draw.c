/* How the grid of scopes looks. Decides nothing. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/create_grid.h"

#include "base/banned.h"

/* The last is not used: what follows has words of its own. */
static const int CELL_COLUMNS[GRID_FIXED + 1] = {6, 6, 7, 7, 7, 0};

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
        int need = 4 + text_width(scope_info(row->cells[c])->verb);

        if (!grid_can_tick(look->grid, row, c)) {
            continue;
        }
        /* Where there is no room for all, those left of the cursor go. */
        if (cursor > c && x + need + 12 > right) {
            continue;
        }
        if (x + need > right) {
            canvas_text(look->canvas, right - 1, y, ">", STYLE_DIM);
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
        if (grid_can_tick(grid, row, c)) {
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

/* "^3 v12": so many lines are out of sight above and below. */
static void draw_more(const struct look *look, int above, int below)
{
    char text[40] = "";

    if (above > 0) {
        snprintf(text, sizeof(text), " ^%d", above);
    }
    if (below > 0) {
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " v%d", below);
    }
    canvas_text(look->canvas, look->area.x + look->area.width - (int)strlen(text), look->area.y,
                text, STYLE_KEY);
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
    draw_more(look, top, total - height - top);
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

/* The search finds nothing: a slip of the finger, or a scope that this kind cannot have. */
static void draw_nothing(const struct grid *grid, struct canvas *canvas, struct rect area)
{
    int near = scope_nearest(grid->filter.text.data);
    char text[200];

    if (near < 0) {
        snprintf(text, sizeof(text),
                 "No scope of this kind is called that. Esc clears the filter.");
    } else if (scope_legal(near, grid->kind)) {
        snprintf(text, sizeof(text),
                 "No scope of this kind is called that. Did you mean %s? Esc clears the filter.",
                 scope_info(near)->name);
    } else {
        snprintf(text, sizeof(text), "%s: a %s key cannot have it. Esc clears the filter.",
                 scope_info(near)->name, key_kind_name(grid->kind));
    }
    canvas_wrap(canvas, area, text, STYLE_DIM);
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
        draw_nothing(grid, canvas,
                     (struct rect){area.x + 2, area.y + 1, area.width - 2, area.height - 1});
        return;
    }
    draw_rows(&look);
}

const char *grid_mark_words(int number)
{
    static const char *const WORDS[SCOPE_MARK_COUNT] = {
        "makes or changes keys",    "changes people",    "deletes",
        "changes what runs",        "reads logs",        "reads the audit log",
        "changes the organisation", "changes providers",
    };
    return WORDS[number];
}
