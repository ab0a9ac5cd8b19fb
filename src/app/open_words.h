/* A write whose end is not known, in words: what it was to do, and what a person can do about it.
 * Pure: of the journal's report alone. */
#ifndef PORTCULLIS_APP_OPEN_WORDS_H
#define PORTCULLIS_APP_OPEN_WORDS_H

#include <stdbool.h>

#include "app/journal.h"
#include "base/buf.h"

/* Of what the answer to a create named, behind its name. */
#define OPEN_ANOTHER                                                                               \
    "was named in the answer, but it is not what was asked for, so it may be somebody else's: "    \
    "look "                                                                                        \
    "at it before anything is done to it."

/* One word for how far it came: "running" (its writer lives), "another" (the answer named another
 * key), "handing", "taken", "made", "there" (its target was seen since), "out-of-reach",
 * "accepted", "unknown", "sent". Lends a constant. */
const char *open_state(const struct journal_open *open);
/* What it is about: the key by its name, and one that is there by its mask and id too. "The key
 * \"ci\" (aB*****xyz 4444..)". Appends. */
void open_name(const struct journal_open *open, struct buf *out);
/* That its end is not known, as a sentence: "It is not known whether the key \"ci\" was made.";
 * of what our own answer named: "The key \"ci\" (4444..) was made." Appends. */
void open_describe(const struct journal_open *open, struct buf *out);
/* What the journal alone says of what it made, a sentence or two: its secret, or what may be what
 * it made. doubtful: the journal is damaged, so that nothing is advised. Nothing when it says
 * nothing. Appends, with a blank before. */
void open_advise(const struct journal_open *open, bool doubtful, struct buf *out);
/* The same of the secret of what our own answer named alone. */
void open_advise_secret(const struct journal_open *open, bool doubtful, struct buf *out);
/* All that the journal alone says of it: that its writer is at work, what was seen of it last, or
 * the two above. Appends. */
void open_tell(const struct journal_open *open, bool doubtful, struct buf *out);

#endif
