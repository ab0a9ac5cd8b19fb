/* The record of every write: one JSON line before it is sent (the intent), lines for what happens
 * on the way, and one when its end is known (the outcome); all of them name the intent.
 * Append-only, fsynced, 0600, each line with the hash of the one before, shared by all consoles of
 * this user (flock). Never holds a secret: what it writes down is what the review showed. A chain
 * without a key shows damage and careless edits; who can write the file can also build a new chain.
 */
#ifndef PORTCULLIS_APP_JOURNAL_H
#define PORTCULLIS_APP_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/actor.h"
#include "app/unsettled.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"

#define JOURNAL_ID_SIZE 17 /* 16 hexadecimal digits and a NUL */

struct journal;

/* Gives. Copies path; lends the clock for its life. Touches no file yet. */
struct journal *journal_new(const char *path, const struct clock *clock);
void journal_free(struct journal *journal);
/* Who is at work, for every line from now on; lends. */
void journal_set_actor(struct journal *journal, const struct actor *actor);
const char *journal_path(const struct journal *journal);

/* What is about to be sent. NULL or "" where there is none; all text is copied into the line as it
 * is. */
struct journal_intent {
    const char *act; /* "create-key", "revoke-key" */
    const char *profile;
    const char *base_url;
    const char *organisation_id;
    const char *own_mask;  /* of the key that acts */
    const char *kind;      /* of the record: "workspace-service" */
    const char *target;    /* id of what is changed */
    const char *name;      /* its name, raw */
    const char *mask;      /* its mask */
    const char *workspace; /* id of the workspace it is in, or is made in */
    const char *owner;     /* id of the person it is made for */
    const char *method;
    const char *path;
    const char *body;
    const char *before; /* what a change changes, as it was: JSON, act_before */
    const char *reason;
    int64_t
        server_time; /* the Date of the newest answer of the API before it; TIME_NONE, 0: none */

    /* What makes: the newest page of the list of that kind, read a moment before. What is in it
     * cannot be what this write makes, and nothing that it makes is older than the newest of it. */
    const char *const *seen; /* ids */
    size_t seen_count;
    int64_t newest; /* created_at of the newest row, the rows' own clock; TIME_NONE, 0: no rows */
    bool blind;     /* that list could not be read: only a person can find what it made */

    /* What deletes: the target is younger than fifteen minutes, so a read that does not know it may
     * lag. */
    bool young;
};

/* Writes the intent and fsyncs it. *id names it for what follows. From here on until its outcome is
 * written, or journal_let_go, or the end of this process however it comes, others see that its
 * writer lives. When this fails nothing may be sent. */
bool journal_write_intent(struct journal *journal, const struct journal_intent *intent,
                          char id[JOURNAL_ID_SIZE], struct err *err);
/* The write is left without an outcome (its operation is dropped): the next look may take it up. */
void journal_let_go(struct journal *journal, const char *intent_id);

/* Was this intent written by this process? */
bool journal_is_mine(const struct journal *journal, const char *intent_id);

/* What happened between an intent and its outcome, fsynced before anything is built on it. id and
 * mask: of what it is about; NULL or "": none.
 *   "made"       our own answer names what was made (id, mask; never the secret)
 *   "handing"    its secret is about to leave this program
 *   "taken"      it has left, flushed and checked
 *   "accepted"   the API's own 200 to a DELETE
 *   "void"       reads have shown since that this 200 is worth nothing
 *   "candidate"  id may be what a lost create made: once told, never forgotten */
bool journal_write_event(struct journal *journal, const char *intent_id, const char *event,
                         const char *id, const char *mask, struct err *err);

/* What reads have shown of a target whose end is not known: kept, so that it is told without a look
 * too, and not denied by a look that sees nothing. */
enum journal_found {
    FOUND_NOTHING,
    FOUND_THERE,        /* it still works */
    FOUND_OUT_OF_REACH, /* gone from where the key looks that read it */
    FOUND_ANOTHER,      /* what the answer to a create named is not what was asked for */
};
/* "there", "out-of-reach", "another"; NULL for FOUND_NOTHING: lends a constant. */
const char *journal_found_name(enum journal_found found);
/* reading: what was read, in words; "" none. */
bool journal_write_found(struct journal *journal, const char *intent_id, enum journal_found found,
                         const char *reading, struct err *err);

struct journal_outcome {
    /* Ends it: "done", "refused", "none" (nothing of it is there), "not-done" (by a person's word).
     * Leaves it open: "unknown", "accepted" (200, the id is gone, nothing left to compare with). */
    const char *result;
    const char *detail; /* one sentence */
    const char *target; /* id of what was made or found; "" none */
    int status;         /* HTTP status of the answer to the write; 0 none */
    const char
        *reading; /* what the id answered, when, in words: "403 AB03 at 11:02:03Z"; "" none */
    const char *control;      /* what was read beside it as a control; "" none */
    enum journal_found found; /* with "unknown" */
    const char *by;     /* "person": closed by a person's word; "" or NULL: by what was read */
    const char *reason; /* the person's */
};
bool journal_write_outcome(struct journal *journal, const char *intent_id,
                           const struct journal_outcome *outcome, struct err *err);

