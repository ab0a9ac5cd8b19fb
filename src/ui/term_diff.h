/* From the screen that stands on the terminal to the one that is wanted, in as few bytes as can be:
 * only cells that differ are sent. Bytes out, no terminal: whoever calls writes them. */
#ifndef PORTCULLIS_UI_TERM_DIFF_H
#define PORTCULLIS_UI_TERM_DIFF_H

#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/term_info.h"

struct term_diff;

/* Gives. info is lent for its life. Nothing is known of the terminal's screen at first. */
struct term_diff *term_diff_new(const struct term_info *info);
void term_diff_free(struct term_diff *diff);
/* The terminal's screen is not known any more: the next paint clears it and draws all. */
void term_diff_lost(struct term_diff *diff);
/* Appends what makes the terminal, of that size, show the canvas; nothing when it does already.
 * What of the canvas lies outside is left out. Out holds secrets then when the canvas does. */
void term_diff_paint(struct term_diff *diff, const struct canvas *canvas, int width, int height,
                     struct buf *out);

#endif
