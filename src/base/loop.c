#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"
#include "base/clock.h"

/* A turn that has worked so long takes on no more. */
#define TURN_FULL_US 1000

/* A wait that fails this often in a row would be a loop that spins blind. */
#define WAIT_FAILURES_MAX 100

struct watch {
    uint64_t seq;
    int fd; /* -1: unwatched; taken out at the end of the turn */
    short events;
    enum loop_order order;
    loop_fd_fn *fn;
    void *ctx;
};

struct timer {
    uint64_t seq;
    int64_t due_ms;
    loop_fn *fn;
    void *ctx;
};

struct deferred {
    uint64_t seq;
    loop_fn *fn; /* NULL: cancelled or already run */
    void *ctx;
};

struct loop {
    uint64_t seq; /* the last one given out; orders everything by age */
    loop_wait_fn *wait;
    loop_fn *transfers;
    void *wait_ctx;
    loop_clock_fn *now;
    void *now_ctx;
    loop_fn *paint;
    void *paint_ctx;
    loop_work_fn *work;
    void *work_ctx;
    bool work_pending, work_waited; /* it gave way in the turn before */
    bool dirty;
    int wait_failures;

    struct watch *watches; /* in the order they were added; dead ones have fd -1 */
    size_t watch_count;
    size_t watch_cap;
    bool watches_dead;

    struct pollfd *ready; /* what the wait was given this turn */
    uint64_t *ready_seq;  /* whose each is */
    size_t ready_cap;
    size_t ready_seq_cap;

    struct timer *timers; /* the next to fire is the last */
    size_t timer_count;
    size_t timer_cap;

    struct deferred *deferred;
    size_t deferred_count;
    size_t deferred_cap;
    size_t deferred_live;
};

/* Ids are positive ints made of the sequence; one comes round again after two thousand million
 * others. */
static int seq_id(uint64_t seq)
{
    return (int)((seq - 1) % INT_MAX) + 1;
}

static int wait_poll(void *ctx, struct pollfd *fds, size_t count, int ms)
{
    (void)ctx;
    return poll(fds, (nfds_t)count, ms);
}

static struct watch *find_watch(struct loop *loop, uint64_t seq)
{
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].seq == seq) {
            return loop->watches[i].fd >= 0 ? &loop->watches[i] : NULL;
        }
    }
    return NULL;
}

/* Fills loop->ready in the order of the turn: input, signals, all other. Returns how many. */
static size_t collect(struct loop *loop)
{
    size_t count = 0;

    loop->ready = xgrow(loop->ready, &loop->ready_cap, loop->watch_count, sizeof(*loop->ready));
    loop->ready_seq =
        xgrow(loop->ready_seq, &loop->ready_seq_cap, loop->watch_count, sizeof(*loop->ready_seq));
    for (int order = LOOP_INPUT; order <= LOOP_OTHER; order++) {
        for (size_t i = 0; i < loop->watch_count; i++) {
            const struct watch *watch = &loop->watches[i];

            if (watch->fd >= 0 && (int)watch->order == order) {
                loop->ready[count] = (struct pollfd){.fd = watch->fd, .events = watch->events};
                loop->ready_seq[count] = watch->seq;
                count++;
            }
        }
    }
    return count;
}

void loop_set_clock(struct loop *loop, loop_clock_fn *now, void *ctx)
{
    assert(loop->timer_count == 0);
    loop->now = now;
    loop->now_ctx = ctx;
}

int64_t loop_now(const struct loop *loop)
{
    return loop->now == NULL ? clock_mono_ms() : loop->now(loop->now_ctx);
}

static int timeout(const struct loop *loop, int max_wait_ms)
{
    int64_t left;

    if (loop->deferred_live > 0 || loop->dirty || (loop->work_pending && loop->work != NULL)) {
        return 0;
    }
    if (loop->timer_count == 0) {
        return max_wait_ms;
    }
    left = loop->timers[loop->timer_count - 1].due_ms - loop_now(loop);
    if (left < 0) {
        left = 0;
    }
    if (left > INT_MAX) {
        left = INT_MAX;
    }
    return max_wait_ms >= 0 && max_wait_ms < left ? max_wait_ms : (int)left;
}

