/* The palette: what can be done or said, found as it is typed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/ui.h"
#include "ui/views/palette_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define LINE_MAX 512
#define PALETTE_WIDTH 96
#define HEIGHT_MAX 40

static struct rect room(struct rect area)
{
    int height = area.height < HEIGHT_MAX ? area.height : HEIGHT_MAX;
    int width = area.width < PALETTE_WIDTH ? area.width : PALETTE_WIDTH;

    return (struct rect){area.x + (area.width - width) / 2, area.y, width, height};
}

static void draw_item(const struct item *item, struct canvas *canvas, struct rect line,
                      bool selected)
{
    enum style style = selected ? STYLE_SELECTED : item->can ? STYLE_NORMAL : STYLE_DISABLED;
    int name = line.width < 50 ? line.width / 2 : 18;
    int keys = line.width < 60 ? 0 : 9;
    int x = line.x;

    canvas_fill(canvas, line, selected ? STYLE_SELECTED : STYLE_NORMAL);
    canvas_fit(canvas, x, line.y, name, item->text, style, false);
    x += name + 1;
    if (keys > 0) {
        canvas_fit(canvas, x, line.y, keys, item->keys, selected ? style : STYLE_KEY, false);
        x += keys + 1;
    }
    if (line.x + line.width > x) {
        canvas_fit(canvas, x, line.y, line.x + line.width - x, item->help,
                   selected || !item->can ? style : STYLE_DIM, false);
    }
}

/* Lines for what was found. */
static size_t rows_of(const struct ui *ui)
{
    int height = room(ui_body(ui)).height - 4;

    return height > 1 ? (size_t)height : 1;
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct palette *palette = self;
    struct rect outer = room(area);
    struct rect in = ui_dialog(canvas, outer, outer.width, outer.height, "Do or say");
    size_t rows = rows_of(ui);
    size_t top = palette->place >= rows ? palette->place - rows + 1 : 0;
    int x = in.x + canvas_text(canvas, in.x, in.y, ": ", STYLE_KEY);
    char count[48];

    snprintf(count, sizeof(count), "%zu of %zu%s", palette->count == 0 ? 0 : palette->place + 1,
             palette->count, palette->count == ITEMS_MAX ? " and more" : "");
    canvas_text(canvas, in.x + in.width - text_width(count), in.y, count, STYLE_DIM);
    line_draw(&palette->line, canvas, x, in.y, in.width - text_width(count) - 4, true);
    if (in.height > 2) {
        canvas_hline(canvas, in.x, in.y + 1, in.width);
    }
    if (palette->count == 0) {
        canvas_fit(canvas, in.x, in.y + 2, in.width, "Nothing is called that.", STYLE_WARN, false);
    }
    for (size_t i = top; i < palette->count && i < top + rows && in.height > 2; i++) {
        draw_item(&palette->items[i], canvas,
                  (struct rect){in.x, in.y + 2 + (int)(i - top), in.width, 1}, i == palette->place);
    }
}

static void take(struct palette *palette, struct ui *ui, const char *line)
{
    line_set(&palette->line, line);
    palette_find(palette, ui);
}

static enum pane_result run(struct palette *palette, struct ui *ui)
{
    const struct item *item = &palette->items[palette->place];

    if (palette->count == 0) {
        return PANE_HANDLED;
    }
    if (!item->can) {
        ui_message(ui, true, "%s: %s.", item->text, item->help);
        return PANE_HANDLED;
    }
    if (item->wants) {
        char *line = xstrdup(item->line);

        take(palette, ui, line);
        free(line);
        return PANE_HANDLED;
    }
    ui_command_later(ui, item->line);
    return PANE_CLOSE;
}

/* The line as the chosen item would have it. */
static void complete(struct palette *palette, struct ui *ui)
{
    if (palette->count > 0) {
        const struct item *item = &palette->items[palette->place];
        size_t verb = strcspn(item->line, " ");
        char *line = item->line[verb] == ' ' && item->line[verb + 1] != '\0'
                         ? xasprintf("%.*s %s", (int)verb, item->line, item->text)
                         : xstrdup(item->line);

        take(palette, ui, line);
        free(line);
    }
}

static void move(struct palette *palette, int step)
{
    ptrdiff_t place = (ptrdiff_t)palette->place + step;
    ptrdiff_t last = palette->count == 0 ? 0 : (ptrdiff_t)palette->count - 1;

    palette->place = (size_t)(place < 0 ? 0 : place > last ? last : place);
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    struct palette *palette = self;

    switch (what->key) {
    case UI_KEY_ESC:
        return PANE_CLOSE;
    case UI_KEY_ENTER:
        return run(palette, ui);
    case UI_KEY_UP:
        move(palette, -1);
        return PANE_HANDLED;
    case UI_KEY_DOWN:
        move(palette, 1);
        return PANE_HANDLED;
    case UI_KEY_PAGE_UP:
        move(palette, -(int)rows_of(ui));
        return PANE_HANDLED;
    case UI_KEY_PAGE_DOWN:
        move(palette, (int)rows_of(ui));
        return PANE_HANDLED;
    case UI_KEY_HOME:
        move(palette, -ITEMS_MAX);
        return PANE_HANDLED;
    case UI_KEY_END:
        move(palette, ITEMS_MAX);
        return PANE_HANDLED;
    case UI_KEY_TAB:
        complete(palette, ui);
        return PANE_HANDLED;
    default:
        break;
    }
    if (what->key == UI_KEY_BACKSPACE && palette->line.text.len == 0) {
        return PANE_CLOSE;
    }
    if (line_event(&palette->line, what)) {
        palette_find(palette, ui);
        return PANE_HANDLED;
    }
    return PANE_IGNORED;
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "Palette");
}

static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "type to find   Up Down choose   Tab complete   Enter run   Esc back");
}

static void palette_free(void *self)
{
    struct palette *palette = self;

    palette_clear(palette);
    for (int i = 0; i < ACTION_COUNT; i++) {
        free(palette->reasons[i]);
    }
    line_done(&palette->line);
    free(palette);
}

static const struct pane_ops OPS = {
    .name = "palette",
    .draw = draw,
    .event = event,
    .title = title,
    .modal = true,
    .takes_text = true,
    .free = palette_free,
    .hints = hints,
};

struct pane view_palette_new(struct ui *ui)
{
    struct palette *palette = xcalloc(1, sizeof(*palette));

    line_init(&palette->line, LINE_MAX);
    /* Asked before the palette lies over what it is about. */
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        char why[256] = "";

        if (!ui_can(ui, (enum action)i, why, sizeof(why))) {
            palette->reasons[i] = xstrdup(why[0] == '\0' ? "not in this view" : why);
        }
    }
    palette_find(palette, ui);
    return (struct pane){&OPS, palette};
}
