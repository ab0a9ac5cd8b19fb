#include "ui/views/create_grid.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#include "base/banned.h"

#define FILTER_MAX 60
#define PAGE 8

static const char *const COLUMNS[GRID_FIXED] = {"read", "list", "create", "update", "delete"};

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

bool grid_can_tick(const struct grid *grid, const struct grid_row *row, int cell)
{
    return cell >= 0 && cell < GRID_CELLS && row->cells[cell] >= 0 &&
           scope_legal(row->cells[cell], grid->kind);
}

/* The cursor stands on what can be ticked: the nearest cell of its row. */
static void settle(struct grid *grid)
{
    const struct grid_row *row = current(grid);

    for (int far = 0; row != NULL && far < GRID_CELLS; far++) {
        if (grid_can_tick(grid, row, grid->column + far)) {
            grid->column += far;
            return;
        }
        if (grid_can_tick(grid, row, grid->column - far)) {
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
        grid->at = 0;
        grid->column = 0;
        settle(grid);
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
            if (grid_can_tick(grid, row, c) && (!reading || reads(row->cells[c]))) {
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
        if (grid_can_tick(grid, row, c)) {
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
        if (current(grid) == NULL || !grid_can_tick(grid, current(grid), grid->column)) {
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