/* True when there was input. */
static bool run_fds(struct loop *loop, size_t count)
{
    bool input = false;

    for (size_t i = 0; i < count; i++) {
        struct watch *watch;

        if (loop->ready[i].revents == 0) {
            continue;
        }
        /* A callback before this one may have unwatched it, or closed its fd and watched a new one.
         */
        watch = find_watch(loop, loop->ready_seq[i]);
        if (watch != NULL) {
            input = input || watch->order == LOOP_INPUT;
            watch->fn(watch->ctx, loop->ready[i].revents);
        }
    }
    return input;
}

/* Only what was set before this turn's timers began, so that a timer that sets itself again cannot
 * hold the turn. */
static void run_timers(struct loop *loop)
{
    uint64_t last = loop->seq;
    int64_t now = loop_now(loop);

    while (loop->timer_count > 0) {
        struct timer timer = loop->timers[loop->timer_count - 1];

        if (timer.due_ms > now || timer.seq > last) {
            break;
        }
        loop->timer_count--;
        timer.fn(timer.ctx);
    }
}

static void run_deferred(struct loop *loop)
{
    size_t count = loop->deferred_count;

    for (size_t i = 0; i < count; i++) {
        struct deferred call = loop->deferred[i];

        if (call.fn != NULL) {
            loop->deferred[i].fn = NULL;
            loop->deferred_live--;
            call.fn(call.ctx);
        }
    }
    loop->deferred_count -= count;
    memmove(loop->deferred, loop->deferred + count, loop->deferred_count * sizeof(*loop->deferred));
}

/* began_us: when this turn did, in worked time. */
static void run_work(struct loop *loop, int64_t began_us)
{
    if (loop->work == NULL || !loop->work_pending) {
        return;
    }
    if (!loop->work_waited && clock_worked_us() - began_us >= TURN_FULL_US) {
        loop->work_waited = true;
        return;
    }
    loop->work_waited = false;
    loop->work_pending = false;
    if (loop->work(loop->work_ctx)) {
        loop->work_pending = true;
    }
}

static void sweep_watches(struct loop *loop)
{
    size_t kept = 0;

    if (!loop->watches_dead) {
        return;
    }
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].fd >= 0) {
            loop->watches[kept++] = loop->watches[i];
        }
    }
    loop->watch_count = kept;
    loop->watches_dead = false;
}

struct loop *loop_new(void)
{
    struct loop *loop = xcalloc(1, sizeof(*loop));

    loop->wait = wait_poll;
    /* Never NULL, so that memmove and the wait function always get a real address. */
    loop->ready = xgrow(NULL, &loop->ready_cap, 8, sizeof(*loop->ready));
    loop->ready_seq = xgrow(NULL, &loop->ready_seq_cap, 8, sizeof(*loop->ready_seq));
    loop->deferred = xgrow(NULL, &loop->deferred_cap, 8, sizeof(*loop->deferred));
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL) {
        return;
    }
    free(loop->watches);
    free(loop->ready);
    free(loop->ready_seq);
    free(loop->timers);
    free(loop->deferred);
    free(loop);
}

void loop_set_wait(struct loop *loop, loop_wait_fn *wait, loop_fn *transfers, void *ctx)
{
    loop->wait = wait != NULL ? wait : wait_poll;
    loop->transfers = transfers;
    loop->wait_ctx = ctx;
}

void loop_set_paint(struct loop *loop, loop_fn *paint, void *ctx)
{
    loop->paint = paint;
    loop->paint_ctx = ctx;
}

void loop_set_work(struct loop *loop, loop_work_fn *work, void *ctx)
{
    loop->work = work;
    loop->work_ctx = ctx;
}

void loop_work_pending(struct loop *loop)
{
    loop->work_pending = true;
}

