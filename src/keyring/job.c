#include "keyring/job.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

#define SLOW_MS 2000

static void job_free(struct job *job)
{
    for (struct job **at = &job->keyring->jobs; *at != NULL; at = &(*at)->next) {
        if (*at == job) {
            *at = job->next;
            break;
        }
    }
    secret_free(job->key);
    free(job->name);
    secret_wipe(job, sizeof(*job));
    free(job);
}

/* At a time. */
#define DRAIN_MAX ((size_t)64 << 10)
/* A key is one line. */
#define FLOOD_BYTES ((size_t)4 << 20)

static void close_fd(struct job *job, int *fd, int *watch)
{
    if (*watch != 0) {
        loop_unwatch(job->keyring->loop, *watch);
        *watch = 0;
    }
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static void stop_timer(struct job *job, int *timer)
{
    if (*timer != 0) {
        loop_untimer(job->keyring->loop, *timer);
        *timer = 0;
    }
}

/* Reads what is there, and not for ever: one that prints without end must not hold the loop. What
 * does not fit is dropped, but read, so that the writer never blocks. Gives how much came. */
static size_t drain(int fd, char *into, size_t size, size_t *len, bool *more, bool *ended)
{
    char spill[4096];
    ssize_t got = -1;
    size_t all = 0;

    errno = EAGAIN;
    while (all < DRAIN_MAX) {
        bool full = *len == size;

        got = read(fd, full ? spill : into + *len, full ? sizeof(spill) : size - *len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        all += (size_t)got;
        if (full) {
            *more = true;
        } else {
            *len += (size_t)got;
        }
    }
    *ended = *ended || got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    secret_wipe(spill, sizeof(spill));
    return all;
}

static void drain_out(struct job *job)
{
    if (job->out_fd >= 0) {
        job->came += drain(job->out_fd, job->out, sizeof(job->out), &job->out_len, &job->out_more,
                           &job->out_ended);
    }
    if (job->out_ended) {
        close_fd(job, &job->out_fd, &job->out_watch);
    }
}

static void drain_said(struct job *job)
{
    bool more = false, ended = false;

    if (job->said_fd >= 0) {
        job->came +=
            drain(job->said_fd, job->said, sizeof(job->said), &job->said_len, &more, &ended);
    }
    if (ended) {
        close_fd(job, &job->said_fd, &job->said_watch);
    }
}

/* Nobody waits a minute for what has no end. */
static bool is_flood(struct job *job)
{
    if (job->came <= FLOOD_BYTES) {
        return false;
    }
    job_fail(job, KEYRING_OTHER, job->ops->flood_words);
    return true;
}

static void on_out(void *ctx, short revents)
{
    struct job *job = ctx;

    (void)revents;
    drain_out(job);
    if (!is_flood(job)) {
        job->ops->came(job);
    }
}

static void on_said(void *ctx, short revents)
{
    struct job *job = ctx;

    (void)revents;
    drain_said(job);
    (void)is_flood(job);
}

static void on_process(void *ctx, short revents)
{
    struct job *job = ctx;
    int status = 0;

    (void)revents;
    loop_unwatch(job->keyring->loop, job->process_watch);
    job->process_watch = 0;
    /* Its fd is readable: there is nothing left to wait for. */
    process_reap(&job->process, true, &status);
    if (job->ticket == 0) {
        job_free(job);
        return;
    }
    drain_out(job);
    drain_said(job);
    job->ops->ended(job, status);
}

static void on_deadline(void *ctx)
{
    struct job *job = ctx;

    job->deadline = 0;
    job_fail(job, KEYRING_TIMEOUT, job->ops->late_words);
}

static void on_slow(void *ctx)
{
    struct job *job = ctx;
    const struct keyring *keyring = job->keyring;

    job->slow_timer = 0;
    job->slow = true;
    if (keyring->on_slow != NULL) {
        keyring->on_slow(keyring->on_slow_ctx);
    }
}

struct job *job_new(struct keyring *keyring, const struct job_ops *ops, keyring_fn *fn, void *ctx)
{
    struct job *job = xcalloc(1, sizeof(*job));

    job->keyring = keyring;
    job->ops = ops;
    job->ticket = ++keyring->last_ticket;
    job->fn = fn;
    job->ctx = ctx;
    job->process.pidfd = -1;
    job->out_fd = -1;
    job->said_fd = -1;
    job->next = keyring->jobs;
    keyring->jobs = job;
    return job;
}

void job_watch(struct job *job, const struct process *process, int out_fd, int said_fd,
               int deadline_ms)
{
    struct loop *loop = job->keyring->loop;

    job->process = *process;
    job->out_fd = out_fd;
    job->said_fd = said_fd;
    fcntl(out_fd, F_SETFL, O_NONBLOCK);
    job->out_watch = loop_watch(loop, out_fd, POLLIN, LOOP_OTHER, on_out, job);
    if (said_fd >= 0) {
        fcntl(said_fd, F_SETFL, O_NONBLOCK);
        job->said_watch = loop_watch(loop, said_fd, POLLIN, LOOP_OTHER, on_said, job);
    }
    job->process_watch = loop_watch(loop, process->pidfd, POLLIN, LOOP_OTHER, on_process, job);
    job->deadline = loop_timer(loop, deadline_ms, on_deadline, job);
    job->slow_timer = loop_timer(loop, SLOW_MS, on_slow, job);
}

void job_drop(struct job *job)
{
    stop_timer(job, &job->deadline);
    stop_timer(job, &job->slow_timer);
    if (job->deferred != 0) {
        loop_undefer(job->keyring->loop, job->deferred);
        job->deferred = 0;
    }
    close_fd(job, &job->out_fd, &job->out_watch);
    close_fd(job, &job->said_fd, &job->said_watch);
    job->ticket = 0;
    job->fn = NULL;
    secret_wipe(job->out, sizeof(job->out));
    secret_wipe(job->said, sizeof(job->said));
    if (job->process.pid == 0) {
        job_free(job);
    } else {
        /* It is reaped when its pidfd says so: the loop never waits for a process. */
        process_kill(&job->process);
    }
}

void job_reap(struct job *job)
{
    int status;

    if (job->process_watch != 0) {
        loop_unwatch(job->keyring->loop, job->process_watch);
    }
    process_reap(&job->process, true, &status);
    job_free(job);
}

void job_answer(struct job *job, enum keyring_outcome outcome, const struct secret *key,
                const struct err *err)
{
    keyring_fn *fn = job->fn;
    void *ctx = job->ctx;

    assert(job->ticket != 0);
    /* First the end of the job, then the call: it may start, cancel or free anything here. */
    job_drop(job);
    fn(ctx, outcome, key, err);
}

static void on_deferred(void *ctx)
{
    struct job *job = ctx;
    struct secret *key = job->key;
    struct err err = job->err;

    job->deferred = 0;
    job->key = NULL;
    job_answer(job, job->outcome, key, job->outcome == KEYRING_OK ? NULL : &err);
    secret_free(key);
}

uint64_t job_answer_later(struct job *job, enum keyring_outcome outcome, struct secret *key,
                          const struct err *err)
{
    job->outcome = outcome;
    job->key = key;
    if (err != NULL) {
        job->err = *err;
    }
    job->deferred = loop_defer(job->keyring->loop, on_deferred, job);
    return job->ticket;
}

static void name_error(const struct job *job, const char *words, struct err *err)
{
    err_set(err, ERR_NO_KEY, "%s", words);
    if (job->name != NULL) {
        err_prefix(err, "%s", job->name);
    }
}

void job_fail(struct job *job, enum keyring_outcome outcome, const char *words)
{
    struct err err = {0};

    name_error(job, words, &err);
    job_answer(job, outcome, NULL, &err);
}

uint64_t job_fail_later(struct job *job, enum keyring_outcome outcome, const char *words)
{
    struct err err = {0};

    name_error(job, words, &err);
    return job_answer_later(job, outcome, NULL, &err);
}
