/* A dialog that lets one of many be chosen by typing a part of its name. Knows nothing of what is
 * chosen: the caller fills it and gets the id back. */
#ifndef PORTCULLIS_UI_PICKER_H
#define PORTCULLIS_UI_PICKER_H

#include "ui/pane.h"

/* Called once, when the operator has chosen; not when they leave by Esc. id is lent for the call.
 */
typedef void picker_fn(void *ctx, const char *id);

/* empty: the sentence for a list without rows. ctx has to outlive the pane. Texts are copied. */
struct pane picker_new(const char *title, const char *empty, picker_fn *chosen, void *ctx);
/* Adds a row: its name and what is shown after it (a slug, a role, an id). The filter looks at
 * both.
 */
void picker_add(struct pane pane, const char *id, const char *name, const char *detail);
/* Puts the cursor on the row with this id, if there is one. */
void picker_select(struct pane pane, const char *id);
/* As if this had been typed in it already; "" nothing. */
void picker_type(struct pane pane, const char *text);

#endif
