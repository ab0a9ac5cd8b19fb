/* Reads an organisation's lists into an inventory: the first page tells the total, the rest come in
 * parallel, each is taken in a little a turn, rows are deduplicated, completeness is told
 * honestly. */
#ifndef PORTCULLIS_API_LOAD_H
#define PORTCULLIS_API_LOAD_H

#include "api/client.h"

#define LOAD_ALL ((1u << LIST_COUNT) - 1)

/* Called from the loop: after each decoded page (finished false) and once at the end (finished
 * true). The state of each list is in the inventory. err is set when the key itself was refused
 * (ERR_AUTH) or nothing could be reached. */
typedef void api_load_fn(void *ctx, bool finished, const struct err *err);

struct api_load;
/* Lends the inventory until the load is finished or freed. lists: 1u << enum list_kind each.
 * LIST_MEMBERS reads the members of every workspace (needs LIST_WORKSPACES in this or an earlier
 * load of the same inventory). Finds the operator's own key when the keys were read. */
struct api_load *api_load_start(struct api_client *client, struct inventory *inv, unsigned lists,
                                api_load_fn *fn, void *ctx);
/* Cancels what is under way; the lists that were not finished become PARTIAL ("stopped"). NULL is
 * accepted. fn is not called any more. */
void api_load_free(struct api_load *load);

#endif