enum journal_state {
    JOURNAL_SENT,     /* no outcome: its writer works on it, or died */
    JOURNAL_UNKNOWN,  /* its writer could not find out */
    JOURNAL_ACCEPTED, /* the API said 200 to a DELETE, and nothing is left to prove it with */
};
/* "sent", "unknown", "accepted": lends a constant. */
const char *journal_state_name(enum journal_state state);

/* A write whose end is not known. Text is "" where there is none. */
struct journal_open {
    char id[JOURNAL_ID_SIZE];
    enum journal_state state;
    char *act, *profile, *base_url, *organisation_id, *own_mask;
    char *kind, *target, *name, *mask, *workspace, *owner, *host;
    char *body, *before; /* of a change: what was asked for, and what was before */
    int64_t time;        /* by the clock of its writer; TIME_NONE: not told */
    int64_t server_time; /* the API's own, a moment before it was sent; TIME_NONE: not told */
    int pid;             /* of its writer, to be told; says nothing of whether it lives */
    bool held;           /* its writer lives and works on it */
    bool first_version;  /* written before most of what is above was kept */
    bool young, blind;   /* as in the intent; true where an older line does not tell */
    char **seen;
    size_t seen_count;
    int64_t newest;  /* TIME_NONE: none */
    bool accepted;   /* the API's own 200 came, and is not void */
    char *made;      /* id in its own answer; "" */
    char *made_mask; /* "" */
    bool handing, taken;
    char **candidates; /* ids that were told */
    size_t candidate_count;
    enum journal_found found; /* the last that was seen of it */
    int64_t found_at;         /* by the clock of the look; TIME_NONE: not told */
};
/* Fills *out with what it is about; lends. */
void journal_open_trace(const struct journal_open *open, struct trace *out);

/* An id that the answer to a create named. */
struct journal_named {
    char intent[JOURNAL_ID_SIZE];
    char *id;
};

/* What is wrong with the journal as a whole. */
enum journal_damage {
    JOURNAL_WHOLE,
    JOURNAL_BROKEN,    /* a line is not what was written, or does not go on from the one before */
    JOURNAL_SHORTENED, /* lines are missing at its end */
    JOURNAL_LOST,      /* all of them are */
    JOURNAL_HEADLESS,  /* the file that says how far it came is missing, or says nothing */
};

/* "whole", "broken", "shortened", ..: lends a constant. */
const char *journal_damage_name(enum journal_damage damage);

struct journal_report {
    size_t lines;
    size_t cut;          /* lines that a crash cut short, and that a line after them names */
    bool cut_tail;       /* the last line is cut; the next write cuts it off */
    size_t broken;       /* lines that do not fit the chain, since a person looked */
    size_t first_broken; /* their first line number, from 1; 0 none */
    /* What a person has to look at. Until then no advice may be built on what the journal does not
     * say. */
    enum journal_damage damage;
    size_t looks;             /* damages that a person has looked at */
    char sum[HASH_TEXT_SIZE]; /* over all of its lines */
    struct journal_open *open;
    size_t open_count;
    struct journal_named *named; /* what our own creates made: no lost one's candidates */
    size_t named_count;
};
/* Reads the whole journal. A missing file is an empty one. *report is filled on success: free it.
 */
bool journal_read(const struct journal *journal, struct journal_report *report, struct err *err);
void journal_report_done(struct journal_report *report);
/* What is wrong, and what to do, in a sentence or two; "" when it is whole. Appends. */
void journal_damage_words(const struct journal *journal, const struct journal_report *report,
                          struct buf *out);

/* One line, as it is listed. Lends; "" where there is none. */
struct journal_entry {
    size_t number; /* from 1 */
    bool whole;    /* its hash is that of its bytes; else nothing of it is told */
    const char *time, *kind, *intent, *act, *target, *mask, *name, *profile, *user, *result,
        *reason, *detail, *actor, *agent, *parent;
};
typedef void journal_entry_fn(void *ctx, const struct journal_entry *entry);
/* Calls fn for each line, the oldest first. */
bool journal_each(const struct journal *journal, journal_entry_fn *fn, void *ctx, struct err *err);

/* A person has looked at what is wrong: from here on it counts as whole. What was written stays as
 * it is. ERR_REFUSED when nothing is wrong. */
bool journal_accept(struct journal *journal, const char *reason, struct err *err);

#endif
