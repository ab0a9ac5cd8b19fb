/* The state machine of a revocation: every guard, every way a reply can be lost, and what stands in
 * the journal afterwards. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/fake_revoke.h"
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

/* No list, no kept id, and the target rotates by itself: its mask may be that of the next secret.
 */
static void a_mask_that_may_have_changed_needs_a_word(void **state)
{
    struct err err = {0};
    int index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));

    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    review_revoke();
    assert_false(look().needs_own_override); /* its mask tells */
    operation_free(fx->op);
    fx->rotates = true;
    review_revoke();
    assert_true(look().needs_own_override);
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    /* Its id is kept, and it is another: nothing is asked. */
    operation_free(fx->op);
    fx->env.own_id = OTHER_ADMIN;
    review_revoke();
    assert_false(look().needs_own_override);
}

static void a_mask_that_shows_nothing_needs_a_word(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->server_mask = "**********";
    review_revoke();
    assert_true(look().needs_own_override);
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    assert_true(operation_revoke_send(fx->op, look().phrase, NULL, true, &err));
    settle();
    assert_int_equal(fx->calls[CALL_DELETE], 1);
}

/* Whatever anybody says: the mask of the secret in hand, or the kept id. */
static void the_own_key_is_refused_by_mask_or_id(void **state)
{
    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->env.own_mask = "z1*****3AX";
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GUARD);
    operation_free(fx->op);
    fx->env.own_mask = "Tb*****k3Q";
    fx->env.own_id = TARGET;
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GUARD);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
}

/* Another admin key is never the last: the own one is one too. */
static void another_admin_key_is_never_the_last(void **state)
{
    int index;

    (void)state;
    arm();
    inventory_remove_key(fx->inv, inventory_find_id(fx->inv, OTHER_ADMIN));
    index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    fx->inv->keys[0].status = STATUS_OTHER;
    inventory_find_own(fx->inv, "Tb", "k3Q");
    review_revoke();
    assert_int_equal(look().phase, OP_REVIEW);
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

/* One 403 says nothing; the id twice, and between them a list that shows the kind, do. */
static void gone_before_the_review(void **state)
{
    (void)state;
    answers(CALL_GET, ERR_GONE, 0, ERR_GONE);
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GONE);
    assert_true(look().proven);
    assert_null(look().target);
    assert_int_equal(fx->calls[CALL_GET], 3);
    assert_int_equal(fx->calls[CALL_IDS], 1);
    assert_int_equal(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)), -1);
    assert_non_null(strstr(look().reading, "403 AB03"));
    assert_non_null(strstr(look().control, OWN));
}

