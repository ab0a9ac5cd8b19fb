/* The state machine of a revocation: every guard, every way a reply can be lost, and what stands in
 * the journal afterwards. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/fake_api.h"
#include "base/alloc.h"

#include "base/banned.h"

static void revokes(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().phrase, "3AX");
    assert_string_equal(look().method, "DELETE");
    assert_int_equal(look().scope_held, HELD_YES);
    assert_string_equal(look().scope, "workspace_service_api_keys.delete");
    assert_false(look().changed);
    assert_int_equal(fx->calls[CALL_GET], 1);
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE); /* read once more, then still there once, then gone */
    assert_true(operation_revoke_send(fx->op, "REVOKE 3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
    assert_true(fx->intent_before_send);
    assert_true(journal_has("\"result\":\"done\""));
    /* What the server said to the DELETE, not what the read said that proved it. */
    assert_true(journal_has("\"status\":200"));
    assert_false(journal_has("\"status\":403"));
    assert_true(journal_has("\"reason\":\"INC-1\""));
    assert_true(journal_has("\"name\":\"gira-app\""));
    assert_int_equal(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)), -1);
}

static void refuses_unarmed_and_wrong_phrase(void **state)
{
    static const char *const wrong[] = {"",     "3ax",     "REVOKE 3AY", "REVOKE", "REVOKE 3AX ",
                                        " 3AX", "gira-app"};
    struct err err = {0};

    (void)state;
    review_revoke();
    assert_false(operation_revoke_send(fx->op, "REVOKE 3AX", NULL, false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    arm();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err = (struct err){0};
        assert_false(operation_revoke_send(fx->op, wrong[i], NULL, false, &err));
        assert_int_equal(err.kind, ERR_GUARD);
        assert_int_equal(look().phase, OP_REVIEW);
    }
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
}

static void production_needs_a_reason(void **state)
{
    struct err err = {0};

    (void)state;
    fx->env.tag = "PROD";
    fx->gate = (struct gate){.armed = true, .until = clock_mono_ms() + 60000};
    review_revoke();
    assert_false(operation_revoke_send(fx->op, "3AX", "", false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    assert_true(operation_revoke_send(fx->op, "3AX", "INC-7", false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_true(journal_has("\"reason\":\"INC-7\""));
}

static void own_key_is_refused(void **state)
{
    (void)state;
    arm();
    inventory_find_own(fx->inv, "z1", "3AX");
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GUARD);
    assert_non_null(strstr(look().error.text, "lock you out"));
}

/* The list does not show which key is the own one: an admin key, or one with the own mask, needs a
 * word. */
static void unknown_own_key_needs_a_word(void **state)
{
    struct err err = {0};
    int index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));

    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    review_revoke();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_true(look().needs_own_override);
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, true, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
}

static void own_mask_needs_a_word(void **state)
{
    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->env.own_mask = "z1*****3AX";
    review_revoke();
    assert_true(look().needs_own_override);
}

static void last_admin_is_refused(void **state)
{
    int index;

    (void)state;
    arm();
    /* Whatever became of the operator's own key, the target is the only admin key that is active.
     */
    inventory_remove_key(fx->inv, inventory_find_id(fx->inv, OTHER_ADMIN));
    index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    fx->inv->keys[0].status = STATUS_OTHER;
    fx->inv->lists[LIST_KEYS].counted = 2;
    fx->inv->lists[LIST_KEYS].total = 2;
    inventory_find_own(fx->inv, "Tb", "k3Q");
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_non_null(strstr(look().error.text, "last active admin"));
}

static void missing_scope_is_said_early(void **state)
{
    (void)state;
    arm();
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.delete"));
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_FORBIDDEN);
    assert_string_equal(look().error.scope, "workspace_service_api_keys.delete");
    assert_int_equal(look().scope_held, HELD_NO);
}

static void a_changed_target_comes_back(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    fx->server_name = "prod-router";
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_true(look().changed);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    /* Rotated meanwhile: the phrase is another. */
    fx->server_mask = "Qq*****9zZ";
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().phrase, "9zZ");
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    fx->at[CALL_GET] = 0;
    assert_true(operation_revoke_send(fx->op, "9zZ", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
}

static void gone_before_the_review(void **state)
{
    (void)state;
    answers(CALL_GET, ERR_GONE, 0, ERR_GONE);
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GONE);
    assert_null(look().target);
    /* The own key may read it, and it was there: so it is gone, and the list shows it no more. */
    assert_int_equal(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)), -1);
    assert_non_null(strstr(look().error.text, "The key is gone"));
    assert_null(strstr(look().error.text, "scope"));
}

