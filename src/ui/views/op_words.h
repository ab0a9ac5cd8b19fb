/* What is said of a write that is under way. */
#ifndef PORTCULLIS_UI_VIEWS_OP_WORDS_H
#define PORTCULLIS_UI_VIEWS_OP_WORDS_H

#include "ui/doc.h"
#include "ui/host.h"

/* How long it is waited for, which try runs, and, before anything was sent, that Esc gives up: a
 * line, or nothing. */
void op_wait_words(const struct host_operation *op, struct doc *doc);

#endif
