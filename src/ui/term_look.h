/* How each style looks with 256 colours, with 8 and with none. The terminal's own colours are the
 * ground; a colour that stands on them is readable on black and on white, and everything else
 * brings its own ground. Glyphs and words carry the meaning: colour only helps. Knows no curses. */
#ifndef PORTCULLIS_UI_TERM_LOOK_H
#define PORTCULLIS_UI_TERM_LOOK_H

#include "ui/canvas.h"

enum {
    LOOK_BOLD = 1u << 0,
    LOOK_DIM = 1u << 1,
    LOOK_REVERSE = 1u << 2,
    LOOK_UNDERLINE = 1u << 3,
};

struct term_look {
    short fg, bg; /* -1: the terminal's own */
    unsigned flags;
};

/* colours: what the terminal has; 0 when it has none or they are not wanted. Lends a constant. */
const struct term_look *term_look(enum style style, int colours);

#endif
