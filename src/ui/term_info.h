/* What this kind of terminal can do, and the bytes for it: moves, styles, modes. Of terminfo; where
 * it says that the terminal speaks as ECMA-48 has it, shorter forms of the same are used. The only
 * module that knows curses, and of that the terminfo part alone. */
#ifndef PORTCULLIS_UI_TERM_INFO_H
#define PORTCULLIS_UI_TERM_INFO_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/canvas.h"

struct term_info {
    bool ansi;      /* styles and moves may be composed here */
    bool hpa;       /* with ansi: has CHA */
    bool xterm;     /* one of the large family that takes unknown sequences in silence */
    bool last_cell; /* the last cell of all can be written without a scroll */
    int colours;    /* 0: none, or not wanted */
    /* Each may be NULL: it has none. */
    char *enter, *leave;      /* the second screen */
    char *keys_on, *keys_off; /* the keypad's mode */
    char *clear, *clear_line; /* the screen; from the cursor to the end of the line */
    char *erase;              /* so many cells, the cursor stays: a number is to be filled in */
    char *cursor_on, *cursor_off;
    char *reset; /* no attributes, the terminal's own colours */
    char *cup;
    char *styles[STYLE_COUNT]; /* on top of reset; with ansi the numbers between CSI and m; "" */
    unsigned char look[STYLE_COUNT]; /* the first style that looks the same */
    bool erasable[STYLE_COUNT];      /* a blank in it looks as erased does */
    struct {
        unsigned flags;
        int fg, bg; /* -1: the terminal's own */
    } made_of[STYLE_COUNT];
};

/* Asks terminfo about TERM. The terminal of stdout is not touched. ERR_FILE when it is not known or
 * cannot place text; then there is nothing to free. */
bool term_info_init(struct term_info *info, bool color, struct err *err);
void term_info_done(struct term_info *info);
/* Where a terminal that speaks as ECMA-48 has it is asked for, without terminfo: for tests. */
void term_info_init_ansi(struct term_info *info, int colours);
/* Appends what makes one style of another: no more than in what they differ, where nothing has to
 * be taken back. With ansi only. */
void term_info_restyle(const struct term_info *info, enum style from, enum style to,
                       struct buf *out);
/* Appends the move to a cell, counted from 0. */
void term_info_move(const struct term_info *info, int x, int y, struct buf *out);
/* Appends what ends scrolling regions, insert mode and the like that a program before us left. */
void term_info_tame(const struct term_info *info, int height, struct buf *out);
/* "xterm-256color, 256 colours"; NULL when TERM names none that is known (gives). */
char *term_info_describe(void);

#endif
