/* What the terminal is asked when it is taken for the first time: whether a paint can be marked, so
 * that it is shown as a whole. Answers come as input, late or never; whoever gives the terminal
 * back waits for those that are still on their way, so that no shell reads them. No file
 * descriptors, no clock. */
#ifndef PORTCULLIS_UI_TERM_ASK_H
#define PORTCULLIS_UI_TERM_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/term_keys.h"

struct term_ask {
    bool asked, open; /* open: answers are still to come */
    int64_t asked_at;
    bool marks; /* the answer: paints can be marked */
};

/* Is it wanted? PORTCULLIS_SYNC=off says no. */
bool term_ask_wanted(void);
/* The bytes to send; the second question is one that all terminals answer, in turn. */
const char *term_ask_begin(struct term_ask *ask, int64_t now);
/* A sequence that is no key. */
void term_ask_answer(struct term_ask *ask, const struct term_sequence *sequence);
/* Milliseconds that the answers are worth waiting for; 0: they are there, or will not come. */
int term_ask_wait_ms(const struct term_ask *ask, int64_t now);

#endif
