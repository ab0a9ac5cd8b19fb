#include "app/open_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/act.h"

#include "base/banned.h"

#define NAME_COLUMNS 60

static bool makes(const struct journal_open *open)
{
    return open->target[0] == '\0';
}

/* What it does to its target: "revoked", "rotated". */
static const char *done_word(const struct journal_open *open)
{
    const struct act *act = act_find(open->act);

    return makes(open) ? "made" : act == NULL ? "revoked" : act->done;
}

const char *open_state(const struct journal_open *open)
{
    return open->held                     ? "running"
           : open->found == FOUND_ANOTHER ? journal_found_name(open->found)
           : open->taken                  ? "taken"
           : open->handing                ? "handing"
           : open->made[0] != '\0'        ? "made"
           : open->found != FOUND_NOTHING ? journal_found_name(open->found)
                                          : journal_state_name(open->state);
}

static void add_name(const struct journal_open *open, struct buf *out)
{
    char *name = text_cleaned(open->name), *mask = text_cleaned(open->mask),
         *id = text_cleaned(makes(open) ? open->made : open->target);
    int columns;
    int len = (int)text_cut(name, NAME_COLUMNS, &columns);

    buf_addf(out, "key \"%.*s%s\"", len, name, name[len] == '\0' ? "" : "..");
    if (id[0] != '\0') {
        buf_addf(out, " (%s%s%s)", makes(open) ? "" : mask,
                 makes(open) || mask[0] == '\0' ? "" : " ", id);
    }
    free(name);
    free(mask);
    free(id);
}

void open_name(const struct journal_open *open, struct buf *out)
{
    buf_adds(out, "The ");
    add_name(open, out);
}

void open_describe(const struct journal_open *open, struct buf *out)
{
    bool made = open->made[0] != '\0';

    buf_adds(out, made ? "The " : "It is not known whether the ");
    add_name(open, out);
    buf_addf(out, " was %s.", done_word(open));
}

/* "Nobody has its secret" is said only of an id that our own answer named, and for which no line
 * says that its secret may have left. */
void open_advise_secret(const struct journal_open *open, bool doubtful, struct buf *out)
{
    if (open->taken) {
        buf_adds(out, " Its secret was handed over; it was not read back.");
    } else if (doubtful) {
        buf_adds(out, " Whether its secret was handed over is not known, since the journal is "
                      "damaged: ask before anything is done to it.");
    } else if (open->handing) {
        buf_addf(out, " Its secret may have been printed: %s it unless somebody has it.",
                 makes(open) ? "revoke" : "rotate");
    } else {
        buf_addf(out, " Nobody has its secret: %s it%s.", makes(open) ? "revoke" : "rotate",
                 makes(open) ? "" : " again");
    }
}

static void advise_candidates(const struct journal_open *open, struct buf *out)
{
    if (open->candidate_count == 0) {
        return;
    }
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
        open_advise_secret(open, doubtful, out);
    }
    if (open->made[0] != '\0' && open->candidate_count > 0) {
        buf_adds(out, " A second one may have been made.");
    }
    advise_candidates(open, out);
}

static void tell_another(const struct journal_open *open, struct buf *out)
{
    open_name(open, out);
    buf_adds(out, " " OPEN_ANOTHER);
    advise_candidates(open, out);
}

static void tell_running(const struct journal_open *open, struct buf *out)
{
    char *host = text_cleaned(open->host);

    open_name(open, out);
    buf_addf(out, " is being %s: its writer is still at work (process %d%s%s).", done_word(open),
             open->pid, host[0] == '\0' ? "" : " on ", host);
    free(host);
}

static void tell_found(const struct journal_open *open, bool doubtful, struct buf *out)
{
    char at[TIME_TEXT_SIZE] = "";

    if (open->found_at != TIME_NONE) {
        time_strftime(open->found_at, " at %Y-%m-%d %H:%MZ", at, sizeof(at));
    }
    open_name(open, out);
    if (open->found == FOUND_THERE) {
        buf_addf(out, " still worked when it was last seen%s.%s", at,
                 doubtful ? "" : " Revoke it again.");
    } else {
        buf_addf(out,
                 " was gone from where the key looks that read it last%s, and may be somewhere "
                 "else.",
                 at);
    }
}

void open_tell(const struct journal_open *open, bool doubtful, struct buf *out)
{
    if (open->held) {
        tell_running(open, out);
    } else if (makes(open) && open->found == FOUND_ANOTHER) {
        tell_another(open, out);
    } else if (!makes(open) && open->found != FOUND_NOTHING) {
        tell_found(open, doubtful, out);
    } else if (act_find(open->act) == NULL && !makes(open) && open->state == JOURNAL_ACCEPTED) {
        open_name(open, out);
        buf_adds(out, " is accepted as revoked, not proven: the server answers no more for it, and "
                      "nothing is left to compare with.");
    } else {
        open_describe(open, out);
        open_advise(open, doubtful, out);
    }
}
