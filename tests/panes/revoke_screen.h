/* The review of a revocation on a canvas with the fake host, for the tests of its dialog. */
#ifndef PORTCULLIS_PANES_REVOKE_SCREEN_H
#define PORTCULLIS_PANES_REVOKE_SCREEN_H

#include <stdbool.h>

#include "panes/stage.h"

/* Cancel has the focus at first; above it are the phrase and the reason. */
#define TO_REASON "Up Up"

/* Lends the row of a key of the organisation. */
struct key_row *row_of(struct fake_host *fake, const char *id);
/* What the host tells of the operation: it is about the key with this id. */
void set_operation(struct stage *stage, enum op_phase phase, const char *id);
/* The review of gira-app, open. */
void open_review(struct stage *stage, int width, int height);
void go_to_phase(struct stage *stage, enum op_phase phase, const char *words);
void arm(struct stage *stage);
/* Types both; the focus is on the phrase then. */
void fill(struct stage *stage, const char *reason, const char *phrase);
/* Is the text in what the host was asked? */
bool asked(const struct stage *stage, const char *line);
/* Fails unless the list is seen again. */
void expect_closed(struct stage *stage);

#endif
