/* What the heads, signs and marks of a view mean, for its help. Knows the lists and the forms by
 * the names of their panes; decides nothing. */
#ifndef PORTCULLIS_UI_VIEWS_HELP_WORDS_H
#define PORTCULLIS_UI_VIEWS_HELP_WORDS_H

#include "model/inventory.h"
#include "ui/doc.h"

/* What stands in a column, a line; NULL for a column that is not there. */
const char *help_column(enum list_kind list, const char *key);
/* Adds what the view with this name shows besides words: columns, signs, marks, the filter. */
void help_signs(const char *view, struct doc *doc);

#endif
