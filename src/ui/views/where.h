/* Where a write goes: the organisation with its tag and the whole address. Both reviews say it, for
 * names repeat and what is right in one organisation does harm in another. */
#ifndef PORTCULLIS_UI_VIEWS_WHERE_H
#define PORTCULLIS_UI_VIEWS_WHERE_H

#include "ui/doc.h"
#include "ui/ui.h"

/* Adds the open profile, its tag and its server: "Organisation  acme [PROD]   https://api.x.ai".
 * The path of the request stands beside it, in a line of its own: no id is torn by the end of a
 * line. */
void where_line(const struct ui *ui, const char *label, struct doc *doc);

#endif
