/* What the files of the revoke dialog share: what the operator saw of a key, and the pages made
 * from it. Included by revoke*.c only. */
#ifndef PORTCULLIS_UI_VIEWS_REVOKE_INTERNAL_H
#define PORTCULLIS_UI_VIEWS_REVOKE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"
#include "ui/doc.h"
#include "ui/host.h"

#define SEEN_TEXTS 8

/* A key as it was shown: plain text and its scopes, so that nothing points into an inventory that
 * may be replaced. Zeroed is "not seen". */
struct revoke_seen {
    bool any;
    char *texts[SEEN_TEXTS];
    struct scope_set scopes;
};

void revoke_seen_take(struct revoke_seen *seen, const struct field_context *ctx, size_t row);
void revoke_seen_done(struct revoke_seen *seen);
/* Adds a line for each thing that is not as it was: "status: active, now expired". The number of
 * lines. */
int revoke_seen_diff(const struct revoke_seen *before, const struct revoke_seen *now,
                     struct buf *out);

/* Names of other keys that are the same as that of the row, in words: "2 other keys have this name:
 * .." Looks at every key. */
void revoke_twins(const struct inventory *inv, size_t row, struct buf *out);

/* What the key is. twins: from revoke_twins, "" for none. wide: for two columns. */
void revoke_facts(const struct field_context *ctx, size_t row, const char *twins, bool wide,
                  struct doc *doc);

/* What will be sent, or what became of it. start: why there is no review. changes: what is not as
 * it was when the operator looked, a line each. armed: the screen wakes up every second. */
void revoke_words(const struct host_operation *op, const struct err *start, const char *changes,
                  int64_t now, bool armed, struct doc *doc);

#endif