/* Without the scope that reads it nobody knows: the row stays. */
static void perhaps_gone_before_the_review(void **state)
{
    (void)state;
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.read"));
    answers(CALL_GET, ERR_GONE, 0, ERR_GONE);
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

/* An earlier DELETE whose end is not known is said, with what the read shows now. */
static void an_earlier_revocation_is_said(void **state)
{
    (void)state;
    review_revoke();
    assert_string_equal(look().earlier, "");
    operation_free(fx->op);
    fx->kept = (struct operation_try){.act = "revoke-key", .at = clock_now(&fx->clock)};
    review_revoke();
    assert_non_null(strstr(look().earlier, "An earlier revocation of this key ("));
    assert_non_null(strstr(look().earlier, "it is still there"));
}

static void a_lost_delete_is_found_out(void **state)
{
    static const enum err_kind lost[] = {ERR_UNKNOWN, ERR_SERVER, ERR_DECODE, ERR_INTERNAL};

    (void)state;
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        struct err err = {0};

        if (i > 0) {
            fake_teardown(NULL);
            fake_setup(NULL);
        }
        arm();
        review_revoke();
        answers(CALL_DELETE, lost[i], 0, lost[i]);
        answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
        assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
        settle();
        assert_int_equal(look().phase, OP_DONE);
        assert_int_equal(fx->calls[CALL_DELETE], 1);
        assert_true(journal_has("\"result\":\"done\""));
        assert_false(journal_has("\"status\"")); /* no answer came */
    }
}

static void a_lost_delete_that_did_not_arrive(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().error.kind, ERR_UNKNOWN);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
    assert_true(journal_has("\"result\":\"unknown\""));
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

static void a_forbidden_delete(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    while (operation_in_flight(fx->op) || !operation_settled(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    assert_int_equal(look().phase, OP_REFUSED);
    assert_int_equal(look().error.kind, ERR_FORBIDDEN);
    assert_true(journal_has("\"result\":\"refused\""));
    assert_true(journal_has("\"status\":403"));
}

static void a_dead_key_in_the_middle(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_AUTH, 0, ERR_AUTH);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_int_equal(look().error.kind, ERR_AUTH);
    assert_int_equal(fx->refused, 1);
}

static void no_journal_no_request(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    assert_int_equal(mkdir(fx->path, 0700),
                     0); /* a folder in its place cannot be written, not even by root */
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_FILE);
    assert_non_null(strstr(look().error.text, "Nothing was sent"));
    assert_int_equal(fx->calls[CALL_DELETE], 0);
}

static void closing_leaves_a_trace(void **state)
{
    struct err err = {0};
    struct journal_report report;

    (void)state;
    arm();
    review_revoke();
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    while (!operation_in_flight(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    operation_free(fx->op);
    fx->op = NULL;
    assert_true(journal_read(fx->journal, &report, &err));
    /* The next console looks what became of it. */
    assert_int_equal(report.open_count, 1);
    assert_string_equal(report.open[0].target, TARGET);
    journal_report_done(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(revokes),
        TEST(refuses_unarmed_and_wrong_phrase),
        TEST(production_needs_a_reason),
        TEST(own_key_is_refused),
        TEST(unknown_own_key_needs_a_word),
        TEST(own_mask_needs_a_word),
        TEST(last_admin_is_refused),
        TEST(missing_scope_is_said_early),
        TEST(a_changed_target_comes_back),
        TEST(gone_before_the_review),
        TEST(perhaps_gone_before_the_review),
        TEST(an_earlier_revocation_is_said),
        TEST(a_lost_delete_is_found_out),
        TEST(a_lost_delete_that_did_not_arrive),
        TEST(a_forbidden_delete),
        TEST(a_dead_key_in_the_middle),
        TEST(no_journal_no_request),
        TEST(closing_leaves_a_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
