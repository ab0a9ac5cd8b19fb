/* What the files of the acts' wire share. */
#ifndef PORTCULLIS_API_ACT_INTERNAL_H
#define PORTCULLIS_API_ACT_INTERNAL_H

#include <jansson.h>

#include "api/act_wire.h"

/* The body of edit-key: {} when all is so already. */
json_t *act_edit_body(const struct act_look *look);
/* Does a record that has this member so (NULL: it has none) show what was asked for? A record may
 * hold more than was sent (bookkeeping of budgets), lists of words stand in any order, times and
 * numbers are written in several ways, a config is answered by its id, and the resetting of a use
 * is never shown. */
bool act_member_shows(const char *name, json_t *asked, const json_t *now);

#endif
