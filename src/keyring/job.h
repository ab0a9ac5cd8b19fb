/* One request under way: a helper or a command with its pipes, its deadline and its answer, or an
 * answer that is known already and only has to come from the loop. Private to this folder. */
#ifndef PORTCULLIS_KEYRING_JOB_H
#define PORTCULLIS_KEYRING_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keyring/helper_wire.h"
#include "keyring/keyring.h"
#include "keyring/process.h"

/* A reply of the helper, or a first line of a command with CR LF. */
#define JOB_OUT_MAX (HELPER_REPLY_MAX + 2)
#define JOB_SAID_MAX 2048

struct job;

struct job_ops {
    const char *slow_words;  /* what a person may be told after two seconds */
    const char *late_words;  /* the deadline passed */
    const char *flood_words; /* it prints without end */
    /* Something came in, or the stream ended. May answer. */
    void (*came)(struct job *job);
    /* The process has ended by itself; everything it wrote has been read. Must answer. */
    void (*ended)(struct job *job, int status);
};

struct job {
    struct job *next;
    struct keyring *keyring;
    const struct job_ops *ops;
    uint64_t ticket; /* 0: answered or cancelled; only its process is left to be reaped */
    keyring_fn *fn;
    void *ctx;
    char *name; /* put before error texts: "Key of profile x"; NULL */
    enum helper_op op;

    struct process process;
    int process_watch;
    int out_fd, out_watch; /* the helper's socket, or the command's output */
    int said_fd, said_watch;
    int deadline, slow_timer, deferred;
    bool slow;

    char out[JOB_OUT_MAX]; /* wiped in the end */
    size_t out_len;
    bool out_more; /* more came than fits; it was dropped */
    size_t came;   /* bytes of both, kept or dropped */
    bool out_ended;
    char said[JOB_SAID_MAX];
    size_t said_len;

    /* For the deferred answer. */
    enum keyring_outcome outcome;
    struct secret *key;
    struct err err;
};

struct keyring {
    struct loop *loop;
    char *helper; /* NULL: none was found */
    int deadline_ms;
    struct job *jobs;
    uint64_t last_ticket;
    loop_fn *on_slow;
    void *on_slow_ctx;
};

/* Gives nothing: the keyring owns it until it is answered or cancelled. */
struct job *job_new(struct keyring *keyring, const struct job_ops *ops, keyring_fn *fn, void *ctx);
/* Starts the process and the clock. Takes both fds (said_fd may be -1); they are made
 * non-blocking. */
void job_watch(struct job *job, const struct process *process, int out_fd, int said_fd,
               int deadline_ms);
/* Ends the job and calls its fn. Lends key and err to it; the job is gone afterwards. */
void job_answer(struct job *job, enum keyring_outcome outcome, const struct secret *key,
                const struct err *err);
/* The same from the loop, later. Takes the key; copies err. Returns the ticket. */
uint64_t job_answer_later(struct job *job, enum keyring_outcome outcome, struct secret *key,
                          const struct err *err);
/* Answers with ERR_NO_KEY and this sentence, put after the job's name. */
void job_fail(struct job *job, enum keyring_outcome outcome, const char *words);
uint64_t job_fail_later(struct job *job, enum keyring_outcome outcome, const char *words);
/* Ends it without an answer: kills its process, which is reaped by the loop later. */
void job_drop(struct job *job);
/* Waits for the end of a dropped job's process, which was killed, and frees the job. */
void job_reap(struct job *job);

#endif
