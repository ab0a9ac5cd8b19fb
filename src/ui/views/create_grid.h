/* The scopes of a draft as a grid: a row a resource, under its category; columns for what most
 * resources have, the rest in the last. Only scopes that are legal for the kind can be ticked.
 * Knows nothing of the steps around it. */
#ifndef PORTCULLIS_UI_VIEWS_CREATE_GRID_H
#define PORTCULLIS_UI_VIEWS_CREATE_GRID_H

#include <stdbool.h>

#include "model/draft.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/line.h"

#define GRID_ROWS_MAX 48
#define GRID_FIXED 5 /* read list create update delete */
#define GRID_OTHERS 6
#define GRID_CELLS (GRID_FIXED + GRID_OTHERS)

struct grid_row {
    const char *category;
    const char *resource;
    int cells[GRID_CELLS]; /* scope indexes; -1: there is none */
};

struct grid {
    enum key_kind kind;
    struct grid_row rows[GRID_ROWS_MAX];
    int row_count;
    int shown[GRID_ROWS_MAX]; /* rows that match the filter */
    int shown_count;
    int at; /* in shown */
    int column;
    struct line filter;
    bool typing; /* the filter has the focus */
};

enum grid_answer {
    GRID_IGNORED,
    GRID_HANDLED,
    GRID_CHANGED, /* the scopes of the draft are others */
    GRID_PRESET,  /* p: the caller offers the presets */
};

void grid_init(struct grid *grid);
void grid_done(struct grid *grid);
/* The rows of a kind; for another kind the cursor starts at the first that can be ticked. */
void grid_set_kind(struct grid *grid, enum key_kind kind);
enum grid_answer grid_event(struct grid *grid, struct key_draft *draft,
                            const struct ui_event *event);
void grid_draw(const struct grid *grid, const struct key_draft *draft, struct canvas *canvas,
               struct rect area);
/* Is there a scope in this cell that is legal for the kind? */
bool grid_can_tick(const struct grid *grid, const struct grid_row *row, int cell);
/* The scope under the cursor; -1 none. */
int grid_scope(const struct grid *grid);
/* "makes or changes keys": what mark number 0..5 means. Lends a constant. */
const char *grid_mark_words(int number);

#endif
