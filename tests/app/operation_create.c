/* The state machine of a new key: every guard, every way a reply can be lost, and what stands in
 * the journal afterwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/fake_api.h"
#include "app/find.h"
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
    assert_true(look().read_back);
    /* Each step of its secret is in the journal, and the end only once somebody has it. */
    assert_true(journal_has("\"event\":\"made\"") || journal_has("\"kind\":\"made\""));
    assert_false(journal_has("handing"));
    assert_false(journal_has("\"result\":\"done\""));
    assert_true(operation_secret_waits(fx->op));
    assert_true(operation_hand_over(fx->op, &err));
    assert_true(journal_has("handing"));
    assert_false(journal_has("taken"));
    operation_secret_taken(fx->op);
    assert_true(journal_has("taken"));
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
    answers(CALL_PAGE, ERR_NETWORK, 0, ERR_NETWORK);
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
    fx->answer_code = "AB01";
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_int_equal(fx->calls[CALL_PAGE], 1); /* bad input is told before anything is made */
    assert_true(journal_has("\"result\":\"refused\""));
    fx->answer_code = NULL;
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
    fx->fitting = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_string_equal(look().candidate_id, "9b2e28ba-2fa1-41d2-883f-0016d3cca410");
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_true(journal_has("9b2e28ba-2fa1-41d2-883f-0016d3cca410"));
    /* A colleague may have made it: no advice. */
    assert_non_null(strstr(look().error.text, "may be what it made; if nobody else made it"));
    assert_null(strstr(look().error.text, "Revoke it"));
    assert_false(operation_create_again(fx->op, &err));
}

static void a_lost_create_with_several(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_SERVER, 0, ERR_SERVER);
    fx->fitting = 2;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 2);
    assert_string_equal(look().candidate_id, "");
    assert_false(operation_create_again(fx->op, &err));
}

/* A key that was there when the POST was made is not what it made, whatever its name. */
static void what_was_there_before_is_no_candidate(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    fx->fitting = 1;
    fx->fitting_before = true;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_non_null(strstr(look().error.text, "It may still come, for two minutes"));
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
    assert_true(fx->calls[CALL_PAGE] > 4);
    assert_non_null(strstr(look().error.text, "sending now may make two"));
}

static struct operation_try earlier_try(void)
{
    return (struct operation_try){.act = "create-key",
                                  .at = clock_now(&fx->clock),
                                  .newest = clock_now(&fx->clock) - DAY_MS,
                                  .server_time = clock_now(&fx->clock)};
}

/* An earlier one that may still come is waited for, two minutes by the server's clock; what it made
 * is found; and when nothing of it is there it is settled, and this one is sent. */
static void no_second_key_while_the_first_may_come(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    fx->kept = earlier_try();
    review_create();
    assert_non_null(strstr(look().earlier, "An earlier try ("));
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_UNKNOWN);
    assert_non_null(strstr(look().error.text, "it may still come: sending now may make two"));
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    /* It came late. */
    fx->fitting = 1;
    fx->fitting_before = true;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().error.kind, ERR_CONFLICT);
    assert_int_equal(look().candidates, 1);
    assert_non_null(strstr(look().words, "Nothing was sent: \"gira-app\""));
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
    operation_free(fx->op);
    /* Nothing came. */
    fx->fitting = 0;
    clock_advance(&fx->clock, FIND_MAY_COME_MS + 1);
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->settled_known, 1);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
}

