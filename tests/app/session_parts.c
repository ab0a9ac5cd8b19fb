/* What a session keeps of writes whose end is not known, from itself and from the journal; how it
 * gives back what nobody looks at; what it says of itself. State in, state and words out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/journal_rig.h"
#include "app/session_internal.h"
#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define KEY "60571396-bd81-4e58-8c82-4858930ede0b"
#define OTHER "9b2e28ba-2fa1-41d2-883f-0016d3cca427"
#define URL "http://127.0.0.1:1/v1"
#define INTENT_1 "0000000000000001"
#define INTENT_2 "0000000000000002"

struct fixture {
    struct journal_rig *rig;
    struct session session;
    struct gate gate;
    struct buf said;
};

static void say(void *ctx, bool bad, const char *text)
{
    struct fixture *fixture = ctx;

    (void)bad;
    buf_addf(&fixture->said, "%s\n", text);
}

static void changed(void *ctx)
{
    (void)ctx;
}

static int64_t mono(void *ctx)
{
    (void)ctx;
    return 0;
}

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));
    void *rig = NULL;

    assert_int_equal(journal_rig_setup(&rig), 0);
    fixture->rig = rig;
    buf_init(&fixture->said, 0);
    fixture->session.config = (struct session_config){.loop = loop_new(),
                                                      .clock = &fixture->rig->clock,
                                                      .journal = fixture->rig->journal,
                                                      .gate = &fixture->gate,
                                                      .mono = mono,
                                                      .say = say,
                                                      .changed = changed,
                                                      .ctx = fixture};
    fixture->session.profile = profile_new("acme");
    xreplace(&fixture->session.profile->base_url, URL);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    void *rig = fixture->rig;

    session_forget_tries(&fixture->session);
    session_free_gone(&fixture->session);
    profile_free(fixture->session.profile);
    loop_free(fixture->session.config.loop);
    buf_done(&fixture->said);
    free(fixture);
    return journal_rig_teardown(&rig);
}

static struct operation_try revocation(const char *intent, const char *target)
{
    return (struct operation_try){.intent = intent,
                                  .act = "revoke-key",
                                  .name = "ci",
                                  .workspace = "",
                                  .target = target,
                                  .at = 1000,
                                  .newest = TIME_NONE,
                                  .server_time = TIME_NONE};
}

static struct operation_try creation(const char *intent, const char *name, const char *workspace)
{
    static const char *const seen[] = {OTHER};

    return (struct operation_try){.intent = intent,
                                  .act = "create-key",
                                  .name = name,
                                  .workspace = workspace,
                                  .kind = "workspace-service",
                                  .owner = "",
                                  .target = "",
                                  .at = 1000,
                                  .seen = seen,
                                  .seen_count = 1,
                                  .newest = 500,
                                  .server_time = 900};
}

/* -- tries -- */

static void what_is_not_known_is_kept_until_it_is(void **state)
{
    struct session *session = &((struct fixture *)*state)->session;
    struct operation_try first = revocation(INTENT_1, KEY), again = revocation(INTENT_2, KEY);

    assert_false(session_try_earlier(session, &again));
    session_try_settled(session, &first, false);
    session_try_settled(session, &first, false); /* told twice, kept once */
    assert_int_equal(session->try_count, 1);
    assert_true(session_try_earlier(session, &again));
    assert_int_equal(again.at, 1000);
    assert_string_equal(again.intent, INTENT_1);
    /* The end of the second is the end of both: its target is gone. */
    again = revocation(INTENT_2, KEY);
    session_try_settled(session, &again, true);
    assert_int_equal(session->try_count, 0);
}

static void another_key_is_another_write(void **state)
{
    struct session *session = &((struct fixture *)*state)->session;
    struct operation_try first = revocation(INTENT_1, KEY), other = revocation(INTENT_2, OTHER);

    session_try_settled(session, &first, false);
    assert_false(session_try_earlier(session, &other));
    session_try_settled(session, &other, true);
    assert_int_equal(session->try_count, 1);
}

