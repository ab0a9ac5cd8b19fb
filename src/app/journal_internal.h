/* What the files of the journal share. Included by journal*.c only. */
#ifndef PORTCULLIS_APP_JOURNAL_INTERNAL_H
#define PORTCULLIS_APP_JOURNAL_INTERNAL_H

#include "app/journal.h"

/* Of the lines that are written now. */
#define JOURNAL_VERSION 2

struct journal {
    char *path;
    const struct clock *clock;
    struct journal_holds *holds;
};

/* The intents that this process works on, each a file in a folder beside the journal that is locked
 * for as long as the process lives and its work lasts. */
struct journal_holds;
struct journal_holds *journal_holds_new(const char *journal_path);
/* Lets go of all. */
void journal_holds_free(struct journal_holds *holds);
bool journal_hold(struct journal_holds *holds, const char *intent, struct err *err);
/* Does nothing for one that is not held here, but for what a process that died left of it. */
void journal_release(struct journal_holds *holds, const char *intent);
/* Does any process hold it, this one included? */
bool journal_is_held(const struct journal_holds *holds, const char *intent);

#endif
