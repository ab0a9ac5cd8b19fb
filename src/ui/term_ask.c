#include "ui/term_ask.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* DECRQM for synchronized output, then primary device attributes. */
#define QUESTIONS "\033[?2026$p\033[c"
#define SYNCHRONIZED_OUTPUT 2026u
/* What DECRQM answers where the mode can be set and reset. */
#define IS_SET 1u
#define IS_RESET 2u
/* A terminal at the end of a slow line answers in this. */
#define ANSWERS_MS 1000

bool term_ask_wanted(void)
{
    const char *value = getenv("PORTCULLIS_SYNC");

    return value == NULL || strcmp(value, "off") != 0;
}

const char *term_ask_begin(struct term_ask *ask, int64_t now)
{
    ask->asked = ask->open = true;
    ask->asked_at = now;
    return QUESTIONS;
}

void term_ask_answer(struct term_ask *ask, const struct term_sequence *sequence)
{
    if (!ask->asked || sequence->prefix != '?') {
        return;
    }
    if (sequence->final == 'y' && sequence->middle == '$' &&
        sequence->fields[0][0] == SYNCHRONIZED_OUTPUT) {
        ask->marks = sequence->fields[1][0] == IS_SET || sequence->fields[1][0] == IS_RESET;
    } else if (sequence->final == 'c') {
        ask->open = false;
    }
}

int term_ask_wait_ms(const struct term_ask *ask, int64_t now)
{
    int64_t left = ask->asked_at + ANSWERS_MS - now;

    return ask->open && left > 0 ? (int)left : 0;
}
