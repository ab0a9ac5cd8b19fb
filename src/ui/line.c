#include "ui/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

static void insert(struct line *line, const char *raw)
{
    char *clean = line->raw ? xstrdup(raw) : text_cleaned(raw);
    size_t len = strlen(clean);
    char *tail = xstrdup(line->text.data + line->cursor);

    /* A lone combining mark joins what stands before the cursor, so nothing is lost by cleaning
     * alone. */
    if (line->text.len + len < line->text.max) {
        line->text.len = line->cursor;
        buf_add(&line->text, clean, len);
        buf_adds(&line->text, tail);
        line->cursor += len;
    }
    free(tail);
    free(clean);
}

static void erase(struct line *line, size_t from, size_t to)
{
    if (from >= to || line->text.cap == 0) {
        return;
    }
    memmove(line->text.data + from, line->text.data + to, line->text.len - to + 1);
    line->text.len -= to - from;
    line->cursor = from;
}

static void erase_word(struct line *line)
{
    size_t from = line->cursor;

    while (from > 0 && line->text.data[from - 1] == ' ') {
        from--;
    }
    while (from > 0 && line->text.data[from - 1] != ' ') {
        from--;
    }
    erase(line, from, line->cursor);
}

void line_init(struct line *line, size_t max)
{
    buf_init(&line->text, max);
    line->cursor = 0;
}

void line_done(struct line *line)
{
    buf_done(&line->text);
}

void line_set(struct line *line, const char *text)
{
    buf_clear(&line->text);
    buf_adds(&line->text, text);
    line->cursor = line->text.len;
}

bool line_event(struct line *line, const struct ui_event *event)
{
    const char *text = line->text.data;
    size_t at = line->cursor;
    int columns;

    switch (event->key) {
    case UI_KEY_CHAR:
    case UI_KEY_PASTE:
        insert(line, event->text);
        return true;
    case UI_KEY_BACKSPACE:
        erase(line, at - text_prev(text, at), at);
        return true;
    case UI_KEY_DELETE:
        erase(line, at, at + text_next(text + at, &columns));
        return true;
    case UI_KEY_LEFT:
        line->cursor -= text_prev(text, at);
        return true;
    case UI_KEY_RIGHT:
        line->cursor += text_next(text + at, &columns);
        return true;
    case UI_KEY_HOME:
        line->cursor = 0;
        return true;
    case UI_KEY_END:
        line->cursor = line->text.len;
        return true;
    case UI_KEY_CTRL:
        if (event->number == 'u') {
            erase(line, 0, line->text.len);
            return true;
        }
        if (event->number == 'w') {
            erase_word(line);
            return true;
        }
        return false;
    default:
        return false;
    }
}

void line_draw(const struct line *line, struct canvas *canvas, int x, int y, int width, bool focus)
{
    char *raw_before = xstrndup(line->text.data, line->cursor);
    char *before = text_cleaned(raw_before), *shown = text_cleaned(line->text.data);
    const char *text = shown;
    int column = text_width(before);
    enum style style = focus ? STYLE_FIELD_FOCUS : STYLE_FIELD;

    free(raw_before);
    free(before);
    /* Columns are dropped from the left until the cursor is inside. */
    while (width > 0 && column >= width) {
        int columns;
        size_t len = text_next(text, &columns);

        if (len == 0) {
            break;
        }
        text += len;
        column -= columns;
    }
    if (width > 0) {
        canvas_fill(canvas, (struct rect){x, y, width, 1}, style);
        canvas_fit(canvas, x, y, width, text, style, true);
    }
    if (width > 0 && focus) {
        canvas_cursor(canvas, x + column, y);
    }
    free(shown);
}