static void a_create_brings_what_was_read_before_it(void **state)
{
    struct session *session = &((struct fixture *)*state)->session;
    struct operation_try first = creation(INTENT_1, "ci", "w1");
    struct operation_try same = creation(INTENT_2, "ci", "w1");
    struct operation_try elsewhere = creation(INTENT_2, "ci", "w2");
    struct operation_try renamed = creation(INTENT_2, "cj", "w1");

    session_try_settled(session, &first, false);
    assert_false(session_try_earlier(session, &elsewhere));
    assert_false(session_try_earlier(session, &renamed));
    same.seen_count = 0;
    assert_true(session_try_earlier(session, &same));
    assert_int_equal(same.seen_count, 1);
    assert_string_equal(same.seen[0], OTHER);
    assert_int_equal(same.newest, 500);
    assert_int_equal(same.server_time, 900);
    /* A create that is done ends no other. */
    same = creation(INTENT_2, "ci", "w1");
    session_try_settled(session, &same, true);
    assert_int_equal(session->try_count, 1);
}

/* -- from the journal -- */

static void open_writes_of_the_journal_are_tries(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = &fixture->session;
    struct journal_intent intent = {
        .act = "revoke-key", .profile = "acme", .base_url = URL, .target = KEY, .name = "ci"};
    struct operation_try again = revocation(INTENT_2, KEY);
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    assert_true(journal_write_intent(fixture->rig->journal, &intent, id, &err));
    intent = (struct journal_intent){
        .act = "create-key", .profile = "acme", .base_url = URL, .name = "made"};
    assert_true(journal_write_intent(fixture->rig->journal, &intent, id, &err));
    assert_true(journal_write_event(fixture->rig->journal, id, "made", OTHER, "z1*****3AX", &err));
    session_take_journal(session);
    /* What it made is known of the second: nothing has to be looked for before another. */
    assert_int_equal(session->try_count, 1);
    assert_true(session_try_earlier(session, &again));
    session_take_journal(session);
    assert_int_equal(session->try_count, 1);
    assert_int_equal(fixture->said.len, 0);
}

static void a_damaged_journal_is_said_once(void **state)
{
    struct fixture *fixture = *state;
    size_t len, told;
    char *bytes;

    journal_rig_pair(fixture->rig, "done");
    bytes = journal_rig_slurp(fixture->rig, &len);
    strstr(bytes, "revoke")[0] = 'x';
    journal_rig_spill(fixture->rig, bytes, len);
    free(bytes);
    session_take_journal(&fixture->session);
    assert_non_null(strstr(fixture->said.data, "was damaged or changed"));
    assert_non_null(strstr(fixture->said.data, "nothing is advised to be revoked"));
    told = fixture->said.len;
    session_take_journal(&fixture->session);
    assert_int_equal(fixture->said.len, told);
}

/* -- what nobody looks at -- */

static void inventories_are_given_back_in_parts(void **state)
{
    struct session *session = &((struct fixture *)*state)->session;

    session_drop_inventory(session, NULL);
    assert_int_equal(session->gone_count, 0);
    session_drop_inventory(session, inventory_new());
    session_drop_inventory(session, inventory_new());
    assert_int_equal(session->gone_count, 2);
    for (int turns = 0; session->gone_count > 0; turns++) {
        assert_true(turns < 100);
        loop_turn(session->config.loop, 0);
    }
    /* What is left at the end is freed at once. */
    session_drop_inventory(session, inventory_new());
}

/* -- what it says of itself -- */

static void the_work_is_told_without_its_seconds_too(void **state)
{
    struct session *session = &((struct fixture *)*state)->session;
    struct host_session look;

    session->phase = SESSION_KEY;
    session_look(session, &look);
    assert_string_equal(look.work, "reading the key (keyring)");
    assert_true(look.work_stem >= strlen(look.work)); /* nothing is counted in it */
    assert_true(look.loading);
    assert_false(look.armed);
    assert_int_equal(look.data_age_ms, -1);
    assert_string_equal(look.profile, "acme");
    assert_string_equal(look.base_url, URL);
    assert_string_equal(look.own_name, "");
    session->phase = SESSION_NONE;
    session_look(session, &look);
    assert_string_equal(look.work, "");
    assert_false(look.loading);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_known_is_kept_until_it_is),    TEST(another_key_is_another_write),
        TEST(a_create_brings_what_was_read_before_it),  TEST(open_writes_of_the_journal_are_tries),
        TEST(a_damaged_journal_is_said_once),           TEST(inventories_are_given_back_in_parts),
        TEST(the_work_is_told_without_its_seconds_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
