#include "ui/picker.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/line.h"
#include "ui/ui.h"

#include "base/banned.h"

#define WIDTH 96
#define FILTER_MAX 120
#define PAGE 10
#define NAME_MAX_COLUMNS 40
#define NAME_MIN_COLUMNS 14

struct row {
    char *id, *name, *detail;
    int score; /* for the filter as it is; 0: not shown */
};

struct picker {
    char *title, *empty;
    picker_fn *chosen;
    void *ctx;
    struct row *rows;
    size_t count, cap;
    size_t *shown; /* indexes of rows, best first */
    size_t shown_count;
    size_t at; /* in shown */
    int name_columns, detail_columns;
    struct line filter;
};

static int score(const struct row *row, const char *filter)
{
    int name = text_fuzzy(row->name, filter);

    if (name > 0) {
        return name + 1;
    }
    return text_contains(row->detail, filter) ? 1 : 0;
}

/* Best first; rows of the same score keep their order. */
static int compare(const void *a, const void *b, void *ctx)
{
    const struct row *rows = ctx;
    size_t i = *(const size_t *)a;
    size_t j = *(const size_t *)b;

    if (rows[i].score != rows[j].score) {
        return rows[i].score > rows[j].score ? -1 : 1;
    }
    return i < j ? -1 : i > j;
}

static void apply_filter(struct picker *picker)
{
    picker->shown = xreallocarray(picker->shown, picker->count + 1, sizeof(*picker->shown));
    picker->shown_count = 0;
    picker->at = 0;
    for (size_t i = 0; i < picker->count; i++) {
        picker->rows[i].score = score(&picker->rows[i], picker->filter.text.data);
        if (picker->rows[i].score > 0) {
            picker->shown[picker->shown_count++] = i;
        }
    }
    if (picker->filter.text.len > 0 && picker->shown_count > 1) {
        qsort_r(picker->shown, picker->shown_count, sizeof(*picker->shown), compare, picker->rows);
    }
}

static void move(struct picker *picker, int step)
{
    int to = (int)picker->at + step;

    if (to >= (int)picker->shown_count) {
        to = (int)picker->shown_count - 1;
    }
    picker->at = to < 0 ? 0 : (size_t)to;
}

static enum pane_result choose(struct picker *picker)
{
    if (picker->at >= picker->shown_count) {
        return PANE_HANDLED;
    }
    picker->chosen(picker->ctx, picker->rows[picker->shown[picker->at]].id);
    return PANE_CLOSE;
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    struct picker *picker = self;

    (void)ui;
    switch (what->key) {
    case UI_KEY_ESC:
        return PANE_CLOSE;
    case UI_KEY_ENTER:
        return choose(picker);
    case UI_KEY_UP:
    case UI_KEY_BACKTAB:
        move(picker, -1);
        return PANE_HANDLED;
    case UI_KEY_DOWN:
    case UI_KEY_TAB:
        move(picker, 1);
        return PANE_HANDLED;
    case UI_KEY_PAGE_UP:
        move(picker, -PAGE);
        return PANE_HANDLED;
    case UI_KEY_PAGE_DOWN:
        move(picker, PAGE);
        return PANE_HANDLED;
    default:
        if (!line_event(&picker->filter, what)) {
            return PANE_IGNORED;
        }
        apply_filter(picker);
        return PANE_HANDLED;
    }
}

/* A long name gives way to what tells rows apart, but not all of it. */
static int name_columns(const struct picker *picker, int width)
{
    int room = width - picker->detail_columns - 2;

    room = room < NAME_MIN_COLUMNS ? NAME_MIN_COLUMNS : room;
    return picker->name_columns < room ? picker->name_columns : room;
}

