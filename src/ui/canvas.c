#include "ui/canvas.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/text.h"

#include "base/banned.h"

#define SIDE_MAX 4096

struct canvas {
    struct canvas_cell *cells;
    int width, height;
    int cursor_x, cursor_y; /* -1: hidden */
    bool ascii;
    bool secret; /* a cell may hold one */
};

static const struct canvas_cell BLANK = {.text = " ", .columns = 1, .style = STYLE_NORMAL};

static const struct glyph {
    const char *fine;
    const char *plain;
} GLYPHS[];

static int side(int wanted)
{
    return wanted < 1 ? 1 : wanted > SIDE_MAX ? SIDE_MAX : wanted;
}

/* All bytes of a cell are set, those behind its text too: cells are compared as bytes. */
static void blank(struct canvas_cell *cell, enum style style)
{
    if (cell->style == STYLE_SECRET) {
        secret_wipe(cell->text, sizeof(cell->text));
    }
    *cell = BLANK;
    cell->style = (unsigned char)style;
}

static size_t cell_count(const struct canvas *canvas)
{
    return (size_t)canvas->width * (size_t)canvas->height;
}

static void wipe(struct canvas *canvas)
{
    if (canvas->secret) {
        secret_wipe(canvas->cells, cell_count(canvas) * sizeof(*canvas->cells));
        canvas->secret = false;
    }
    canvas->cells[0] = BLANK;
    for (size_t done = 1, count = cell_count(canvas); done < count; done *= 2) {
        size_t more = done < count - done ? done : count - done;

        memcpy(canvas->cells + done, canvas->cells, more * sizeof(*canvas->cells));
    }
}

static void allocate(struct canvas *canvas, int width, int height)
{
    canvas->width = side(width);
    canvas->height = side(height);
    canvas->cells = xcalloc(cell_count(canvas), sizeof(*canvas->cells));
    canvas->cursor_x = -1;
    canvas->cursor_y = -1;
    wipe(canvas);
}

static struct canvas_cell *at(const struct canvas *canvas, int x, int y)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height) {
        return NULL;
    }
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* What is written over half of a wide character must not leave the other half. */
static void split_wide(struct canvas *canvas, int x, int y)
{
    struct canvas_cell *cell = at(canvas, x, y);
    struct canvas_cell *next = at(canvas, x + 1, y);

    if (cell == NULL) {
        return;
    }
    if (cell->columns == 0) {
        struct canvas_cell *before = at(canvas, x - 1, y);

        if (before != NULL) {
            blank(before, (enum style)before->style);
        }
    }
    if (cell->columns == 2 && next != NULL) {
        blank(next, (enum style)next->style);
    }
}

static const char *plain_glyph(const char *text, size_t *len)
{
    for (size_t i = 0; GLYPHS[i].fine != NULL; i++) {
        if (strlen(GLYPHS[i].fine) == *len && memcmp(GLYPHS[i].fine, text, *len) == 0) {
            *len = strlen(GLYPHS[i].plain);
            return GLYPHS[i].plain;
        }
    }
    return text;
}

static void put(struct canvas *canvas, int x, int y, const char *text, size_t len, int columns,
                enum style style)
{
    struct canvas_cell *cell = at(canvas, x, y);
    struct canvas_cell *right = columns == 2 ? at(canvas, x + 1, y) : NULL;

    if (cell == NULL || columns < 1 || (columns == 2 && right == NULL)) {
        return;
    }
    split_wide(canvas, x, y);
    blank(cell, style);
    canvas->secret = canvas->secret || style == STYLE_SECRET;
    if (canvas->ascii) {
        text = plain_glyph(text, &len);
    }
    if (len >= sizeof(cell->text)) {
        int ignored;

        /* More marks than a cleaned text has: the base alone. */
        len = text_cut(text, columns, &ignored);
        len = len >= sizeof(cell->text) ? 0 : len;
    }
    if (len > 0) {
        memcpy(cell->text, text, len);
        cell->text[len] = '\0';
    }
    cell->columns = (unsigned char)columns;
    if (right != NULL) {
        split_wide(canvas, x + 1, y);
        blank(right, style);
        right->text[0] = '\0';
        right->columns = 0;
        cell->columns = 2;
    }
}

/* The same for one character of ASCII, which most are. */
static void put_ascii(struct canvas *canvas, int x, int y, char c, enum style style)
{
    struct canvas_cell *cell = at(canvas, x, y);

    if (cell == NULL) {
        return;
    }
    if (cell->columns != 1) {
        split_wide(canvas, x, y);
    }
    *cell = BLANK;
    cell->text[0] = c;
    cell->style = (unsigned char)style;
    canvas->secret = canvas->secret || style == STYLE_SECRET;
}

/* Draws at most `width` columns; returns the columns used. */
static int draw_text(struct canvas *canvas, int x, int y, const char *text, int width,
                     enum style style)
{
    int used = 0;