int loop_watch(struct loop *loop, int fd, short events, enum loop_order order, loop_fd_fn *fn,
               void *ctx)
{
    assert(fd >= 0 && fn != NULL);
    for (size_t i = 0; i < loop->watch_count; i++) {
        assert(loop->watches[i].fd != fd);
    }
    loop->watches =
        xgrow(loop->watches, &loop->watch_cap, loop->watch_count + 1, sizeof(*loop->watches));
    loop->watches[loop->watch_count++] = (struct watch){
        .seq = ++loop->seq,
        .fd = fd,
        .events = events,
        .order = order,
        .fn = fn,
        .ctx = ctx,
    };
    return seq_id(loop->seq);
}

void loop_unwatch(struct loop *loop, int id)
{
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (seq_id(loop->watches[i].seq) == id) {
            loop->watches[i].fd = -1;
            loop->watches_dead = true;
            return;
        }
    }
}

int loop_timer(struct loop *loop, int64_t delay_ms, loop_fn *fn, void *ctx)
{
    int64_t now = loop_now(loop);
    struct timer timer = {.seq = ++loop->seq, .due_ms = now, .fn = fn, .ctx = ctx};
    size_t at = loop->timer_count;

    assert(fn != NULL);
    if (delay_ms > 0) {
        timer.due_ms = delay_ms > INT64_MAX - now ? INT64_MAX : now + delay_ms;
    }
    loop->timers =
        xgrow(loop->timers, &loop->timer_cap, loop->timer_count + 1, sizeof(*loop->timers));
    /* Kept with the soonest last; of two that are due together the older fires first. */
    while (at > 0 && loop->timers[at - 1].due_ms <= timer.due_ms) {
        at--;
    }
    memmove(loop->timers + at + 1, loop->timers + at,
            (loop->timer_count - at) * sizeof(*loop->timers));
    loop->timers[at] = timer;
    loop->timer_count++;
    return seq_id(timer.seq);
}

void loop_untimer(struct loop *loop, int id)
{
    for (size_t i = 0; i < loop->timer_count; i++) {
        if (seq_id(loop->timers[i].seq) == id) {
            loop->timer_count--;
            memmove(loop->timers + i, loop->timers + i + 1,
                    (loop->timer_count - i) * sizeof(*loop->timers));
            return;
        }
    }
}

int loop_defer(struct loop *loop, loop_fn *fn, void *ctx)
{
    assert(fn != NULL);
    loop->deferred = xgrow(loop->deferred, &loop->deferred_cap, loop->deferred_count + 1,
                           sizeof(*loop->deferred));
    loop->deferred[loop->deferred_count++] =
        (struct deferred){.seq = ++loop->seq, .fn = fn, .ctx = ctx};
    loop->deferred_live++;
    return seq_id(loop->seq);
}

void loop_undefer(struct loop *loop, int id)
{
    for (size_t i = 0; i < loop->deferred_count; i++) {
        struct deferred *call = &loop->deferred[i];

        if (call->fn != NULL && seq_id(call->seq) == id) {
            call->fn = NULL;
            loop->deferred_live--;
            return;
        }
    }
}

void loop_dirty(struct loop *loop)
{
    loop->dirty = true;
}

void loop_turn(struct loop *loop, int max_wait_ms)
{
    bool input = false;
    int64_t began_us;
    size_t count;
    int ready;

    sweep_watches(loop);
    count = collect(loop);
    ready = loop->wait(loop->wait_ctx, loop->ready, count, timeout(loop, max_wait_ms));
    began_us = clock_worked_us();
    if (ready >= 0) {
        loop->wait_failures = 0;
        input = run_fds(loop, count);
    } else if (errno != EINTR && ++loop->wait_failures >= WAIT_FAILURES_MAX) {
        die("waiting for the terminal and the network fails again and again.");
    }
    if (loop->transfers != NULL) {
        loop->transfers(loop->wait_ctx);
    }
    run_timers(loop);
    run_deferred(loop);
    /* What a key did is shown before the next page is looked at. */
    if (!input) {
        run_work(loop, began_us);
    }
    if (loop->dirty) {
        loop->dirty = false;
        if (loop->paint != NULL) {
            loop->paint(loop->paint_ctx);
        }
    }
}

bool loop_idle(const struct loop *loop)
{
    return loop->deferred_live == 0 && !(loop->work_pending && loop->work != NULL);
}