static void draw_rows(const struct picker *picker, struct canvas *canvas, struct rect area)
{
    int at = (int)picker->at;
    int top = at >= area.height ? at - area.height + 1 : 0;
    int names = name_columns(picker, area.width);

    if (picker->shown_count == 0) {
        canvas_wrap(canvas, area, picker->count == 0 ? picker->empty : "Nothing is called that.",
                    STYLE_DIM);
        return;
    }
    for (int i = 0; i < area.height && top + i < (int)picker->shown_count; i++) {
        const struct row *row = &picker->rows[picker->shown[top + i]];
        int x = area.x + names + 2;
        enum style style = top + i == at ? STYLE_SELECTED : STYLE_NORMAL;

        canvas_fit(canvas, area.x, area.y + i, area.width, row->name, style, true);
        if (x < area.x + area.width) {
            canvas_fit(canvas, area.x, area.y + i, names, row->name, style, true);
            canvas_fit(canvas, x - 2, area.y + i, 2, "", style, true);
            canvas_fit(canvas, x, area.y + i, area.x + area.width - x, row->detail,
                       top + i == at ? style : STYLE_DIM, true);
        }
    }
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct picker *picker = self;
    int height = (int)picker->count + 5;
    struct rect in;

    (void)ui;
    in = ui_dialog(canvas, area, WIDTH, height < 8 ? 8 : height, picker->title);
    line_draw(&picker->filter, canvas, in.x, in.y, in.width, true);
    if (picker->filter.text.len == 0) {
        canvas_fit(canvas, in.x + 1, in.y, in.width - 1, "type a part of the name",
                   STYLE_FIELD_FOCUS, false);
    }
    canvas_hline(canvas, in.x, in.y + 1, in.width);
    draw_rows(picker, canvas, (struct rect){in.x, in.y + 2, in.width, in.height - 2});
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)ui;
    buf_adds(out, ((const struct picker *)self)->title);
}

static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    const struct picker *picker = self;

    (void)ui;
    buf_addf(out, "Enter choose  Up Down move  type to filter  Esc back   %zu of %zu",
             picker->shown_count, picker->count);
}

static void free_picker(void *self)
{
    struct picker *picker = self;

    for (size_t i = 0; i < picker->count; i++) {
        free(picker->rows[i].id);
        free(picker->rows[i].name);
        free(picker->rows[i].detail);
    }
    free(picker->rows);
    free(picker->shown);
    free(picker->title);
    free(picker->empty);
    line_done(&picker->filter);
    free(picker);
}

static const struct pane_ops OPS = {
    .name = "picker",
    .draw = draw,
    .event = event,
    .title = title,
    .hints = hints,
    .free = free_picker,
    .modal = true,
    .takes_text = true,
};

struct pane picker_new(const char *title_text, const char *empty, picker_fn *chosen, void *ctx)
{
    struct picker *picker = xcalloc(1, sizeof(*picker));

    picker->title = xstrdup(title_text);
    picker->empty = xstrdup(empty);
    picker->chosen = chosen;
    picker->ctx = ctx;
    line_init(&picker->filter, FILTER_MAX);
    apply_filter(picker);
    return (struct pane){&OPS, picker};
}

void picker_add(struct pane pane, const char *id, const char *name, const char *detail)
{
    struct picker *picker = pane.self;
    int columns = text_width(name);

    picker->rows = xgrow(picker->rows, &picker->cap, picker->count + 1, sizeof(*picker->rows));
    picker->rows[picker->count++] = (struct row){xstrdup(id), xstrdup(name), xstrdup(detail), 1};
    picker->shown = xreallocarray(picker->shown, picker->cap + 1, sizeof(*picker->shown));
    picker->shown[picker->shown_count++] = picker->count - 1;
    columns = columns > NAME_MAX_COLUMNS ? NAME_MAX_COLUMNS : columns;
    picker->name_columns = columns > picker->name_columns ? columns : picker->name_columns;
    columns = text_width(detail);
    picker->detail_columns = columns > picker->detail_columns ? columns : picker->detail_columns;
}

void picker_select(struct pane pane, const char *id)
{
    struct picker *picker = pane.self;

    for (size_t i = 0; i < picker->shown_count; i++) {
        if (strcmp(picker->rows[picker->shown[i]].id, id) == 0) {
            picker->at = i;
        }
    }
}

void picker_type(struct pane pane, const char *text)
{
    struct picker *picker = pane.self;

    if (text[0] != '\0') {
        line_set(&picker->filter, text);
        apply_filter(picker);
    }
}
