/* The loop: the order of a turn, timers, deferred calls, work, and changing it all from inside
 * callbacks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/loop.h"

#include "base/banned.h"

#define DEADLINE_MS 10000

/* What the callbacks share: the story of what ran, one letter each. */
struct world {
    struct loop *loop;
    char story[256];
    int pipe[3][2];
    int ids[8];
    int count;
    int last_wait;
    int wait_result;
};

/* One letter of the story. */
struct step {
    struct world *world;
    char letter;
};

static void tell(struct world *world, char letter)
{
    size_t len = strlen(world->story);

    assert_true(len + 1 < sizeof(world->story));
    world->story[len] = letter;
    world->story[len + 1] = '\0';
}

static void on_step(void *ctx)
{
    struct step *step = ctx;

    tell(step->world, step->letter);
}

static void on_fd(void *ctx, short revents)
{
    assert_true((revents & POLLIN) != 0);
    on_step(ctx);
}

static bool on_work(void *ctx)
{
    on_step(ctx);
    return false;
}

static int setup(void **state)
{
    struct world *world = xcalloc(1, sizeof(*world));

    world->loop = loop_new();
    for (int i = 0; i < 3; i++) {
        if (pipe(world->pipe[i]) != 0) {
            return -1;
        }
    }
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 3; i++) {
        close(world->pipe[i][0]);
        close(world->pipe[i][1]);
    }
    loop_free(world->loop);
    free(world);
    return 0;
}

static void poke(struct world *world, int number)
{
    assert_int_equal(write(world->pipe[number][1], "x", 1), 1);
}

static int wait_recorded(void *ctx, struct pollfd *fds, size_t count, int ms)
{
    struct world *world = ctx;

    world->last_wait = ms;
    if (world->wait_result < 0) {
        errno = EINTR;
        for (size_t i = 0; i < count; i++) {
            fds[i].revents = POLLIN; /* what an interrupted wait leaves there means nothing */
        }
        return world->wait_result;
    }
    return poll(fds, (nfds_t)count, 0);
}

static void on_transfers(void *ctx)
{
    tell(ctx, 'x');
}

static void test_order_of_a_turn(void **state)
{
    struct world *world = *state;
    struct step input = {world, 'i'};
    struct step signals = {world, 's'};
    struct step other = {world, 'o'};
    struct step timer = {world, 't'};
    struct step deferred = {world, 'd'};
    struct step work = {world, 'w'};
    struct step paint = {world, 'p'};

    /* Set up backwards, to see that it is not the order of asking that counts. */
    loop_set_paint(world->loop, on_step, &paint);
    loop_set_work(world->loop, on_work, &work);
    loop_work_pending(world->loop);
    loop_defer(world->loop, on_step, &deferred);
    loop_timer(world->loop, 0, on_step, &timer);
    loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, on_fd, &other);
    loop_watch(world->loop, world->pipe[1][0], POLLIN, LOOP_SIGNALS, on_fd, &signals);
    loop_watch(world->loop, world->pipe[2][0], POLLIN, LOOP_INPUT, on_fd, &input);
    loop_set_wait(world->loop, wait_recorded, on_transfers, world);
    loop_dirty(world->loop);
    poke(world, 0);
    poke(world, 1);
    poke(world, 2);
    loop_turn(world->loop, -1);
    assert_string_equal(world->story, "isoxtdp"); /* what was typed is shown before any work */
    assert_int_equal(world->last_wait, 0);
    assert_false(loop_idle(world->loop));
    loop_dirty(world->loop);
    for (int i = 0; i < 3; i++) {
        char c;
        assert_int_equal(read(world->pipe[i][0], &c, 1), 1);
    }
    loop_turn(world->loop, -1);
    assert_string_equal(world->story, "isoxtdpxwp");
    assert_int_equal(world->last_wait, 0);
}

