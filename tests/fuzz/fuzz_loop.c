/* The input is a list of acts (watch, set a timer, defer, cancel, ask for work, paint), done
 * between turns and from inside the callbacks. What was cancelled or has fired never runs again,
 * what is due runs, input runs first. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/loop.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

#define SLOTS 16
#define DEPTH_MAX 1000

enum slot_kind { SLOT_FREE, SLOT_WATCH, SLOT_TIMER, SLOT_DEFERRED };

struct state;

struct slot {
    struct state *state;
    enum slot_kind kind;
    enum loop_order order;
    int id;
    bool soon; /* a timer of no delay */
};

struct state {
    struct loop *loop;
    const uint8_t *data;
    size_t left;
    struct slot
        *slots[SLOTS]; /* each on the heap and freed on cancel, so that a late callback is seen */
    enum loop_order order; /* of the fd callbacks of this turn so far */
    bool in_turn;
    int calls;
};

static uint8_t next(struct state *state)
{
    if (state->left == 0) {
        return 0;
    }
    state->left--;
    return *state->data++;
}

static void drop(struct state *state, int number)
{
    free(state->slots[number]);
    state->slots[number] = NULL;
}

static void act(struct state *state);

static void some_acts(struct state *state)
{
    if (++state->calls > DEPTH_MAX) {
        return;
    }
    for (int i = next(state) % 4; i > 0; i--) {
        act(state);
    }
}

/* The number of the slot; a callback with a dead one reads freed memory, which the sanitizer tells.
 */
static int number_of(const struct slot *slot)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slot->state->slots[i] == slot) {
            return i;
        }
    }
    fuzz_broken("a callback of what was cancelled");
}

static void on_once(void *ctx)
{
    struct slot *slot = ctx;
    struct state *state = slot->state;

    if (!state->in_turn) {
        fuzz_broken("a callback from inside a call");
    }
    if (slot->kind == SLOT_TIMER && !slot->soon) {
        fuzz_broken("a timer of the far future fired");
    }
    drop(state, number_of(slot));
    some_acts(state);
}

static void on_fd(void *ctx, short revents)
{
    struct slot *slot = ctx;
    struct state *state = slot->state;

    number_of(slot);
    if (!state->in_turn || revents == 0) {
        fuzz_broken("an fd callback out of place");
    }
    if (slot->order < state->order) {
        fuzz_broken("fds out of order");
    }
    state->order = slot->order;
    some_acts(state);
}

static bool on_work(void *ctx)
{
    struct state *state = ctx;

    some_acts(state);
    return next(state) % 2 == 0 && state->left > 0;
}

static void on_paint(void *ctx)
{
    some_acts(ctx);
}

static int fake_wait(void *ctx, struct pollfd *fds, size_t count, int ms)
{
    struct state *state = ctx;
    int ready = 0;

    for (int i = 0; i < SLOTS; i++) {
        const struct slot *slot = state->slots[i];

        if (slot != NULL && ms != 0 &&
            (slot->kind == SLOT_DEFERRED || (slot->kind == SLOT_TIMER && slot->soon))) {
            fuzz_broken("it would sleep while something is due");
        }
    }
    for (size_t i = 0; i < count; i++) {
        fds[i].revents = next(state) % 2 != 0 ? POLLIN : 0;
        ready += fds[i].revents != 0;
    }
    return ready;
}

static void cancel(struct state *state, int number)
{
    int id = state->slots[number]->id;

    switch (state->slots[number]->kind) {
    case SLOT_WATCH:
        loop_unwatch(state->loop, id);
        break;
    case SLOT_TIMER:
        loop_untimer(state->loop, id);
        break;
    case SLOT_DEFERRED:
        loop_undefer(state->loop, id);
        break;
    case SLOT_FREE:
        break;
    }
    drop(state, number);
}

static void fill(struct state *state, int number, uint8_t how)
{
    struct slot *slot = xcalloc(1, sizeof(*slot));

    slot->state = state;
    state->slots[number] = slot;
    switch (how % 4) {
    case 0:
        slot->kind = SLOT_WATCH;
        slot->order = (enum loop_order)(how / 4 % 3);
        slot->id = loop_watch(state->loop, number, POLLIN, slot->order, on_fd, slot);
        break;
    case 1:
        slot->kind = SLOT_TIMER;
        slot->soon = (how & 4) != 0;
        slot->id = loop_timer(state->loop, slot->soon ? 0 : 3600000, on_once, slot);
        break;
    default:
        slot->kind = SLOT_DEFERRED;
        slot->id = loop_defer(state->loop, on_once, slot);
        break;
    }
    if (slot->id <= 0) {
        fuzz_broken("an id that is not positive");
    }
}

static void act(struct state *state)
{
    uint8_t how = next(state);
    int number = next(state) % SLOTS;

    if (how < 16) {
        loop_dirty(state->loop);
    } else if (how < 32) {
        loop_work_pending(state->loop);
    } else if (state->slots[number] != NULL) {
        cancel(state, number);
    } else {
        fill(state, number, how);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state state = {.loop = loop_new(), .data = data, .left = size};

    loop_set_wait(state.loop, fake_wait, NULL, &state);
    loop_set_work(state.loop, on_work, &state);
    loop_set_paint(state.loop, on_paint, &state);
    /* Acts beyond the limit are not read any more: without it the rest would never end. */
    while (state.left > 0 && state.calls <= DEPTH_MAX) {
        some_acts(&state);
        state.order = LOOP_INPUT;
        state.in_turn = true;
        loop_turn(state.loop, -1);
        state.in_turn = false;
    }
    for (int i = 0; i < SLOTS; i++) {
        if (state.slots[i] != NULL) {
            cancel(&state, i);
        }
    }
    loop_turn(state.loop, 0);
    if (state.left == 0 && state.calls <= DEPTH_MAX && !loop_idle(state.loop)) {
        loop_turn(state.loop, 0);
        loop_turn(state.loop, 0);
        if (!loop_idle(state.loop)) {
            fuzz_broken("never idle again");
        }
    }
    loop_free(state.loop);
    return 0;
}
