/* What the files of the revoke dialog share: its state, what the operator saw of a key, and the
 * pages made from it. Included by revoke*.c only. */
#ifndef PORTCULLIS_UI_VIEWS_REVOKE_INTERNAL_H
#define PORTCULLIS_UI_VIEWS_REVOKE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"
#include "ui/doc.h"
#include "ui/form.h"
#include "ui/host.h"
#include "ui/ui.h"

#define SEEN_TEXTS 8

/* A key as it was shown: plain text and its scopes, so that nothing points into an inventory that
 * may be replaced. Zeroed is "not seen". */
struct revoke_seen {
    bool any;
    bool calls_nothing; /* no gateway accepts it as it is: expired, blocked, used up, or for admins
                         */
    char *texts[SEEN_TEXTS];
    struct scope_set scopes;
};

enum entry { REASON, PHRASE, KNOW, CANCEL, REVOKE };

struct revoke {
    const struct host *host;
    char *key_id;
    char *name; /* cleaned, for the title; "" until known */
    bool was_armed;
    char *reason, *typed; /* what is in the form: it is made anew when its fields change */
    bool i_know;          /* the operator vouches that this is not the own key */
    struct form *form;    /* empty while there is nothing to press */
    char *form_of;        /* what the form was made for */
    int scroll;
    struct doc *target; /* which key and where: always seen */
    struct doc *facts, *request;
    struct err start; /* why there is no review */
    enum op_phase phase;
    struct revoke_seen seen; /* what the operator looked at last */
    char *changes;           /* what is not as it was, a line each */
    char *twins;
    uint64_t twins_of; /* the generation that was searched */
    bool twins_known;
};

/* It goes on by itself: Enter, pressed twice, must not leave it. */
bool revoke_in_motion(enum op_phase phase);

/* -- revoke_draw.c -- */

/* Has the window room for all of the target and something to press? */
bool revoke_all_seen(const struct revoke *self, const struct ui *ui);
void revoke_draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area);
/* Scrolls what lies between target and form; pages < 0: up. */
void revoke_scroll(struct revoke *self, struct ui *ui, int pages);

/* -- revoke_form.c -- */

/* May it be sent? Else out says what is missing. */
bool revoke_ready(const struct revoke *self, const struct ui *ui, const struct host_operation *op,
                  struct buf *out);
/* Makes the form that the phase wants, and says under the button what it waits for. */
void revoke_update_form(struct revoke *self, const struct ui *ui, const struct host_operation *op);
/* Takes what was typed. */
void revoke_take_values(struct revoke *self, struct ui *ui, const struct host_operation *op);

/* -- revoke_facts.c -- */

void revoke_seen_take(struct revoke_seen *seen, const struct field_context *ctx, size_t row);
void revoke_seen_done(struct revoke_seen *seen);
/* Adds a line for each thing that is not as it was: "status: active, now expired". The number of
 * lines. */
int revoke_seen_diff(const struct revoke_seen *before, const struct revoke_seen *now,
                     struct buf *out);

/* Names of other keys that are the same as that of the row, in words: "2 other keys have this name:
 * .." Looks at every key. */
void revoke_twins(const struct inventory *inv, size_t row, struct buf *out);

/* Which key it is: name, mask, kind, owner, workspace. What must be seen whenever it can be
 * revoked.
 */
void revoke_target(const struct field_context *ctx, size_t row, struct doc *doc);
/* What else is known of it. twins: from revoke_twins, "" for none. wide: for two columns. */
void revoke_facts(const struct field_context *ctx, size_t row, const char *twins, bool wide,
                  struct doc *doc);

/* -- revoke_words.c -- */

/* What will be sent, or what became of it. start: why there is no review. changes: what is not as
 * it was when the operator looked, a line each. seen: the key as it was shown last. armed: the
 * screen wakes up every second. */
void revoke_words(const struct host_operation *op, const struct err *start, const char *changes,
                  const struct revoke_seen *seen, int64_t now, bool armed, struct doc *doc);

#endif