static void test_waits(void **state)
{
    struct world *world = *state;
    struct step step = {world, '.'};
    int id;

    loop_set_wait(world->loop, wait_recorded, NULL, world);
    loop_turn(world->loop, -1);
    assert_int_equal(world->last_wait, -1); /* nothing to wait for: for ever */
    loop_turn(world->loop, 500);
    assert_int_equal(world->last_wait, 500);

    id = loop_timer(world->loop, 60000, on_step, &step);
    loop_turn(world->loop, -1);
    assert_true(world->last_wait > 50000 && world->last_wait <= 60000);
    loop_turn(world->loop, 500);
    assert_int_equal(world->last_wait, 500);
    loop_timer(world->loop, 3000, on_step, &step);
    loop_turn(world->loop, -1);
    assert_true(world->last_wait > 1000 && world->last_wait <= 3000);
    loop_untimer(world->loop, id);

    id = loop_defer(world->loop, on_step, &step);
    assert_false(loop_idle(world->loop));
    loop_undefer(world->loop, id);
    assert_true(loop_idle(world->loop));
    loop_turn(world->loop, -1);
    assert_true(world->last_wait > 0);
    assert_string_equal(world->story, "");

    loop_dirty(world->loop); /* nobody paints: it must not spin */
    loop_turn(world->loop, -1);
    assert_int_equal(world->last_wait, 0);
    loop_turn(world->loop, -1);
    assert_true(world->last_wait > 0);

    loop_work_pending(world->loop); /* nobody works: the same */
    loop_turn(world->loop, -1);
    assert_true(world->last_wait > 0);
    assert_true(loop_idle(world->loop));
}

static void test_far_timer_is_clamped(void **state)
{
    struct world *world = *state;
    struct step step = {world, '.'};

    loop_set_wait(world->loop, wait_recorded, NULL, world);
    loop_timer(world->loop, INT64_MAX, on_step, &step);
    loop_turn(world->loop, -1);
    assert_int_equal(world->last_wait, INT32_MAX);
    assert_string_equal(world->story, "");
}

static void test_interrupted_wait(void **state)
{
    struct world *world = *state;
    struct step step = {world, '!'};

    loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_INPUT, on_fd, &step);
    loop_set_wait(world->loop, wait_recorded, NULL, world);
    world->wait_result = -1;
    for (int i = 0; i < 1000; i++) {
        loop_turn(world->loop, -1);
    }
    assert_string_equal(world->story, "");
}

static bool work_thrice(void *ctx)
{
    struct world *world = ctx;

    tell(world, 'w');
    return ++world->count < 3;
}

static void test_work_is_one_item_a_turn(void **state)
{
    struct world *world = *state;

    loop_set_wait(world->loop, wait_recorded, NULL, world);
    loop_set_work(world->loop, work_thrice, world);
    loop_turn(world->loop, -1);
    assert_string_equal(world->story, "");
    loop_work_pending(world->loop);
    assert_false(loop_idle(world->loop));
    for (int turn = 1; turn <= 3; turn++) {
        loop_turn(world->loop, -1);
        assert_int_equal(strlen(world->story), turn);
        assert_int_equal(world->last_wait, 0);
    }
    assert_true(loop_idle(world->loop));
    loop_turn(world->loop, -1);
    assert_int_equal(world->last_wait, -1);
    assert_string_equal(world->story, "www");
}

static void toil(void *ctx)
{
    struct world *world = ctx;
    int64_t end = clock_worked_us() + 1500;

    tell(world, 'd');
    loop_defer(world->loop, toil, world);
    while (clock_worked_us() < end) {
    }
}

/* A turn that is full takes on no more, but what waited once comes in the next one. */
static void test_work_waits_for_a_full_turn_once(void **state)
{
    struct world *world = *state;

    loop_set_wait(world->loop, wait_recorded, NULL, world);
    loop_set_work(world->loop, work_thrice, world);
    loop_work_pending(world->loop);
    loop_defer(world->loop, toil, world);
    for (int turn = 0; turn < 6; turn++) {
        loop_turn(world->loop, -1);
        assert_int_equal(world->last_wait, 0);
    }
    assert_string_equal(world->story, "ddwddwddw");
}

/* A step that must not come before its time. */
struct timed {
    struct step step;
    int64_t due_ms;
};

static void on_timed(void *ctx)
{
    struct timed *timed = ctx;

    assert_true(clock_mono_ms() >= timed->due_ms);
    on_step(&timed->step);
}

static void test_timers_fire_in_order(void **state)
{
    struct world *world = *state;
    static const int delays[] = {30, 1, 60, 10};
    static const char letters[] = "cadb";
    struct timed timed[4];
    int64_t end = clock_mono_ms() + DEADLINE_MS;

    for (int i = 0; i < 4; i++) {
        timed[i] = (struct timed){{world, letters[i]}, clock_mono_ms() + delays[i]};
        loop_timer(world->loop, delays[i], on_timed, &timed[i]);
    }
    while (strlen(world->story) < 4 && clock_mono_ms() < end) {
        loop_turn(world->loop, -1);
    }
    assert_string_equal(world->story, "abcd");
}