/* A list that does not show the kind says nothing of an earlier one, however long ago that was. */
static void a_blind_list_is_no_leave_to_send_again(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    fx->kept = earlier_try();
    fx->list_lost = true;
    clock_advance(&fx->clock, FIND_MAY_COME_MS + 1);
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_non_null(strstr(look().error.text, "A person has to settle it first"));
    answers(CALL_PAGE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(fx->calls[CALL_CREATE], 0);
}

/* Before anything is sent a person hears that a loss would be theirs to find out. */
static void a_key_that_cannot_look_is_told_before(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    fx->own_lacks = true;
    review_create();
    assert_string_equal(look().notice, "");
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_non_null(strstr(look().notice, "the new key cannot be looked for"));
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    fx->fitting = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_true(journal_has("\"blind\":true"));
    assert_non_null(strstr(look().error.text, "it cannot be found out here"));
}

/* What the server says no to after it may have worked is told when the list shows nothing. */
static void a_no_is_believed_after_a_look(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    fx->answer_code = "AB03";
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_non_null(strstr(look().words, "Refused; nothing of it is there"));
    assert_true(fx->calls[CALL_PAGE] > 4);
    assert_true(journal_has("\"result\":\"refused\""));
}

static void a_no_after_the_work_was_done_is_no_refusal(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    fx->answer_code = "AB03";
    fx->fitting = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_false(journal_has("\"result\":\"refused\""));
    operation_free(fx->op);
    /* And when the list is blind by then, it is not known. */
    fx->fitting = 0;
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    while (look().phase != OP_LOST) {
        loop_turn(fx->loop, 100);
    }
    fx->list_lost = true;
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_false(journal_has("\"result\":\"refused\""));
}

/* A list that was asked for right after the answer may be as old as that, however late it comes. */
static void a_list_that_was_slow_to_come_is_no_late_one(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    fx->answer_code = "AB03";
    fx->fitting = 1;
    fx->slow_page_ms = fx->env.find_out_ms + 100;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_false(journal_has("\"result\":\"refused\""));
}

/* -- the secret -- */

static void what_is_no_secret_is_not_handed_over(void **state)
{
    static const char *const none[] = {"sk*****3AX", "two words", "[REDACTED]"};

    (void)state;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct err err = {0};

        arm();
        review_create();
        fx->answer_key = none[i];
        assert_true(operation_create_send(fx->op, &err));
        settle();
        assert_int_equal(look().phase, OP_UNKNOWN);
        assert_int_equal(look().error.kind, ERR_UNKNOWN);
        assert_null(look().new_key);
        assert_string_equal(look().new_id, NEW_ID);
        assert_false(operation_secret_waits(fx->op));
        assert_false(operation_hand_over(fx->op, &err));
        assert_non_null(strstr(look().error.text, "Nobody has the secret of " NEW_ID));
        assert_null(strstr(look().error.text, none[i]));
        assert_false(journal_has(none[i]));
        assert_false(operation_create_again(fx->op, &err));
        operation_free(fx->op);
        fx->op = NULL;
        fx->is_made = false;
        fx->calls[CALL_CREATE] = 0;
    }
}

/* Were it shown without that line, the next start would say that nobody has it. */
static void a_journal_that_fails_keeps_the_secret_back(void **state)
{
    char *away = xasprintf("%s.away", fx->path);
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(rename(fx->path, away), 0);
    assert_int_equal(mkdir(fx->path, 0700), 0);
    assert_false(operation_hand_over(fx->op, &err));
    assert_int_equal(err.kind, ERR_UNKNOWN);
    assert_true(operation_secret_waits(fx->op));
    /* It can be tried again. */
    assert_int_equal(rmdir(fx->path), 0);
    assert_int_equal(rename(away, fx->path), 0);
    assert_true(operation_hand_over(fx->op, &err));
    free(away);
}

static void an_answer_about_a_key_of_before_is_none(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    fx->answer_id = TARGET; /* in the list before */
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_null(look().new_key);
    assert_string_equal(look().new_id, "");
}

static void a_key_that_was_not_asked_for_is_anothers(void **state)
{
    bool bad;
    char text[1600];
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    fx->made_name = "of-a-colleague";
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_non_null(strstr(look().error.text, "but that is another key"));
    assert_null(strstr(look().error.text, "evoke"));
    assert_true(journal_has("\"found\":\"another\""));
    operation_result(fx->op, &bad, text, sizeof(text)); /* left before its secret was seen */
    assert_true(bad);
    assert_null(strstr(text, "evoke"));
    assert_true(operation_hand_over(fx->op, &err));
    operation_secret_taken(fx->op);
    operation_result(fx->op, &bad, text, sizeof(text));
    assert_true(bad);
    assert_false(journal_has("\"result\":\"done\""));
}

