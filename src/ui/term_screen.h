/* The screen of the terminal: the only module that knows curses. A canvas goes out as cells; cells
 * that hold a secret go past curses, which keeps copies. Knows nothing of input, signals or the
 * loop: that is ui/term.c. */
#ifndef PORTCULLIS_UI_TERM_SCREEN_H
#define PORTCULLIS_UI_TERM_SCREEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/canvas.h"

struct term_screen;

/* Takes the terminal on stdin and stdout over. The signals of curses have to be blocked by then: it
 * would install handlers that lose a resize. Gives; NULL with ERR_FILE when the kind of terminal is
 * not known. */
struct term_screen *term_screen_open(bool color, struct err *err);
/* After term_screen_leave. NULL is fine. */
void term_screen_close(struct term_screen *screen);
/* Blanks it and gives the terminal back, for a time or for good. */
void term_screen_leave(struct term_screen *screen);
/* Takes it again, in the size that it has now. */
void term_screen_enter(struct term_screen *screen);
/* The modes of the terminal were changed by somebody else: sets ours again. */
void term_screen_set_modes(void);
/* Asks the terminal for its size. The next paint draws every cell. */
void term_screen_fit(struct term_screen *screen);
void term_screen_size(const struct term_screen *screen, int *width, int *height);
/* Copies the cells that changed. */
void term_screen_paint(struct term_screen *screen, const struct canvas *canvas);
/* The next paint draws every cell. */
void term_screen_redraw(struct term_screen *screen);
/* Appends the bytes that make the terminal usable again after a crash. */
void term_screen_rescue(struct buf *out);

#endif
