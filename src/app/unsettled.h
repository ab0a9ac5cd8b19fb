/* Writes whose end is not known: which of them would do the same again, and which one's end is the
 * end of another too. The one place that says so, for sessions and the journal alike. Pure: knows
 * neither files nor the API. Never decides by a name alone. */
#ifndef PORTCULLIS_APP_UNSETTLED_H
#define PORTCULLIS_APP_UNSETTLED_H

#include <stdbool.h>
#include <stdint.h>

/* What a write is about, as the journal keeps it. All text is lent, raw, and "" or NULL where there
 * is none or where an older line does not tell it. */
struct trace {
    const char *act;          /* "create-key", "revoke-key" */
    const char *organisation; /* its id */
    const char *base_url;     /* by these two an organisation is known where no id was kept */
    const char *profile;
    const char *kind;   /* of the record: "workspace-service" */
    const char *target; /* id of what is changed; "": it makes one */
    const char *place;  /* id of the workspace that it is made in; "" in none */
    const char *owner;  /* id of the person that it is made for; "" none */
    const char *name;   /* that it is given */
    int64_t at;         /* when it was sent, wall clock; TIME_NONE: not told */
};

/* Are both about the same organisation? By its id where both tell it. */
bool trace_same_organisation(const struct trace *a, const struct trace *b);
/* Would one do again what the other may have done (so each is the same as itself): the same act on
 * the same target, or the making of the same name and kind in the same place for the same person?
 * Then what became of the earlier is looked for first. Kind and owner that one of them does not
 * tell fit all. */
bool trace_same(const struct trace *a, const struct trace *b);
/* Does the proven end of `done` end `open` too? A revocation ends every write on its target; what
 * makes or changes ends nothing but itself. */
bool trace_ends(const struct trace *done, const struct trace *open);

#endif