static void test_equal_timers_fire_oldest_first(void **state)
{
    struct world *world = *state;
    struct step steps[4] = {{world, 'a'}, {world, 'b'}, {world, 'c'}, {world, 'd'}};

    for (int i = 0; i < 4; i++) {
        loop_timer(world->loop, -5, on_step, &steps[i]);
    }
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "abcd");
}

static void again(void *ctx)
{
    struct world *world = ctx;

    tell(world, 't');
    world->ids[0] = loop_timer(world->loop, 0, again, world);
}

static void test_timer_that_sets_itself_again(void **state)
{
    struct world *world = *state;

    world->ids[0] = loop_timer(world->loop, 0, again, world);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "t");
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "tt");
    loop_untimer(world->loop, world->ids[0]);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "tt");
}

static void cancel_all(void *ctx)
{
    struct world *world = ctx;

    tell(world, 'c');
    for (int i = 0; i < world->count; i++) {
        loop_untimer(world->loop, world->ids[i]);
        loop_undefer(world->loop, world->ids[i]);
        loop_unwatch(world->loop, world->ids[i]);
    }
}

static void cancel_all_fd(void *ctx, short revents)
{
    (void)revents;
    cancel_all(ctx);
}

static void test_cancel_from_a_timer(void **state)
{
    struct world *world = *state;
    struct step step = {world, '!'};

    loop_timer(world->loop, 0, cancel_all, world);
    world->ids[0] = loop_timer(world->loop, 0, on_step, &step);
    world->ids[1] = loop_defer(world->loop, on_step, &step);
    world->count = 2;
    loop_turn(world->loop, 0);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "c");
}

static void test_cancel_from_a_deferred_call(void **state)
{
    struct world *world = *state;
    struct step step = {world, '!'};

    loop_defer(world->loop, cancel_all, world);
    world->ids[0] = loop_defer(world->loop, on_step, &step);
    world->ids[1] = loop_timer(world->loop, 60000, on_step, &step);
    world->count = 2;
    loop_turn(world->loop, 0);
    assert_true(loop_idle(world->loop));
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "c");
}

static void test_unwatch_from_a_callback(void **state)
{
    struct world *world = *state;
    struct step step = {world, '!'};

    world->ids[0] = loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, on_fd, &step);
    world->ids[1] =
        loop_watch(world->loop, world->pipe[1][0], POLLIN, LOOP_INPUT, cancel_all_fd, world);
    world->count = 2; /* itself too */
    poke(world, 0);
    poke(world, 1);
    loop_turn(world->loop, 0);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "c");
    /* The place is free again. */
    world->ids[0] = loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, on_fd, &step);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "c!");
}

static void swap_fd(void *ctx, short revents)
{
    struct world *world = ctx;

    (void)revents;
    tell(world, 's');
    loop_unwatch(world->loop, world->ids[0]);
    loop_unwatch(world->loop, world->ids[1]);
    /* The same number, another watch: it has not been polled and may not hear of what its
     * forerunner got. */
    world->ids[0] =
        loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, cancel_all_fd, world);
}

static void test_watch_again_in_the_same_turn(void **state)
{
    struct world *world = *state;
    struct step step = {world, '!'};
    char byte;

    world->ids[0] = loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, on_fd, &step);
    world->ids[1] = loop_watch(world->loop, world->pipe[1][0], POLLIN, LOOP_INPUT, swap_fd, world);
    poke(world, 0);
    poke(world, 1);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "s");
    assert_int_equal(read(world->pipe[0][0], &byte, 1), 1);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "s");
    poke(world, 0);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "sc");
}

static void free_owner(void *ctx)
{
    struct step *step = ctx;
    struct world *world = step->world;

    tell(world, 'f');
    loop_untimer(world->loop, world->ids[0]);
    loop_unwatch(world->loop, world->ids[1]);
    free(step); /* what the other callbacks would have been called with */
}

static void test_free_the_context_in_a_callback(void **state)
{
    struct world *world = *state;
    struct step *step = xcalloc(1, sizeof(*step));

    *step = (struct step){world, '!'};
    world->ids[1] = loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, on_fd, step);
    loop_timer(world->loop, -10, free_owner, step);
    world->ids[0] = loop_timer(world->loop, 0, on_step, step);
    loop_turn(world->loop, 0);
    poke(world, 0);
    loop_turn(world->loop, 0);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "f");
}

