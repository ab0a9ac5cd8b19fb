/* Bytes of a terminal to events: keys (ui/term_keys.h), bracketed paste, SGR mouse reports; no file
 * descriptors, no clock. What is pasted is data whatever is in it, and what is no key acts as none:
 * answers of the terminal, however late, are dropped. */
#ifndef PORTCULLIS_UI_TERM_INPUT_H
#define PORTCULLIS_UI_TERM_INPUT_H

#include <stddef.h>

#include "ui/event.h"

/* A longer paste is cut here. The room is taken at the start, so that a pasted secret is never
 * copied by a buffer that grows. */
#define TERM_PASTE_MAX ((size_t)64 << 10)

struct term_input;

struct term_sequence;

/* The event and its text are lent for the call. It may call term_input_reset, but not free. */
typedef void term_input_fn(void *ctx, const struct ui_event *event);

/* Gives. */
struct term_input *term_input_new(term_input_fn *fn, void *ctx);
/* A control sequence that is no key, lent for the call: what was asked for. With the ctx above. */
typedef void term_answer_fn(void *ctx, const struct term_sequence *sequence);
void term_input_on_answer(struct term_input *input, term_answer_fn *fn);
/* Wipes what it holds. NULL is fine. */
void term_input_free(struct term_input *input);
/* Calls fn for each event that is complete. ^C and ^\ are UI_KEY_CTRL with number 'c' and '\\'. */
void term_input_feed(struct term_input *input, const char *bytes, size_t len);
/* Milliseconds after which, when no byte has come, term_input_timeout has to be called: a lone ESC
 * is a key, half a sequence is dropped, and a paste without an end is over; what follows these is
 * dropped until there is silence. 0: nothing is open. */
int term_input_wait_ms(const struct term_input *input);
void term_input_timeout(struct term_input *input);
/* Forgets what is half read. */
void term_input_reset(struct term_input *input);

#endif
