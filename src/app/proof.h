/* What the answers to reads prove about a write that was sent: that its target is gone, that it
 * still works, that the write was refused; or nothing. Pure functions of readings: whoever reads
 * (an operation, the next start) adds what came and asks what to read next. The rules were searched
 * by a model together with lag, caches, lost rights and boxes that answer in the server's place;
 * they promise what they say as long as a read is never older than the gap. Knows no transport and
 * no words for people. */
#ifndef PORTCULLIS_APP_PROOF_H
#define PORTCULLIS_APP_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Longer than reads lag: readings that are to prove something together lie so far apart. */
#define PROOF_GAP_MS 10000
/* A younger key may not have reached every replica: its absence from one proves less. */
#define PROOF_YOUNG_MS (15 * INT64_C(60000))

/* What was asked for. */
enum reading_of {
    READING_TARGET,  /* the target, by its id */
    READING_IDS,     /* a list, asked for target and controls by their ids */
    READING_LIST,    /* the whole list, to its end */
    READING_CONTROL, /* a control alone, by its id */
};

enum seen_target {
    SEEN_NOTHING, /* the answer does not tell */
    SEEN_THERE,
    SEEN_ENDED,  /* its row says cancelled or archived */
    SEEN_ABSENT, /* the answer holds rows and not this one */
};

/* A control shows that the rights for this kind and place hold in this very answer: a live record
 * of the kind and place of the target, or the own admin key whose row holds list and read scope of
 * the kind. */
enum seen_control {
    CONTROL_NONE,
    CONTROL_SHOWN,
    CONTROL_LOST, /* the own row is there, and says that the right is not */
};

/* One read and what it came to. Plain data: what lasts longer than the answer. */
struct reading {
    enum reading_of of;
    bool ok;                /* the API's own good answer, in its shape and about what was asked */
    enum err_source source; /* who answered */
    int status;             /* HTTP; 0: no answer */
    char code[32];          /* of the API's envelope, "" none */
    bool cached;            /* its Date or Age says so: it proves nothing */
    bool others;            /* READING_IDS: rows that were not asked for: ids are not known there */
    bool whole;     /* READING_LIST: counted = total, every row understood, nothing hidden */
    bool as_before; /* SEEN_THERE: as before the write, the time of its last change too */
    enum seen_target target;
    enum seen_control control;
    int64_t total; /* of a list: how long the server says that it is; -1: not told */
    int64_t at;    /* when it came, clock_mono_ms */
    int64_t date;  /* the server's Date, ms; TIME_NONE: none */
    char id[64];   /* of the control that was shown, or asked for; "" none */
};

/* What is known of a DELETE, and of what it can be compared with. */
struct proof_delete {
    bool accepted; /* the API's own 200 came for it, and nothing has made that void since */
    bool young;    /* when it was sent the target was younger than PROOF_YOUNG_MS, or of an age not
                      known */
    bool refusal;  /* the API's own envelope came that says no: proof_says_no */
    bool narrow;   /* the key that reads sees one workspace only, or is not the one that sent */
    bool ids;      /* controls are at hand that a list can be asked for by their ids */
    bool another;  /* one of them can be read alone, by its id */
    int64_t list_max; /* the whole list is read when it holds at most so many rows; -1: always */
    int64_t total;    /* how many rows it holds, as far as that is known; -1: not */
    int64_t gap_ms;   /* PROOF_GAP_MS; shorter in a test that hurries */
};

enum proof_state {
    PROOF_GOES_ON,      /* read `next`, `wait_ms` after the last reading came */
    PROOF_GONE,         /* first and second prove it; first alone, where its row says so */
    PROOF_STILL_THERE,  /* it still works: first, second are the last readings that showed it */
    PROOF_REFUSED,      /* the server said no, and first and second show it as it was before */
    PROOF_ACCEPTED,     /* the API's own 200, the id answers no more, nothing to compare with */
    PROOF_OUT_OF_REACH, /* gone from where this key looks: it may be somewhere else */
    PROOF_NOT_KNOWN,
};

struct proof {
    enum proof_state state;
    enum reading_of next;
    int64_t wait_ms;
    const struct reading *first, *second; /* among those given; NULL: none */
    bool accepted; /* does the 200 still count? Two readings apart that show the target void it */
};

/* Replays the readings, in the order in which they came, and says where they lead. Give it all
 * readings made since the answer to the DELETE (or, at another start, since that start), and read
 * what it asks for until its state is another than PROOF_GOES_ON. */
struct proof proof_of_delete(const struct proof_delete *what, const struct reading *readings,
                             size_t count);
/* The same when there is no time for more: what is known so far, never PROOF_GOES_ON. */
struct proof proof_of_delete_now(const struct proof_delete *what, const struct reading *readings,
                                 size_t count);

/* Is this answer the API's own no to a write, one that it gives before it works? What a box in
 * between says, what a gateway says, 5xx, and what comes as 2xx or 3xx are none. Nothing is refused
 * by that alone: the same no is the echo of our own work when a box sent it twice. */
bool proof_says_no(enum err_source source, int status, const char *code);
/* Is it a no to a write that makes something, which the API says before anything is made, so that
 * no look is needed? Bad input, a bad key, too many. */
bool proof_says_no_before_making(enum err_source source, int status, const char *code);
/* Is this the answer that an id gets which is not there (or not for us)? Never a proof alone. */
bool proof_answers_no_more(const struct reading *reading);

/* After a no to a write that makes: was nothing made? list: what was read afterwards where it would
 * stand (SEEN_THERE: something new, SEEN_ABSENT: nothing new; its control tells whether that list
 * shows the kind); NULL: not read. */
enum proof_made { MADE_NOT_KNOWN, MADE_NOTHING, MADE_SOMETHING };
enum proof_made proof_of_making(enum err_source source, int status, const char *code,
                                const struct reading *list);

/* Do these show a target unchanged on reads that lie the gap apart? *first, *second (may be NULL)
 * get the two. For a no to a write that changes. */
bool proof_unchanged(const struct reading *readings, size_t count, int64_t gap_ms,
                     const struct reading **first, const struct reading **second);

#endif