static void row_stays(void)
{
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_false(look().proven);
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

static void what_is_not_proven_takes_no_row_away(void **state)
{
    (void)state;
    /* Without the scope that reads it nobody knows. */
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.read"));
    answers(CALL_GET, ERR_GONE, 0, ERR_GONE);
    review_revoke();
    row_stays();
    scope_set_add(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.read"));
    /* A firewall. */
    operation_free(fx->op);
    fx->between[CALL_GET] = true;
    review_revoke();
    row_stays();
    assert_int_equal(fx->calls[CALL_IDS], 0);
    /* The list shows it still. */
    operation_free(fx->op);
    fx->between[CALL_GET] = false;
    fx->ids_show_target = true;
    review_revoke();
    row_stays();
    /* Nothing to compare with. */
    operation_free(fx->op);
    fx->ids_show_target = false;
    fx->no_control = true;
    review_revoke();
    row_stays();
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

/* Sends the revocation that was reviewed and waits for its end. */
static void revoke_now(void)
{
    struct err err = {0};

    arm();
    review_revoke();
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(fx->calls[CALL_DELETE], 1);
}

static void anew(void)
{
    fake_teardown(NULL);
    fake_setup(NULL);
}

static void a_lost_delete_is_found_out(void **state)
{
    static const enum err_kind lost[] = {ERR_UNKNOWN, ERR_SERVER, ERR_DECODE, ERR_INTERNAL};

    (void)state;
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        if (i > 0) {
            anew();
        }
        answers(CALL_DELETE, lost[i], 0, lost[i]);
        fx->between[CALL_DELETE] = lost[i] == ERR_INTERNAL;
        answers(CALL_GET, ERR_NONE, 3, ERR_GONE); /* twice before it, once more: it came late */
        revoke_now();
        assert_int_equal(look().phase, OP_DONE);
        assert_true(look().proven);
        assert_int_equal(fx->calls[CALL_GET], 5); /* the id on both sides of the control */
        assert_true(journal_has("\"result\":\"done\""));
        assert_true(journal_has("\"reading\":\"its id: 403 AB03"));
        assert_true(journal_has("\"control\":\"the list asked by ids: 200"));
    }
}

static void a_lost_delete_that_did_not_arrive_still_works(void **state)
{
    (void)state;
    answers(CALL_DELETE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().error.kind, ERR_UNKNOWN);
    assert_true(look().still_works);
    assert_non_null(strstr(look().error.text, "Revoke it again"));
    assert_true(journal_has("\"result\":\"unknown\""));
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

/* The API's own 200, and then nothing but what stands in between. */
static void a_firewall_never_says_gone(void **state)
{
    (void)state;
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
    fx->between[CALL_GET] = true;
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_false(look().proven);
    assert_int_equal(fx->calls[CALL_IDS], 0);
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

static void an_old_list_proves_nothing(void **state)
{
    (void)state;
    fx->ids_cached = true;
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
    answers(CALL_DELETE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_false(look().proven);
}

static void accepted_without_a_control_is_not_proven(void **state)
{
    (void)state;
    fx->no_control = true;
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.list"));
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.read"));
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_true(look().accepted);
    assert_false(look().proven);
    assert_int_equal(fx->calls[CALL_PAGE], 1); /* one page to find a control, once */
    assert_non_null(strstr(look().error.text, "workspace_service_api_keys.list"));
    assert_true(journal_has("\"result\":\"accepted\""));
    assert_true(journal_has("\"kind\":\"accepted\""));
    assert_false(journal_has("\"kind\":\"void\""));
}

static void a_200_that_did_nothing_is_void(void **state)
{
    (void)state;
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_true(look().still_works);
    assert_true(journal_has("\"kind\":\"accepted\""));
    assert_true(journal_has("\"kind\":\"void\""));
}

static void a_young_key_is_read_twice(void **state)
{
    (void)state;
    fx->young = true;
    inventory_remove_key(fx->inv, inventory_find_id(fx->inv, TARGET));
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
    revoke_now();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_GET], 4);
}

/* The API's own no, and two reads that show the key as it was. */
static void refused_is_looked_into(void **state)
{
    static const enum err_kind NO[] = {ERR_FORBIDDEN, ERR_GONE, ERR_REFUSED, ERR_CONFLICT,
                                       ERR_RATE_LIMIT};

    (void)state;
    for (size_t i = 0; i < sizeof(NO) / sizeof(NO[0]); i++) {
        if (i > 0) {
            anew();
        }
        answers(CALL_DELETE, NO[i], 0, NO[i]);
        revoke_now();
        assert_int_equal(look().phase, OP_REFUSED);
        assert_int_equal(look().error.kind, NO[i]);
        assert_int_equal(fx->calls[CALL_GET], 4);
        assert_true(journal_has("\"result\":\"refused\""));
        assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
    }
}

static void the_same_no_from_in_between_is_none(void **state)
{
    static const enum err_kind NO[] = {ERR_FORBIDDEN, ERR_GONE, ERR_REFUSED, ERR_AUTH};

    (void)state;
    for (size_t i = 0; i < sizeof(NO) / sizeof(NO[0]); i++) {
        if (i > 0) {
            anew();
        }
        answers(CALL_DELETE, NO[i], 0, NO[i]);
        fx->between[CALL_DELETE] = true;
        revoke_now();
        assert_int_equal(look().phase, OP_UNKNOWN);
        assert_true(look().still_works);
        assert_false(journal_has("\"result\":\"refused\""));
    }
}

/* A no may be the echo of our own work. */
static void a_no_and_the_key_is_gone(void **state)
{
    (void)state;
    answers(CALL_DELETE, ERR_GONE, 0, ERR_GONE);
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
    revoke_now();
    assert_int_equal(look().phase, OP_DONE);
    assert_true(look().proven);
}

static void a_key_that_changed_meanwhile_was_not_refused_for_sure(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_REFUSED, 0, ERR_REFUSED);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    while (fx->calls[CALL_DELETE] == 0) {
        loop_turn(fx->loop, 100);
    }
    fx->server_name = "prod-router";
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_true(look().still_works);
}

/* The own key died: nothing can be read any more. */
static void a_dead_key_in_the_middle(void **state)
{
    (void)state;
    answers(CALL_DELETE, ERR_AUTH, 0, ERR_AUTH);
    answers(CALL_GET, ERR_NONE, 2, ERR_AUTH);
    revoke_now();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(fx->refused, 1);
}

static void what_never_left_was_not_sent(void **state)
{
    (void)state;
    answers(CALL_DELETE, ERR_NETWORK, 0, ERR_NETWORK);
    revoke_now();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_NETWORK);
    assert_int_equal(fx->calls[CALL_GET], 2);
    assert_true(journal_has("\"result\":\"none\""));
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
        TEST(a_mask_that_may_have_changed_needs_a_word),
        TEST(a_mask_that_shows_nothing_needs_a_word),
        TEST(the_own_key_is_refused_by_mask_or_id),
        TEST(another_admin_key_is_never_the_last),
        TEST(missing_scope_is_said_early),
        TEST(a_changed_target_comes_back),
        TEST(gone_before_the_review),
        TEST(what_is_not_proven_takes_no_row_away),
        TEST(an_earlier_revocation_is_said),
        TEST(a_lost_delete_is_found_out),
        TEST(a_lost_delete_that_did_not_arrive_still_works),
        TEST(a_firewall_never_says_gone),
        TEST(an_old_list_proves_nothing),
        TEST(accepted_without_a_control_is_not_proven),
        TEST(a_200_that_did_nothing_is_void),
        TEST(a_young_key_is_read_twice),
        TEST(refused_is_looked_into),
        TEST(the_same_no_from_in_between_is_none),
        TEST(a_no_and_the_key_is_gone),
        TEST(a_key_that_changed_meanwhile_was_not_refused_for_sure),
        TEST(a_dead_key_in_the_middle),
        TEST(what_never_left_was_not_sent),
        TEST(no_journal_no_request),
        TEST(closing_leaves_a_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
