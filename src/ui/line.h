/* One line of text being typed: bytes in UTF-8, a cursor, editing keys. Used by the filter and the
 * palette. Draws itself into a width, scrolled so that the cursor is seen. Not for secrets. */
#ifndef PORTCULLIS_UI_LINE_H
#define PORTCULLIS_UI_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/event.h"

struct line {
    struct buf text;
    size_t cursor; /* bytes */
    bool raw;      /* what is pasted is kept as it came, and drawn cleaned */
};

/* max: bytes it may hold. */
void line_init(struct line *line, size_t max);
void line_done(struct line *line);
void line_set(struct line *line, const char *text);
/* Text, pasted runs (cleaned, made one line, unless raw), Backspace, Delete, Left, Right, Home,
 * End, ^U (all), ^W (a word). False: not an editing key. */
bool line_event(struct line *line, const struct ui_event *event);
/* Draws and puts the canvas' cursor there when focus. */
void line_draw(const struct line *line, struct canvas *canvas, int x, int y, int width, bool focus);

#endif
