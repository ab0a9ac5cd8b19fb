#include "ui/views/columns.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/field.h"
#include "ui/ui.h"

#include "base/banned.h"

/* Behind a column that is chosen and out of sight. */
#define NO_ROOM "no room"

struct columns {
    struct table *table;
    const struct field *fields;
    size_t count, place;
};

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct columns *columns = self;
    struct rect in = ui_dialog(canvas, area, 48, (int)columns->count + 4, "Columns");
    size_t rows = in.height > 2 ? (size_t)in.height - 2 : 1;
    size_t top = columns->place >= rows ? columns->place - rows + 1 : 0;
    size_t end = top + rows < columns->count ? top + rows : columns->count;
    uint64_t chosen = table_columns(columns->table, ui);
    int left, right;
    uint64_t fitting = table_fitting(columns->table, ui, &left, &right);
    char more[96];

    for (size_t i = top; i < end; i++) {
        const struct field *field = &columns->fields[i];
        int y = in.y + (int)(i - top);
        bool on = (chosen & UINT64_C(1) << i) != 0;

        if (i == columns->place) {
            canvas_fill(canvas, (struct rect){in.x, y, in.width, 1}, STYLE_SELECTED);
        }
        canvas_textf(canvas, in.x, y, i == columns->place ? STYLE_SELECTED : STYLE_NORMAL,
                     "[%s] %-14s %s", on ? "x" : " ", field->key, field->label);
        if (on && (fitting & UINT64_C(1) << i) == 0) {
            canvas_text(canvas, in.x + in.width - (int)strlen(NO_ROOM), y, NO_ROOM,
                        i == columns->place ? STYLE_SELECTED : STYLE_WARN);
        }
    }
    snprintf(more, sizeof(more), "%zu to %zu of %zu%s%s", top + 1, end, columns->count,
             end < columns->count ? ", more below"
             : top > 0            ? ", more above"
                                  : "",
             left + right > 0 ? "; Left Right scroll" : "");
    canvas_fit(canvas, in.x, in.y + in.height - 1, in.width, more, STYLE_DIM, false);
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    (void)self;
    (void)ui;
    (void)why;
    (void)size;
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST:
    case ACTION_MARK:
    case ACTION_MARK_NONE:
    case ACTION_OPEN:
    case ACTION_BACK:
    case ACTION_QUIT:
    case ACTION_COLUMNS:
        return true;
    default:
        return false;
    }
}

static void toggle(struct columns *columns, struct ui *ui)
{
    bool on = (table_columns(columns->table, ui) & UINT64_C(1) << columns->place) != 0;

    if (!table_choose_column(columns->table, columns->place, !on)) {
        ui_message(ui, false, "%s stays: a row without it says nothing.",
                   columns->fields[columns->place].label);
    }
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct columns *columns = self;

    switch (action) {
    case ACTION_UP:
        columns->place -= columns->place > 0 ? 1 : 0;
        return PANE_HANDLED;
    case ACTION_DOWN:
        columns->place += columns->place + 1 < columns->count ? 1 : 0;
        return PANE_HANDLED;
    case ACTION_FIRST:
        columns->place = 0;
        return PANE_HANDLED;
    case ACTION_LAST:
        columns->place = columns->count - 1;
        return PANE_HANDLED;
    case ACTION_MARK:
        toggle(columns, ui);
        return PANE_HANDLED;
    case ACTION_MARK_NONE:
        table_forget_columns(columns->table);
        return PANE_HANDLED;
    default:
        return PANE_CLOSE;
    }
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "Columns");
}

static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "Space on or off   u as the width says   Up Down   Esc done");
}

static const char *help(const void *self, enum action action)
{
    (void)self;
    switch (action) {
    case ACTION_UP:
        return "the column above";
    case ACTION_DOWN:
        return "the column below";
    case ACTION_FIRST:
        return "the first column";
    case ACTION_LAST:
        return "the last column";
    case ACTION_MARK:
        return "show the column whatever the width, or leave it out";
    case ACTION_MARK_NONE:
        return "all as the width says";
    case ACTION_OPEN:
    case ACTION_BACK:
    case ACTION_COLUMNS:
    case ACTION_QUIT:
        return "back to the list";
    default:
        return NULL;
    }
}

static const struct pane_ops OPS = {
    .name = "columns",
    .draw = draw,
    .act = act,
    .can = can,
    .title = title,
    .modal = true,
    .hints = hints,
    .help = help,
    .free = free,
};

struct pane view_columns_new(struct ui *ui, struct table *table)
{
    struct columns *columns = xcalloc(1, sizeof(*columns));

    columns->table = table;
    columns->fields = field_table(table_list(table), &columns->count);
    columns->count = columns->count > 64 ? 64 : columns->count;
    (void)ui;
    return (struct pane){&OPS, columns};
}
