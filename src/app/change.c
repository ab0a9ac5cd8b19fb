#include "app/change.h"

#include "base/clock.h"

#include "base/banned.h"

/* So often a record that cannot be read is asked for again. */
#define BLIND_TRIES 3

/* How it shows that the write was done. */
static bool is_so(const struct change_what *what, const struct change_reading *reading)
{
    if (reading->seen != ACT_SEEN_WANTED) {
        return false;
    }
    /* Another mask is somebody's; it is ours when the secret fits it. */
    return what->lost != LOST_CHANGED || (what->secret && reading->fits);
}

static bool is_past(const struct change_what *what, const struct change_reading *reading)
{
    return what->until == TIME_NONE || (reading->date != TIME_NONE && reading->date > what->until);
}

/* Can a request that got no answer still be carried out after this reading? What the server
 * answered, it is done with. */
static bool may_come(const struct change_what *what, const struct change_reading *reading)
{
    return !what->said_no && (what->sent == TIME_NONE || reading->date == TIME_NONE ||
                              reading->date - what->sent < what->late_ms);
}

/* Two readings the gap apart: the later one is no older than the first, so it shows what is so
 * after the write was sent. */
static enum change_state settled(const struct change_what *what,
                                 const struct change_reading *reading)
{
    bool late = may_come(what, reading);

    switch (reading->seen) {
    case ACT_SEEN_WANTED: /* LOST_CHANGED, and not ours as far as is known */
        return CHANGE_ROTATED;
    case ACT_SEEN_THIRD:
        return late && !what->accepted ? CHANGE_MAY_COME : CHANGE_OTHERWISE;
    case ACT_SEEN_BEFORE:
        if (what->accepted) {
            return late ? CHANGE_STALE : reading->touched ? CHANGE_TOUCHED : CHANGE_NOT_DONE;
        }
        return late               ? CHANGE_MAY_COME
               : reading->touched ? CHANGE_TOUCHED
               : what->said_no    ? CHANGE_REFUSED
                                  : CHANGE_NOT_DONE;
    case ACT_SEEN_NOTHING:
        break;
    }
    return CHANGE_NOT_KNOWN;
}

static int64_t until_past(const struct change_what *what, const struct change_reading *reading)
{
    int64_t left = reading->date == TIME_NONE ? 1000 : what->until - reading->date;

    return left < 0 ? 1000 : left + 1000;
}

static struct change judge(const struct change_what *what, const struct change_reading *readings,
                           size_t count, bool now)
{
    const struct change_reading *first = NULL, *last = NULL;
    size_t blind = 0;

    for (size_t i = 0; i < count; i++) {
        if (!readings[i].good || readings[i].seen == ACT_SEEN_NOTHING) {
            blind++;
            continue;
        }
        first = first == NULL ? &readings[i] : first;
        last = &readings[i];
        if (is_so(what, last) && (is_past(what, last) || now)) {
            return (struct change){is_past(what, last) ? CHANGE_IS_SO : CHANGE_STALE, 0, last,
                                   last};
        }
    }
    if (last == NULL) {
        bool more = !now && blind < BLIND_TRIES;

        return (struct change){more ? CHANGE_GOES_ON : CHANGE_NOT_KNOWN,
                               count == 0 ? 0 : what->gap_ms / 4, NULL, NULL};
    }
    if (is_so(what, last)) {
        return (struct change){CHANGE_GOES_ON, until_past(what, last), first, last};
    }
    if (last->at - first->at < what->gap_ms) {
        return (struct change){now ? CHANGE_NOT_KNOWN : CHANGE_GOES_ON,
                               what->gap_ms - (last->at - first->at), first, last};
    }
    return (struct change){settled(what, last), 0, first, last};
}

struct change change_of(const struct change_what *what, const struct change_reading *readings,
                        size_t count)
{
    return judge(what, readings, count, false);
}

struct change change_now(const struct change_what *what, const struct change_reading *readings,
                         size_t count)
{
    return judge(what, readings, count, true);
}

bool change_is_end(enum change_state state)
{
    switch (state) {
    case CHANGE_IS_SO:
    case CHANGE_REFUSED:
    case CHANGE_NOT_DONE:
    case CHANGE_TOUCHED:
    case CHANGE_OTHERWISE:
        return true;
    default:
        return false;
    }
}
