/* The record of every write: one JSON line before it is sent (the intent) and one when its end is
 * known (the outcome), which names the intent. Append-only, fsynced, 0600, each line with the hash
 * of the one before, shared by all consoles of this user (flock). Never holds a secret: what it
 * writes down is what the review showed. A chain without a key shows damage and careless edits; who
 * can write the file can also build a new chain. */
#ifndef PORTCULLIS_APP_JOURNAL_H
#define PORTCULLIS_APP_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

#define JOURNAL_ID_SIZE 17 /* 16 hexadecimal digits and a NUL */

struct journal;

/* Gives. Copies path; lends the clock for its life. Touches no file yet. */
struct journal *journal_new(const char *path, const struct clock *clock);
void journal_free(struct journal *journal);
const char *journal_path(const struct journal *journal);

/* What is about to be sent. NULL or "" where there is none; all text is copied into the line as it
 * is. */
struct journal_intent {
    const char *act; /* "create-key", "revoke-key" */
    const char *profile;
    const char *base_url;
    const char *own_mask; /* of the key that acts */
    const char *target;   /* id of what is changed */
    const char *name;     /* its name, raw */
    const char *mask;     /* its mask */
    const char *workspace;
    const char *method;
    const char *path;
    const char *body;
    const char *reason;
};

/* Writes the intent and fsyncs it. *id names it for the outcome. When this fails nothing may be
 * sent. */
bool journal_write_intent(struct journal *journal, const struct journal_intent *intent,
                          char id[JOURNAL_ID_SIZE], struct err *err);

struct journal_outcome {
    const char *result; /* "done", "refused", "unknown", "not-done" */
    const char *detail; /* one sentence */
    const char *target; /* id of what was made or found; "" none */
    int status;         /* HTTP status of the answer to the write; 0 none */
};
bool journal_write_outcome(struct journal *journal, const char *intent_id,
                           const struct journal_outcome *outcome, struct err *err);

/* An intent without an outcome: the program died, or the disk was full, between the two. */
struct journal_open_intent {
    char id[JOURNAL_ID_SIZE];
    char *act, *profile, *base_url, *target, *name, *mask, *workspace;
    int64_t time;
    int pid;    /* of the console that wrote it */
    bool alive; /* a process with that number still runs: it may be busy with it */
};
struct journal_report {
    size_t lines;
    size_t cut;          /* lines that a crash cut short; each is named by the line after it */
    bool cut_tail;       /* the last line is cut; the next write repairs that */
    size_t broken;       /* lines that do not fit the chain */
    size_t first_broken; /* their first line number, from 1; 0 none */
    struct journal_open_intent *open;
    size_t open_count;
    /* Those whose outcome is "unknown", and that nothing later settled: another outcome of the same
     * intent, or the key was made again, or it was revoked. */
    struct journal_open_intent *unknown;
    size_t unknown_count;
};
/* Reads the whole journal. A missing file is an empty one. *report is filled on success: free it.
 */
bool journal_read(const struct journal *journal, struct journal_report *report, struct err *err);
void journal_report_done(struct journal_report *report);

#endif