static void a_mask_that_does_not_fit_means_look(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    fx->made_mask = "zz*****zzz";
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_true(fx->calls[CALL_GET] > 3); /* reads lag */
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_non_null(strstr(look().error.text, "its mask did not fit the secret"));
    assert_non_null(strstr(look().error.text, "look at it"));
    assert_null(strstr(look().error.text, "evoke"));
    assert_non_null(look().new_key);
}

/* A mask that shows nothing, or another length, says nothing against it. */
static void a_mask_that_shows_less_fits(void **state)
{
    static const char *const masks[] = {"**********", "s********X", "", "sk7Qm*3AX"};

    (void)state;
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        struct err err = {0};

        arm();
        review_create();
        fx->made_mask = masks[i];
        assert_true(operation_create_send(fx->op, &err));
        settle();
        assert_int_equal(look().phase, OP_DONE);
        operation_free(fx->op);
        fx->op = NULL;
        fx->is_made = false;
        fx->calls[CALL_CREATE] = 0;
    }
}

static void a_second_one_that_a_box_made_is_named(void **state)
{
    bool bad;
    char text[1600];
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    fx->fitting = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_non_null(strstr(look().words, "A second one that fits is there"));
    assert_non_null(strstr(look().words, "9b2e28ba-2fa1-41d2-883f-0016d3cca410"));
    /* It is not the one whose secret is wiped. */
    operation_result(fx->op, &bad, text, sizeof(text));
    assert_non_null(strstr(text, "The secret of " NEW_ID " was never shown"));
}

static void what_cannot_be_read_back_is_made_all_the_same(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_GET, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    /* The list has it: that is read back as well. */
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_true(look().read_back);
    operation_free(fx->op);
    fx->is_made = false;
    fx->calls[CALL_CREATE] = 0;
    fx->own_lacks = true;
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_true(operation_create_send(fx->op, &err)); /* it was told */
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_false(look().read_back);
    assert_non_null(strstr(look().words, "It was not read back: "));
}

static void reading_back_can_be_given_up(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    assert_true(operation_create_send(fx->op, &err));
    while (!operation_secret_waits(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    assert_int_equal(fx->calls[CALL_GET], 0); /* handed over first */
    assert_false(operation_is_handed(fx->op));
    assert_true(operation_hand_over(fx->op, &err));
    operation_secret_taken(fx->op);
    assert_true(operation_is_handed(fx->op));
    operation_stop_reading(fx->op);
    assert_int_equal(look().phase, OP_DONE);
    assert_false(look().read_back);
    assert_non_null(strstr(look().words, "Made and handed over"));
    assert_false(operation_in_flight(fx->op));
    assert_true(journal_has("taken"));
    assert_false(journal_has("\"result\"")); /* the next look sees whether there is a second one */
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
    assert_true(operation_hand_over(fx->op, &err));
    operation_result(fx->op, &bad, text, sizeof(text));
    assert_true(bad);
    assert_non_null(strstr(text, "may have been seen: revoke it unless somebody has it"));
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
        TEST(what_was_there_before_is_no_candidate),
        TEST(a_create_that_did_not_arrive),
        TEST(no_second_key_while_the_first_may_come),
        TEST(a_blind_list_is_no_leave_to_send_again),
        TEST(a_key_that_cannot_look_is_told_before),
        TEST(a_no_is_believed_after_a_look),
        TEST(a_no_after_the_work_was_done_is_no_refusal),
        TEST(what_is_no_secret_is_not_handed_over),
        TEST(a_journal_that_fails_keeps_the_secret_back),
        TEST(an_answer_about_a_key_of_before_is_none),
        TEST(a_list_that_was_slow_to_come_is_no_late_one),
        TEST(a_key_that_was_not_asked_for_is_anothers),
        TEST(a_mask_that_does_not_fit_means_look),
        TEST(a_mask_that_shows_less_fits),
        TEST(a_second_one_that_a_box_made_is_named),
        TEST(what_cannot_be_read_back_is_made_all_the_same),
        TEST(reading_back_can_be_given_up),
        TEST(a_lost_create_is_kept_for_the_next),
        TEST(no_second_write_while_one_runs),
        TEST(the_gate_is_asked_again_before_the_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
