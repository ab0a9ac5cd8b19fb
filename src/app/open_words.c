#include "app/open_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#include "base/banned.h"

#define NAME_COLUMNS 60

static bool makes(const struct journal_open *open)
{
    return open->target[0] == '\0';
}

const char *open_state(const struct journal_open *open)
{
    return open->held              ? "running"
           : open->taken           ? "taken"
           : open->handing         ? "handing"
           : open->made[0] != '\0' ? "made"
                                   : journal_state_name(open->state);
}

void open_describe(const struct journal_open *open, struct buf *out)
{
    char *name = text_cleaned(open->name), *mask = text_cleaned(open->mask),
         *id = text_cleaned(open->target);
    int columns;
    int len = (int)text_cut(name, NAME_COLUMNS, &columns);
    const char *more = name[len] == '\0' ? "" : "..";

    if (makes(open) && open->made[0] != '\0') {
        buf_addf(out, "The key \"%.*s%s\" (%s) was made.", len, name, more, open->made);
    } else if (makes(open)) {
        buf_addf(out, "It is not known whether the key \"%.*s%s\" was made.", len, name, more);
    } else {
        buf_addf(out, "It is not known whether the key \"%.*s%s\" (%s%s%s) was revoked.", len, name,
                 more, mask, mask[0] == '\0' ? "" : " ", id);
    }
    free(name);
    free(mask);
    free(id);
}

/* "Nobody has its secret" is said only of an id that our own answer named, and for which no line
 * says that its secret may have left. */
static void advise_made(const struct journal_open *open, bool doubtful, struct buf *out)
{
    if (open->taken) {
        buf_adds(out, " Its secret was handed over; it was not read back.");
    } else if (doubtful) {
        buf_adds(out, " Whether its secret was handed over is not known, since the journal is "
                      "damaged: ask before anything is done to it.");
    } else if (open->handing) {
        buf_adds(out, " Its secret may have been printed: revoke it unless somebody has it.");
    } else {
        buf_adds(out, " Nobody has its secret: revoke it.");
    }
}

static void advise_candidates(const struct journal_open *open, struct buf *out)
{
    buf_adds(out, open->candidate_count == 1 ? " The key " : " The keys ");
    for (size_t i = 0; i < open->candidate_count; i++) {
        char *id = text_cleaned(open->candidates[i]);

        buf_addf(out, "%s%s", i == 0 ? "" : i + 1 == open->candidate_count ? " or " : ", ", id);
        free(id);
    }
    buf_adds(out, " may be what it made; if nobody else made it, nobody has its secret.");
}

void open_advise(const struct journal_open *open, bool doubtful, struct buf *out)
{
    if (open->made[0] != '\0') {
        advise_made(open, doubtful, out);
    } else if (open->candidate_count > 0) {
        advise_candidates(open, out);
    } else if (open->state == JOURNAL_ACCEPTED) {
        buf_adds(out, " The server accepted it and answers no more for it; nothing is left to "
                      "compare with.");
    }
}
