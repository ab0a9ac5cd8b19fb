/* The screen of the terminal: its modes, its size, and a canvas that goes out in one write of what
 * changed. Knows nothing of input, signals or the loop: that is ui/term.c. */
#ifndef PORTCULLIS_UI_TERM_SCREEN_H
#define PORTCULLIS_UI_TERM_SCREEN_H

#include <stdbool.h>
#include <termios.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/canvas.h"

/* A window may say 65 535; nobody reads more than this, and what is beyond stays empty. */
#define TERM_WIDTH_MAX 1024
#define TERM_HEIGHT_MAX 512

struct term_screen;

/* Takes the terminal on stdin and stdout over. settings: its modes as they were, for those that are
 * ours. Gives; NULL with ERR_FILE when the kind of terminal is not known. */
struct term_screen *term_screen_open(const struct termios *settings, bool color, struct err *err);
/* After term_screen_leave. NULL is fine. */
void term_screen_close(struct term_screen *screen);
/* Blanks it and gives the terminal back, for a time or for good. */
void term_screen_leave(struct term_screen *screen);
/* Takes it again, in the size that it has now. */
void term_screen_enter(struct term_screen *screen);
/* Asks the terminal for its size. The next paint draws every cell. */
void term_screen_fit(struct term_screen *screen);
void term_screen_size(const struct term_screen *screen, int *width, int *height);
/* Sends the cells that changed, in one write; nothing when none did. */
void term_screen_paint(struct term_screen *screen, const struct canvas *canvas);
/* The next paint draws every cell. */
void term_screen_redraw(struct term_screen *screen);
/* A terminal that shows a paint as a whole is told where one begins and ends. */
void term_screen_mark_paints(struct term_screen *screen, bool on);
/* May it be asked what it can do? Some print what they do not know. */
bool term_screen_may_ask(const struct term_screen *screen);
/* Appends the bytes that make the terminal usable again after a crash. */
void term_screen_rescue(const struct term_screen *screen, struct buf *out);

#endif
