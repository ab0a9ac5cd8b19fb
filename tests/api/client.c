/* The client against a real sandbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe),
        cmocka_unit_test(test_load),
    };

    return cmocka_run_group_tests(tests, start_world, stop_world);
}
