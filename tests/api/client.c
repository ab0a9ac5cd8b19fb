/* The client against a real sandbox. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/client_internal.h"
#include "api/rig.h"
#include "base/alloc.h"
#include "support/sandbox.h"

#include "base/banned.h"

static struct sandbox_process *world;

static int start_world(void **state)
{
    static const char *const args[] = {"--seed", "demo", NULL};

    (void)state;
    world = sandbox_start(args);
    return 0;
}

static int stop_world(void **state)
{
    (void)state;
    return sandbox_stop(world);
}

static void open_rig(struct rig *rig)
{
    rig_init(rig, &(struct api_config){.base_url = sandbox_base_url(world)},
             sandbox_admin_key(world, 0));
}

static void test_probe(void **state)
{
    struct rig rig;
    struct kept kept = {0};

    (void)state;
    open_rig(&rig);
    assert_true(api_probe(rig.client, keep_reply, &kept) != 0);
    assert_false(kept.done);
    assert_int_equal(api_client_status(rig.client)->in_flight, 1);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_int_equal(kept.status, 200);
    assert_true(kept.date != TIME_NONE);
    assert_int_equal(api_client_status(rig.client)->in_flight, 0);
    kept_clear(&kept);
    rig_done(&rig);
}

static void test_load(void **state)
{
    struct rig rig;
    struct loaded loaded;
    char why[256];

    (void)state;
    open_rig(&rig);
    load_all(&rig, LOAD_ALL, &loaded);
    for (int list = 0; list < LIST_COUNT; list++) {
        const struct list_state *got = &loaded.inv->lists[list];

        print_message("%s: %d, %zu of %lld %s\n", list_name((enum list_kind)list), got->progress,
                      got->counted, (long long)got->total, got->why);
        assert_int_equal(got->progress, PROGRESS_COMPLETE);
        assert_int_equal(got->counted, got->total);
    }
    assert_false(loaded.failed);
    assert_true(loaded.inv->own_key >= 0);
    assert_true(inventory_keys_complete(loaded.inv, why, sizeof(why)));
    loaded_clear(&loaded);
    rig_done(&rig);
}

/* -- an answer that is taken in over several turns -- */

struct slow {
    int calls, wanted;
    bool done, freed;
    struct kept other; /* what a person asked for meanwhile */
    int other_at;      /* how often the slow one was called before that was answered */
};

static void note_other(void *ctx, struct api_reply *reply)
{
    struct slow *slow = ctx;

    keep_reply(&slow->other, reply);
    slow->other_at = slow->calls;
}

static void take_slowly(void *ctx, struct request *request, struct answer *answer)
{
    struct slow *slow = ctx;

    assert_true(answer->ok);
    assert_int_equal(json_array_size(json_object_get(answer->root, "data")), 3);
    assert_true(answer->until_us > 0);
    if (++slow->calls < slow->wanted) {
        request_go_on(request);
        return;
    }
    slow->done = true;
}

static void note_freed(void *ctx)
{
    ((struct slow *)ctx)->freed = true;
}

static api_ticket ask_slowly(struct rig *rig, struct slow *slow)
{
    return client_send(rig->client, &(struct request_spec){.endpoint = ENDPOINT_KEYS,
                                                           .kind = KEY_KIND_UNKNOWN,
                                                           .size = 3,
                                                           .bulk = true,
                                                           .fn = take_slowly,
                                                           .ctx = slow,
                                                           .free_ctx = note_freed});
}

static bool was_called(void *ctx)
{
    return ((struct slow *)ctx)->calls > 0;
}

static void test_goes_on(void **state)
{
    struct rig rig;
    struct slow slow = {.wanted = 5};

    (void)state;
    open_rig(&rig);
    ask_slowly(&rig, &slow);
    rig_wait(&rig, &slow.done);
    assert_int_equal(slow.calls, 5);
    assert_true(slow.freed);
    assert_int_equal(api_client_status(rig.client)->in_flight, 0);
    rig_done(&rig);
}

/* It stands in nobody's way. */
static void test_others_go_first(void **state)
{
    struct rig rig;
    struct slow slow = {.wanted = INT_MAX};

    (void)state;
    open_rig(&rig);
    api_ticket ticket = ask_slowly(&rig, &slow);
    rig_wait_for(&rig, was_called, &slow);
    api_probe(rig.client, note_other, &slow);
    rig_wait(&rig, &slow.other.done);
    assert_true(slow.other_at > 0);
    assert_false(slow.done);
    int calls = slow.calls;
    api_cancel(rig.client, ticket);
    assert_true(slow.freed);
    for (int i = 0; i < 5; i++) {
        loop_turn(rig.loop, 0);
    }
    assert_int_equal(slow.calls, calls);
    assert_true(loop_idle(rig.loop));
    kept_clear(&slow.other);
    rig_done(&rig);
}

static void test_client_goes_first(void **state)
{
    struct rig rig;
    struct slow slow = {.wanted = INT_MAX};

    (void)state;
    open_rig(&rig);
    ask_slowly(&rig, &slow);
    rig_wait_for(&rig, was_called, &slow);
    rig_done(&rig);
    assert_true(slow.freed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_others_go_first),
        cmocka_unit_test(test_client_goes_first),
    };

    return cmocka_run_group_tests(tests, start_world, stop_world);
}
