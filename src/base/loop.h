/* One loop, one thread: file descriptors, timers, deferred calls, then one paint. What it waits
 * with is handed in, so that curl_multi_poll can be the wait without base knowing curl. */
#ifndef PORTCULLIS_BASE_LOOP_H
#define PORTCULLIS_BASE_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

typedef void loop_fn(void *ctx);
typedef void loop_fd_fn(void *ctx, short revents);
/* Waits like poll(2) on fds (and on its own transfers), at most ms (-1: no limit), fills revents. <
 * 0 on error. */
typedef int loop_wait_fn(void *ctx, struct pollfd *fds, size_t count, int ms);

/* An fd's place in the turn: input before signals before all other. */
enum loop_order { LOOP_INPUT, LOOP_SIGNALS, LOOP_OTHER };

struct loop *loop_new(void);
void loop_free(struct loop *loop);
/* NULL wait: poll(2). transfers (may be NULL) runs once a turn after the fds: the HTTP client's
 * perform. */
void loop_set_wait(struct loop *loop, loop_wait_fn *wait, loop_fn *transfers, void *ctx);
/* Called when a turn ends dirty. */
void loop_set_paint(struct loop *loop, loop_fn *paint, void *ctx);
/* Called once a turn after the deferred calls while loop_work_pending was set: less than a
 * millisecond of it a call. When a turn has worked for a millisecond already it waits for the next
 * one, but no longer. Returns true while there is more, which makes the next wait zero. */
typedef bool loop_work_fn(void *ctx);
void loop_set_work(struct loop *loop, loop_work_fn *work, void *ctx);
void loop_work_pending(struct loop *loop);

/* For tests: the loop's time, ms that never go back; NULL: clock_mono_ms. Set before any timer. */
typedef int64_t loop_clock_fn(void *ctx);
void loop_set_clock(struct loop *loop, loop_clock_fn *now, void *ctx);
/* The loop's time, which its timers go by. */
int64_t loop_now(const struct loop *loop);

/* Returns an id > 0. A second watch of the same fd is our own mistake. */
int loop_watch(struct loop *loop, int fd, short events, enum loop_order order, loop_fd_fn *fn,
               void *ctx);
void loop_unwatch(struct loop *loop, int id);
/* Runs fn once, delay_ms from now. Returns an id > 0. A fired timer's id is dead. */
int loop_timer(struct loop *loop, int64_t delay_ms, loop_fn *fn, void *ctx);
void loop_untimer(struct loop *loop, int id);
/* Runs fn once, later in this turn or in the next, never from inside this call. Returns an id > 0.
 */
int loop_defer(struct loop *loop, loop_fn *fn, void *ctx);
void loop_undefer(struct loop *loop, int id);

void loop_dirty(struct loop *loop);
/* One turn: wait, input, signals, other fds, transfers, timers, deferred calls, one work item (in
 * the next turn when there was input), paint if dirty. The wait is zero while something is due,
 * else until the next timer, else max_wait_ms (-1: as long as needed), whichever is shorter. Any
 * callback may add and remove anything here; what was removed is not called any more. */
void loop_turn(struct loop *loop, int max_wait_ms);
/* True when nothing is due: no pending work and no deferred call. For scripts that wait for idle.
 */
bool loop_idle(const struct loop *loop);

#endif