    while (used < width) {
        int columns;
        size_t len;

        /* A mark that may follow it is not of ASCII. */
        if (text[0] != '\0' && (unsigned char)text[0] < 0x80 && (unsigned char)text[1] < 0x80) {
            put_ascii(canvas, x + used, y, *text++, style);
            used++;
            continue;
        }
        len = text_next(text, &columns);

        if (len == 0 || used + columns > width) {
            break;
        }
        put(canvas, x + used, y, text, len, columns, style);
        text += len;
        used += columns;
    }
    return used;
}

struct canvas *canvas_new(int width, int height)
{
    struct canvas *canvas = xcalloc(1, sizeof(*canvas));

    allocate(canvas, width, height);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (canvas == NULL) {
        return;
    }
    wipe(canvas);
    free(canvas->cells);
    free(canvas);
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
    wipe(canvas);
    free(canvas->cells);
    allocate(canvas, width, height);
}

void canvas_set_ascii(struct canvas *canvas, bool ascii)
{
    canvas->ascii = ascii;
}

bool canvas_ascii(const struct canvas *canvas)
{
    return canvas->ascii;
}

int canvas_width(const struct canvas *canvas)
{
    return canvas->width;
}

int canvas_height(const struct canvas *canvas)
{
    return canvas->height;
}

void canvas_clear(struct canvas *canvas)
{
    wipe(canvas);
    canvas->cursor_x = -1;
    canvas->cursor_y = -1;
}

int canvas_text(struct canvas *canvas, int x, int y, const char *text, enum style style)
{
    return draw_text(canvas, x, y, text, SIDE_MAX, style);
}

int canvas_fit(struct canvas *canvas, int x, int y, int width, const char *text, enum style style,
               bool pad)
{
    int used;

    if (width <= 0) {
        return 0;
    }
    if (text[text_cut(text, width, NULL)] != '\0') {
        const char *dots = width < 4 ? "." : "..";
        int room = width - (int)strlen(dots);

        used = draw_text(canvas, x, y, text, room, style);
        used += draw_text(canvas, x + used, y, dots, width - used, style);
    } else {
        used = draw_text(canvas, x, y, text, width, style);
    }
    for (; pad && used < width; used++) {
        put_ascii(canvas, x + used, y, ' ', style);
    }
    return used;
}

int canvas_textf(struct canvas *canvas, int x, int y, enum style style, const char *format, ...)
{
    va_list args;
    char *text;
    int used;

    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    used = canvas_text(canvas, x, y, text, style);
    free(text);
    return used;
}

void canvas_fill(struct canvas *canvas, struct rect area, enum style style)
{
    for (int y = area.y; y < area.y + area.height && y < canvas->height; y++) {
        for (int x = area.x; x < area.x + area.width && x < canvas->width; x++) {
            put_ascii(canvas, x, y, ' ', style);
        }
    }
}

void canvas_restyle(struct canvas *canvas, struct rect area, enum style style, enum style apart,
                    enum style instead)
{
    for (int y = area.y; y < area.y + area.height && y < canvas->height; y++) {
        for (int x = area.x; x < area.x + area.width && x < canvas->width; x++) {
            struct canvas_cell *cell = at(canvas, x, y);

            if (cell != NULL) {
                cell->style = (unsigned char)(cell->style == apart ? instead : style);
            }
        }
    }
}

void canvas_hline(struct canvas *canvas, int x, int y, int width)
{
    for (int i = 0; i < width && x + i < canvas->width; i++) {
        put(canvas, x + i, y, "─", strlen("─"), 1, STYLE_BORDER);
    }
}

void canvas_vline(struct canvas *canvas, int x, int y, int height)
{
    for (int i = 0; i < height && y + i < canvas->height; i++) {
        put(canvas, x, y + i, "│", strlen("│"), 1, STYLE_BORDER);
    }
}

void canvas_box(struct canvas *canvas, struct rect area)
{
    int right = area.x + area.width - 1;
    int bottom = area.y + area.height - 1;

    if (area.width < 2 || area.height < 2) {
        return;
    }
    canvas_hline(canvas, area.x, area.y, area.width);
    canvas_hline(canvas, area.x, bottom, area.width);
    canvas_vline(canvas, area.x, area.y, area.height);
    canvas_vline(canvas, right, area.y, area.height);
    canvas_text(canvas, area.x, area.y, "┌", STYLE_BORDER);
    canvas_text(canvas, right, area.y, "┐", STYLE_BORDER);
    canvas_text(canvas, area.x, bottom, "└", STYLE_BORDER);
    canvas_text(canvas, right, bottom, "┘", STYLE_BORDER);
}

/* "(in 186d)" and the like stay whole: a place to break inside one is moved before it. */
#define TOGETHER_MAX 12

