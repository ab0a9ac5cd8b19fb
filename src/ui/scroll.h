/* Walking through lines: which actions do, and how far. Tables, details and the help share it. */
#ifndef PORTCULLIS_UI_SCROLL_H
#define PORTCULLIS_UI_SCROLL_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/action.h"

/* Up, down, a page, half a page, to the first, to the last. */
bool scroll_is(enum action action);
/* How many lines it goes on, back when negative; 0 for what scroll_is refuses. height: lines seen
 * at a time; all: lines there are. */
ptrdiff_t scroll_step(enum action action, int height, size_t all);
/* The first line seen, kept where there is something to see. */
int scroll_limit(int scroll, int height, int all);

#endif