static void defer_more(void *ctx)
{
    struct world *world = ctx;

    tell(world, 'd');
    if (++world->count < 3) {
        size_t before = strlen(world->story);

        for (int i = 0; i < 20; i++) {
            loop_undefer(world->loop, loop_defer(world->loop, defer_more, world));
        }
        loop_defer(world->loop, defer_more, world);
        assert_int_equal(strlen(world->story), before); /* never from inside the call */
    }
}

static void test_deferred_from_deferred(void **state)
{
    struct world *world = *state;

    loop_set_wait(world->loop, wait_recorded, NULL, world);
    loop_defer(world->loop, defer_more, world);
    for (int turn = 0; turn < 5; turn++) {
        loop_turn(world->loop, -1);
    }
    assert_string_equal(world->story, "ddd");
    assert_true(loop_idle(world->loop));
    assert_int_equal(world->last_wait, -1);
}

static void undefer_itself(void *ctx)
{
    struct world *world = ctx;

    tell(world, 'u');
    loop_undefer(world->loop, world->ids[0]);
    loop_undefer(world->loop, world->ids[0]);
}

static void test_undefer_what_runs_already(void **state)
{
    struct world *world = *state;
    struct step step = {world, 'b'};

    world->ids[0] = loop_defer(world->loop, undefer_itself, world);
    loop_turn(world->loop, 0);
    assert_true(loop_idle(world->loop));
    loop_defer(world->loop, on_step, &step);
    assert_false(loop_idle(world->loop));
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "ub");
    assert_true(loop_idle(world->loop));
}

static void dead_ids(void *ctx)
{
    struct world *world = ctx;

    /* Its own id is dead by now, and must not hit another. */
    loop_untimer(world->loop, world->ids[0]);
    tell(world, 'a');
}

static void test_ids_are_not_reused(void **state)
{
    struct world *world = *state;
    struct step step = {world, 'b'};

    world->ids[0] = loop_timer(world->loop, 0, dead_ids, world);
    world->ids[1] = loop_timer(world->loop, 0, on_step, &step);
    assert_true(world->ids[0] > 0 && world->ids[1] > 0 && world->ids[0] != world->ids[1]);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "ab");
    loop_untimer(world->loop, 0);
    loop_unwatch(world->loop, 0);
    loop_undefer(world->loop, 0);
    loop_undefer(world->loop, 4711);
}

static void test_paint_once_a_turn(void **state)
{
    struct world *world = *state;
    struct step paint = {world, 'p'};

    loop_set_paint(world->loop, on_step, &paint);
    loop_dirty(world->loop);
    loop_dirty(world->loop);
    loop_turn(world->loop, 0);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "p");
}

static void hang_up(void *ctx, short revents)
{
    struct world *world = ctx;

    assert_true((revents & POLLHUP) != 0);
    tell(world, 'h');
    loop_unwatch(world->loop, world->ids[0]);
}

static void test_hang_up_is_told(void **state)
{
    struct world *world = *state;

    world->ids[0] = loop_watch(world->loop, world->pipe[0][0], POLLIN, LOOP_OTHER, hang_up, world);
    close(world->pipe[0][1]);
    loop_turn(world->loop, DEADLINE_MS);
    loop_turn(world->loop, 0);
    assert_string_equal(world->story, "h");
    world->pipe[0][1] = dup(world->pipe[1][1]);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(test_order_of_a_turn),
        LOOP_TEST(test_waits),
        LOOP_TEST(test_far_timer_is_clamped),
        LOOP_TEST(test_interrupted_wait),
        LOOP_TEST(test_work_is_one_item_a_turn),
        LOOP_TEST(test_work_waits_for_a_full_turn_once),
        LOOP_TEST(test_timers_fire_in_order),
        LOOP_TEST(test_equal_timers_fire_oldest_first),
        LOOP_TEST(test_timer_that_sets_itself_again),
        LOOP_TEST(test_cancel_from_a_timer),
        LOOP_TEST(test_cancel_from_a_deferred_call),
        LOOP_TEST(test_unwatch_from_a_callback),
        LOOP_TEST(test_watch_again_in_the_same_turn),
        LOOP_TEST(test_free_the_context_in_a_callback),
        LOOP_TEST(test_deferred_from_deferred),
        LOOP_TEST(test_undefer_what_runs_already),
        LOOP_TEST(test_ids_are_not_reused),
        LOOP_TEST(test_paint_once_a_turn),
        LOOP_TEST(test_hang_up_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
