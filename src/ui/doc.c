#include "ui/doc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

/* From here on the page has two halves. */
#define TWO_COLUMNS 104

enum item_kind { ITEM_SECTION, ITEM_FIELD, ITEM_TEXT, ITEM_GAP };

struct item {
    enum item_kind kind;
    enum style style;
    int column;
    char *label;
    char *text;
};

struct doc {
    struct item *items;
    size_t count, cap;
    int label_width;
    int column;
};

struct doc *doc_new(int label_width)
{
    struct doc *doc = xcalloc(1, sizeof(*doc));

    doc->label_width = label_width;
    return doc;
}

void doc_clear(struct doc *doc)
{
    for (size_t i = 0; i < doc->count; i++) {
        free(doc->items[i].label);
        free(doc->items[i].text);
    }
    doc->count = 0;
    doc->column = 0;
}

void doc_free(struct doc *doc)
{
    if (doc == NULL) {
        return;
    }
    doc_clear(doc);
    free(doc->items);
    free(doc);
}

static void add(struct doc *doc, enum item_kind kind, enum style style, const char *label,
                char *text)
{
    struct item *item;

    doc->items = xgrow(doc->items, &doc->cap, doc->count + 1, sizeof(*doc->items));
    item = &doc->items[doc->count++];
    item->kind = kind;
    item->style = style;
    item->column = doc->column;
    item->label = xstrdup(label);
    item->text = text;
}

void doc_section(struct doc *doc, int column, const char *format, ...)
{
    va_list args;

    doc->column = column;
    va_start(args, format);
    add(doc, ITEM_SECTION, STYLE_HEADER, "", xvasprintf(format, args));
    va_end(args);
}

void doc_field(struct doc *doc, const char *label, enum style style, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(doc, ITEM_FIELD, style, label, xvasprintf(format, args));
    va_end(args);
}

void doc_text(struct doc *doc, enum style style, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(doc, ITEM_TEXT, style, "", xvasprintf(format, args));
    va_end(args);
}

void doc_gap(struct doc *doc)
{
    add(doc, ITEM_GAP, STYLE_NORMAL, "", xstrdup(""));
}

/* Where the lines go: counted only when there is no canvas. */
struct pen {
    struct canvas *canvas;
    struct rect area;
    int scroll;
    int line;
};

static bool seen(const struct pen *pen)
{
    return pen->canvas != NULL && pen->line >= pen->scroll &&
           pen->line < pen->scroll + pen->area.height;
}

static void put(const struct pen *pen, int x, int width, const char *text, enum style style)
{
    if (seen(pen)) {
        canvas_fit(pen->canvas, pen->area.x + x, pen->area.y + pen->line - pen->scroll, width, text,
                   style, false);
    }
}

/* Wraps text into lines that start at x, those after the first `hang` further. An empty text is one
 * empty line. */
static void wrapped(struct pen *pen, int x, int hang, const char *text, enum style style)
{
    do {
        int width = pen->area.width - x < 1 ? 1 : pen->area.width - x;
        size_t len;
        size_t used = canvas_wrap_next(text, width, &len);
        char *line = xstrndup(text, len);

        put(pen, x, width, line, style);
        free(line);
        text += used;
        pen->line++;
        x += hang;
        hang = 0;
    } while (*text != '\0');
}

static int label_columns(const struct doc *doc, int width)
{
    int third = width / 3;

    return doc->label_width < third ? doc->label_width : third;
}

static void draw_item(const struct doc *doc, struct pen *pen, const struct item *item)
{
    int label = label_columns(doc, pen->area.width);

    switch (item->kind) {
    case ITEM_SECTION:
        if (pen->line > 0) {
            pen->line++;
        }
        if (item->text[0] != '\0') {
            wrapped(pen, 0, 0, item->text, item->style);
        }
        break;
    case ITEM_FIELD:
        put(pen, 0, label, item->label, STYLE_DIM);
        wrapped(pen, label + 1, 0, item->text, item->style);
        break;
    case ITEM_TEXT:
        wrapped(pen, pen->area.width >= 40 ? 2 : 0, pen->area.width >= 16 ? 2 : 0, item->text,
                item->style);
        break;
    case ITEM_GAP:
        pen->line++;
        break;
    }
}

static int draw_column(const struct doc *doc, struct pen *pen, int column)
{
    for (size_t i = 0; i < doc->count; i++) {
        if (column < 0 || doc->items[i].column == column) {
            draw_item(doc, pen, &doc->items[i]);
        }
    }
    return pen->line;
}

static bool has_right(const struct doc *doc)
{
    for (size_t i = 0; i < doc->count; i++) {
        if (doc->items[i].column == 1) {
            return true;
        }
    }
    return false;
}

bool doc_two_columns(int width)
{
    return width >= TWO_COLUMNS;
}

int doc_draw(const struct doc *doc, struct canvas *canvas, struct rect area, int scroll)
{
    struct pen pen = {.canvas = canvas, .area = area, .scroll = scroll};
    int half = (area.width - 3) / 2;
    int left;
    int right;

    if (!doc_two_columns(area.width) || !has_right(doc)) {
        left = draw_column(doc, &pen, 0);
        pen.line = left;
        return draw_column(doc, &pen, 1);
    }
    pen.area.width = half;
    left = draw_column(doc, &pen, 0);
    pen.line = 0;
    pen.area.x = area.x + half + 3;
    right = draw_column(doc, &pen, 1);
    if (canvas != NULL) {
        canvas_vline(canvas, area.x + half + 1, area.y, area.height);
    }
    return left > right ? left : right;
}

struct doc_span *doc_spans(const struct doc *doc, int width, size_t *count)
{
    struct pen pen = {.area = {0, 0, width, 1}};
    struct doc_span *spans = xcalloc(doc->count + 1, sizeof(*spans));

    for (size_t i = 0; i < doc->count; i++) {
        bool section = doc->items[i].kind == ITEM_SECTION;

        spans[i] = (struct doc_span){.from = pen.line, .section = section};
        spans[i].from += section && pen.line > 0 ? 1 : 0;
        draw_item(doc, &pen, &doc->items[i]);
        spans[i].to = pen.line;
    }
    *count = doc->count;
    return spans;
}

int doc_lines(const struct doc *doc, int width)
{
    return doc_draw(doc, NULL, (struct rect){0, 0, width, 1}, 0);
}
