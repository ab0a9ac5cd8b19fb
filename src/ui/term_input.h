/* Bytes of a terminal to events. Knows the sequences of xterm, tmux, screen, rxvt, the Linux
 * console and the VT family, bracketed paste and SGR mouse reports; no curses, no file descriptors,
 * no clock. What is pasted is data whatever is in it, and what it cannot read it drops. */
#ifndef PORTCULLIS_UI_TERM_INPUT_H
#define PORTCULLIS_UI_TERM_INPUT_H

#include <stddef.h>

#include "ui/event.h"

/* A longer paste is cut here. The room is taken at the start, so that a pasted secret is never
 * copied by a buffer that grows. */
#define TERM_PASTE_MAX ((size_t)64 << 10)

struct term_input;

/* The event and its text are lent for the call. It may call term_input_reset, but not free. */
typedef void term_input_fn(void *ctx, const struct ui_event *event);

/* Gives. */
struct term_input *term_input_new(term_input_fn *fn, void *ctx);
/* Wipes what it holds. NULL is fine. */
void term_input_free(struct term_input *input);
/* Calls fn for each event that is complete. ^C and ^\ are UI_KEY_CTRL with number 'c' and '\\'. */
void term_input_feed(struct term_input *input, const char *bytes, size_t len);
/* Milliseconds after which, when no byte has come, term_input_timeout has to be called: a lone ESC
 * is a key, half a sequence is dropped. 0: nothing is open. A paste waits for its end for ever. */
int term_input_wait_ms(const struct term_input *input);
void term_input_timeout(struct term_input *input);
/* Forgets what is half read. */
void term_input_reset(struct term_input *input);

#endif
