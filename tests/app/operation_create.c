/* The state machine of a new key: every guard, every way a reply can be lost, and what stands in
 * the journal afterwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/fake_api.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"

#include "base/banned.h"

static void creates(void **state)
{
    struct err err = {0};

    (void)state;
    review_create();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().method, "POST");
    assert_non_null(strstr(look().body, "gira-app"));
    assert_string_equal(look().scope, "workspace_service_api_keys.create");
    assert_false(operation_create_send(fx->op, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    arm();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_string_equal(look().new_id, NEW_ID);
    assert_string_equal(secret_text(look().new_key), SECRET);
    assert_true(fx->intent_before_send);
    /* What was read in the review is what went out, byte for byte. */
    assert_string_equal(fx->sent_body, look().body);
    assert_true(journal_has("\"result\":\"done\""));
    assert_true(journal_has("\"status\":200"));
    assert_false(journal_has(SECRET));
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, NEW_ID)) >= 0);
    operation_forget_secret(fx->op);
    assert_null(look().new_key);
}

/* Not even the part that does not look like one. */
static void the_log_does_not_tell_the_new_key(void **state)
{
    char *path = xasprintf("%s/log", fx->folder);
    struct err err = {0};
    struct buf text;

    (void)state;
    assert_true(log_open(path, LOG_LEVEL_DEBUG, &err));
    arm();
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    log_msg(LOG_LEVEL_INFO, "test", "made %s.", SECRET);
    log_close();
    buf_init(&text, 0);
    assert_true(file_read(path, &text, &err));
    assert_non_null(strstr(text.data, "made ***."));
    assert_null(strstr(text.data, "x3AX"));
    buf_done(&text);
    free(path);
}

static void a_bad_draft_is_no_review(void **state)
{
    struct key_draft draft;
    struct err err = {0};

    (void)state;
    draft_init(&draft, KEY_WORKSPACE_SERVICE);
    snprintf(draft.workspace, sizeof(draft.workspace), "%s", WORKSPACE);
    scope_set_add(&draft.scopes, scope_find("completions.write"));
    assert_null(operation_create_new(&fx->env, &draft, &err));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_string_equal(err.field, "name");
}

static void an_unreachable_server_gets_nothing(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_PROBE, ERR_NETWORK, 0, ERR_NETWORK);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
}

static void a_refused_create_can_be_mended(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_REFUSED, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_true(journal_has("\"result\":\"refused\""));
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
}

static void a_lost_create_offers_the_one(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    fx->recent_count = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_string_equal(look().candidate_id, "9b2e28ba-2fa1-41d2-883f-0016d3cca420");
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_true(journal_has("9b2e28ba-2fa1-41d2-883f-0016d3cca420"));
    assert_false(operation_create_again(fx->op, &err));
}

static void a_lost_create_with_several(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_SERVER, 0, ERR_SERVER);
    fx->recent_count = 2;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 2);
    assert_string_equal(look().candidate_id, "");
    assert_false(operation_create_again(fx->op, &err));
}

static void a_create_that_did_not_arrive(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_true(fx->calls[CALL_RECENT] > 3);
    /* It shows up late: asking to send again finds it instead. */
    fx->recent_count = 1;
    assert_true(operation_create_again(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
}

static void sends_again_when_asked(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    gate_disarm(&fx->gate);
    assert_false(operation_create_again(fx->op, &err));
    arm();
    assert_true(operation_create_again(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_CREATE], 2);
}

/* Nothing could be found out: then sending again could make a second key. */
static void no_list_no_second_send(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    answers(CALL_RECENT, ERR_NETWORK, 0, ERR_NETWORK);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_false(operation_create_again(fx->op, &err));
    assert_int_equal(err.kind, ERR_GUARD);
}

/* One write at a time, whatever the screens do: the second is refused where it would be sent. */
static void no_second_write_while_one_runs(void **state)
{
    struct operation *first;
    struct err err = {0};
    bool bad;
    char text[1600];

    (void)state;
    arm();
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    while (!operation_in_flight(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    first = fx->op;
    fx->other = first;
    review_create();
    assert_false(operation_create_send(fx->op, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_string_equal(err.text, "A new service key \"gira-app\" is being made: wait for its end. "
                                  "Nothing was sent.");
    operation_free(fx->op);
    review_revoke();
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    assert_non_null(strstr(err.text, "is being made: wait for its end"));
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    operation_free(fx->op);
    fx->op = first;
    settle();
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    /* Left without a look at its secret: the words name the key and what to do. */
    operation_result(fx->op, &bad, text, sizeof(text));
    assert_true(bad);
    assert_non_null(strstr(text, "Made: \"gira-app\" (" NEW_ID ")"));
    assert_non_null(strstr(text, "Its secret was never shown, and it is wiped now: revoke it."));
    assert_non_null(strstr(text, "Its mask is sk*****3AX."));
    operation_secret_taken(fx->op);
    operation_result(fx->op, &bad, text, sizeof(text));
    assert_false(bad);
    assert_null(strstr(text, "revoke it"));
}

/* Another write that began while the clock was asked is seen as well. */
static void the_gate_is_asked_again_before_the_request(void **state)
{
    struct operation *first;
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    first = fx->op;
    assert_true(operation_create_send(first, &err));
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    fx->other = first;
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    operation_free(fx->op);
    fx->op = first;
    settle();
    assert_int_equal(fx->calls[CALL_CREATE], 1);
}

/* A try whose end is not known: this one looks for its key, as long as after a lost answer, and
 * sends only when there is none. */
static void an_earlier_try_is_looked_for(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    fx->kept = (struct operation_try){
        .act = "create-key", .at = clock_now(&fx->clock), .since = clock_now(&fx->clock) - 60000};
    review_create();
    assert_non_null(strstr(look().earlier, "An earlier try ("));
    fx->recent_count = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().error.kind, ERR_CONFLICT);
    assert_int_equal(look().candidates, 1);
    assert_non_null(strstr(look().words, "Nothing was sent: \"gira-app\""));
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
    operation_free(fx->op);
    /* The list cannot be read: nothing is sent either. */
    answers(CALL_RECENT, ERR_NETWORK, 0, ERR_NETWORK);
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    operation_free(fx->op);
    /* None appears: then it is sent. */
    answers(CALL_RECENT, ERR_NONE, 0, ERR_NONE);
    fx->at[CALL_RECENT] = 0;
    fx->calls[CALL_RECENT] = 0;
    fx->recent_count = 0;
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_true(fx->calls[CALL_RECENT] > 3);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_int_equal(fx->settled_known, 1);
}

static void a_lost_create_is_kept_for_the_next(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(fx->settled_unknown, 1);
    assert_int_equal(fx->settled_known, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(creates),
        TEST(the_log_does_not_tell_the_new_key),
        TEST(a_bad_draft_is_no_review),
        TEST(an_unreachable_server_gets_nothing),
        TEST(a_refused_create_can_be_mended),
        TEST(a_lost_create_offers_the_one),
        TEST(a_lost_create_with_several),
        TEST(a_create_that_did_not_arrive),
        TEST(sends_again_when_asked),
        TEST(no_list_no_second_send),
        TEST(an_earlier_try_is_looked_for),
        TEST(a_lost_create_is_kept_for_the_next),
        TEST(no_second_write_while_one_runs),
        TEST(the_gate_is_asked_again_before_the_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
