/* What reads prove about a write that changes a record: that it is so now, that it was refused,
 * that nothing came of it, that somebody set it otherwise; or nothing. Pure functions of readings,
 * as proof.h has them for what deletes. They promise what they say as long as a read is never older
 * than the gap, and a request that got no answer is carried out at most CHANGE_LATE_MS later.
 * Knows no transport and no words for people. */
#ifndef PORTCULLIS_APP_CHANGE_H
#define PORTCULLIS_APP_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/act_wire.h"

/* So long after it was sent a request without an answer may still be carried out. */
#define CHANGE_LATE_MS ((int64_t)120000)

/* One read of the target. */
struct change_reading {
    bool good;          /* the API's own answer, in its shape, of this id, and not from a cache */
    enum act_seen seen; /* ACT_SEEN_NOTHING where it is not good */
    bool touched;       /* its last change is another than before the write */
    bool fits;          /* its mask is that of the new secret in hand */
    int64_t at;         /* when it came, clock_mono_ms */
    int64_t date;       /* the server's, ms; TIME_NONE: none */
};

/* What is known of the write. */
struct change_what {
    enum lost_way lost;
    bool accepted;   /* the API's own 200 came for it */
    bool said_no;    /* the API's own no came: proof_says_no */
    bool secret;     /* our own answer gave a new secret */
    int64_t sent;    /* the server's time a moment before it was sent; TIME_NONE: not told */
    int64_t until;   /* what was set is so only once the server's time is past it; TIME_NONE */
    int64_t gap_ms;  /* PROOF_GAP_MS; shorter in a test that hurries */
    int64_t late_ms; /* CHANGE_LATE_MS; shorter in a test that hurries */
};

enum change_state {
    CHANGE_GOES_ON,   /* read again, wait_ms after the last reading came */
    CHANGE_IS_SO,     /* it shows what was asked for */
    CHANGE_REFUSED,   /* the server said no, and it is as it was, twice, the gap apart */
    CHANGE_NOT_DONE,  /* it is as it was, and too long ago for it still to come */
    CHANGE_TOUCHED,   /* it is as it was, and was changed in between */
    CHANGE_OTHERWISE, /* somebody set it a third way */
    CHANGE_ROTATED,   /* LOST_CHANGED: another secret, nobody knows whose */
    CHANGE_STALE,     /* the server said 200, and reads do not show it (yet) */
    CHANGE_MAY_COME,  /* it is as it was, and it may still come */
    CHANGE_NOT_KNOWN, /* what was read does not tell */
};

struct change {
    enum change_state state;
    int64_t wait_ms;
    const struct change_reading *first, *last; /* that it rests on; NULL: none */
};

/* Replays the readings, in the order in which they came. */
struct change change_of(const struct change_what *what, const struct change_reading *readings,
                        size_t count);
/* The same when there is no time for more: never CHANGE_GOES_ON. */
struct change change_now(const struct change_what *what, const struct change_reading *readings,
                         size_t count);
/* Is nothing more to be found out by a later look? */
bool change_is_end(enum change_state state);

#endif
