/* A screen as data: cells of text with a style role. Panes draw here; ui/term_diff.c makes of it
 * what is sent to the terminal, and tests compare it as text. Knows nothing of terminals. */
#ifndef PORTCULLIS_UI_CANVAS_H
#define PORTCULLIS_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum style {
    STYLE_NORMAL,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_TITLE,  /* the first line */
    STYLE_HEADER, /* column heads, section heads */
    STYLE_BORDER,
    STYLE_SELECTED,     /* the row under the cursor of the pane with the focus */
    STYLE_SELECTED_DIM, /* the same in a pane without the focus */
    STYLE_MARKED,
    STYLE_HIT,          /* what the filter looks for, */
    STYLE_HIT_SELECTED, /* and in the row under the cursor */
    STYLE_GOOD,
    STYLE_WARN,
    STYLE_BAD,
    STYLE_OWN,   /* the operator's own key */
    STYLE_ARMED, /* writes are on */
    STYLE_PROD,  /* a tag that says production */
    STYLE_FIELD, /* an input field */
    STYLE_FIELD_FOCUS,
    STYLE_BUTTON,
    STYLE_BUTTON_FOCUS,
    STYLE_DISABLED,
    STYLE_KEY,    /* a key's name in the footer */
    STYLE_SECRET, /* cells that hold a secret: wiped, never dumped (dumps show blocks) */
    STYLE_COUNT,
};

struct rect {
    int x, y, width, height;
};

/* A base character and its marks: cleaned text has at most three marks a base, four bytes each. */
#define CANVAS_CELL_TEXT 22

/* All bytes are set, those behind the text too: cells are the same when their bytes are. */
struct canvas_cell {
    char text[CANVAS_CELL_TEXT]; /* "" for the right half of a wide character */
    unsigned char columns;       /* 0: that right half */
    unsigned char style;
};

struct canvas;

struct canvas *canvas_new(int width, int height);
void canvas_free(struct canvas *canvas);
void canvas_resize(struct canvas *canvas, int width, int height);
/* From now on borders and our own glyphs are drawn in ASCII. */
void canvas_set_ascii(struct canvas *canvas, bool ascii);
bool canvas_ascii(const struct canvas *canvas);
int canvas_width(const struct canvas *canvas);
int canvas_height(const struct canvas *canvas);
/* Blanks all cells and hides the cursor. Secret cells are overwritten. */
void canvas_clear(struct canvas *canvas);
/* All drawing is clipped to the canvas; text is cleaned UTF-8. Returns the columns used. */
int canvas_text(struct canvas *canvas, int x, int y, const char *text, enum style style);
/* At most width columns, cut with .., padded with blanks to width when pad. */
int canvas_fit(struct canvas *canvas, int x, int y, int width, const char *text, enum style style,
               bool pad);
int canvas_textf(struct canvas *canvas, int x, int y, enum style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void canvas_fill(struct canvas *canvas, struct rect area, enum style style);
/* Gives all cells of an area another style, and those that are of `apart` the style `instead`. */
void canvas_restyle(struct canvas *canvas, struct rect area, enum style style, enum style apart,
                    enum style instead);
void canvas_hline(struct canvas *canvas, int x, int y, int width);
void canvas_vline(struct canvas *canvas, int x, int y, int height);
void canvas_box(struct canvas *canvas, struct rect area);
/* Wraps text at blanks into area; returns the lines used. */
int canvas_wrap(struct canvas *canvas, struct rect area, const char *text, enum style style);
/* Where a line of at most width columns ends: *len gets its bytes, the return value is where the
 * next line starts. */
size_t canvas_wrap_next(const char *text, int width, size_t *len);
void canvas_cursor(struct canvas *canvas, int x, int y);

/* A cell for the terminal and tests: its text (lends; "" for the right half of a wide character),
 * columns, style. */
const char *canvas_cell(const struct canvas *canvas, int x, int y, int *columns, enum style *style);
/* The cells of a row that is there, as many as the canvas is wide. Lends until it is drawn on. */
const struct canvas_cell *canvas_row(const struct canvas *canvas, int y);
/* Puts all cells of another canvas, which holds no secret, at a place of this one. */
void canvas_put(struct canvas *canvas, int x, int y, const struct canvas *from);
/* Copies a row, blanks in place of a secret. */
void canvas_keep_row(struct canvas *kept, const struct canvas *from, int y);
/* May a cell hold a secret? */
bool canvas_has_secret(const struct canvas *canvas);
bool canvas_cursor_at(const struct canvas *canvas, int *x, int *y);
/* Appends the screen as text, lines without trailing blanks. Secret cells come out as U+2592. */
void canvas_dump(const struct canvas *canvas, struct buf *out);

#endif