static size_t before_bracket(const char *text, size_t cut)
{
    size_t open = cut;

    while (open > 0 && text[open] != '(' && text[open] != ')') {
        open--;
    }
    if (open > 1 && text[open] == '(' && text[open - 1] == ' ') {
        size_t len = strcspn(text + open, ")");

        return text[open + len] == ')' && len < TOGETHER_MAX ? open - 1 : cut;
    }
    return cut;
}

size_t canvas_wrap_next(const char *text, int width, size_t *len)
{
    size_t fits = text_cut(text, width, NULL);
    size_t cut = fits;

    if (text[fits] == '\0') {
        *len = fits;
        return fits;
    }
    while (cut > 0 && text[cut] != ' ') {
        cut--;
    }
    if (cut == 0) {
        int columns;

        /* One word longer than the line is cut; one character always goes. */
        *len = fits > 0 ? fits : text_next(text, &columns);
        return *len;
    }
    cut = before_bracket(text, cut);
    *len = cut;
    while (text[cut] == ' ') {
        cut++;
    }
    return cut;
}

int canvas_wrap(struct canvas *canvas, struct rect area, const char *text, enum style style)
{
    int lines = 0;

    while (*text != '\0' && lines < area.height && area.width > 0) {
        size_t len;
        size_t used = canvas_wrap_next(text, area.width, &len);
        char *line = xstrndup(text, len);

        canvas_fit(canvas, area.x, area.y + lines, area.width, line, style, false);
        free(line);
        text += used;
        lines++;
    }
    return lines;
}

void canvas_cursor(struct canvas *canvas, int x, int y)
{
    if (at(canvas, x, y) != NULL) {
        canvas->cursor_x = x;
        canvas->cursor_y = y;
    }
}

const char *canvas_cell(const struct canvas *canvas, int x, int y, int *columns, enum style *style)
{
    const struct canvas_cell *cell = at(canvas, x, y);

    if (cell == NULL) {
        return "";
    }
    if (columns != NULL) {
        *columns = cell->columns;
    }
    if (style != NULL) {
        *style = (enum style)cell->style;
    }
    return cell->text;
}

const struct canvas_cell *canvas_row(const struct canvas *canvas, int y)
{
    return at(canvas, 0, y);
}

bool canvas_has_secret(const struct canvas *canvas)
{
    return canvas->secret;
}

void canvas_put(struct canvas *canvas, int x, int y, const struct canvas *from)
{
    int left = x < 0 ? -x : 0;
    int right = from->width < canvas->width - x ? from->width : canvas->width - x;

    assert(!from->secret);
    for (int row = 0; row < from->height && right > left; row++) {
        if (at(canvas, x + left, y + row) != NULL) {
            split_wide(canvas, x + left, y + row);
            split_wide(canvas, x + right - 1, y + row);
            memcpy(at(canvas, x + left, y + row), at(from, left, row),
                   (size_t)(right - left) * sizeof(*from->cells));
        }
    }
}

void canvas_keep_row(struct canvas *kept, const struct canvas *from, int y)
{
    struct canvas_cell *to = at(kept, 0, y);
    const struct canvas_cell *cells = at(from, 0, y);

    if (!from->secret) {
        memcpy(to, cells, (size_t)from->width * sizeof(*to));
        return;
    }
    for (int x = 0; x < from->width; x++) {
        if (cells[x].style == STYLE_SECRET) {
            to[x] = BLANK;
            to[x].style = STYLE_SECRET;
            to[x].columns = cells[x].columns;
        } else {
            to[x] = cells[x];
        }
    }
}

bool canvas_cursor_at(const struct canvas *canvas, int *x, int *y)
{
    if (canvas->cursor_x < 0) {
        return false;
    }
    *x = canvas->cursor_x;
    *y = canvas->cursor_y;
    return true;
}

void canvas_dump(const struct canvas *canvas, struct buf *out)
{
    for (int y = 0; y < canvas->height; y++) {
        size_t kept = out->len;

        for (int x = 0; x < canvas->width; x++) {
            const struct canvas_cell *cell = at(canvas, x, y);
            bool hidden = cell->style == STYLE_SECRET;

            buf_adds(out, hidden ? "▒" : cell->text);
            if (hidden || strcmp(cell->text, " ") != 0) {
                kept = out->len;
            }
        }
        while (out->len > kept) {
            out->data[--out->len] = '\0';
        }
        buf_addc(out, '\n');
    }
}

static const struct glyph GLYPHS[] = {
    {"─", "-"}, {"│", "|"}, {"┌", "+"}, {"┐", "+"},   {"└", "+"}, {"┘", "+"},
    {"▸", ">"}, {"«", "<"}, {"·", "."}, {"▲", "^"},   {"▼", "v"}, {"●", "*"},
    {"○", "o"}, {"█", "#"}, {"▒", "#"}, {NULL, NULL},
};
