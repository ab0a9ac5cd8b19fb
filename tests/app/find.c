/* What a lost create may have made: which rows fit, and when an empty hand means none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/find.h"
#include "base/clock.h"

#include "base/banned.h"

#define W1 "6e5a9f93-ae3a-46b4-a87d-2464d373ef7e"
#define W2 "6e5a9f93-ae3a-46b4-a87d-2464d373ef00"
#define OWN "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define OLD "00000000-0000-4000-8000-000000000001"
#define NEW "00000000-0000-4000-8000-000000000002"
#define OTHER "00000000-0000-4000-8000-000000000003"
#define BEFORE 1000000
#define MADE 2000000

static struct inventory *inv;
static struct scope_set scopes;

static int setup(void **state)
{
    (void)state;
    inv = inventory_new();
    scopes = (struct scope_set){0};
    scope_set_add(&scopes, scope_find("completions.write"));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    inventory_free(inv);
    return 0;
}

/* A workspace key of W1 with the name and the scopes that were asked for. */
static struct key_row row_of(const char *id)
{
    return (struct key_row){
        .id = inventory_id(inv, id),
        .workspace_id = inventory_id(inv, W1),
        .scopes = scopes,
        .name = inventory_text(inv, "billing", 7),
        .created_at = MADE,
        .updated_at = MADE,
        .expires_at = TIME_NONE,
        .kind = KEY_WORKSPACE_SERVICE,
    };
}

static void add(struct key_row row)
{
    inventory_add_key(inv, &row);
    inv->lists[LIST_KEYS].total = (int64_t)inv->key_count;
}

static void add_own(const char *scope)
{
    struct key_row own = row_of(OWN);

    own.kind = KEY_ORGANISATION_SERVICE;
    own.workspace_id = (struct id){0};
    own.created_at = own.updated_at = BEFORE;
    scope_set_add(&own.scopes, scope_find(scope));
    add(own);
}

static const char *const KNOWN[] = {OWN, OLD};

static struct find_wanted wanted(void)
{
    return (struct find_wanted){
        .kind = KEY_WORKSPACE_SERVICE,
        .workspace = W1,
        .name = "billing",
        .scopes = &scopes,
        .known = KNOWN,
        .known_count = 2,
        .floor = BEFORE,
    };
}

static struct find_result find(const struct find_wanted *what)
{
    struct find_result result;

    find_look(what, inv, OWN, &result);
    return result;
}

static void what_is_new_and_fits_is_a_candidate(void **state)
{
    struct find_wanted what = wanted();
    struct find_result result;
    char words[600];

    (void)state;
    add(row_of(NEW));
    result = find(&what);
    assert_int_equal(result.count, 1);
    assert_string_equal(result.hits[0].id, NEW);
    assert_int_equal(result.hits[0].differs, 0);
    assert_int_equal(find_verdict(&result, 0, FIND_MAY_COME_MS), FIND_CANDIDATE);
    /* However old: what once was found is not denied. */
    assert_int_equal(find_verdict(&result, 1000000, FIND_MAY_COME_MS), FIND_CANDIDATE);
    find_words(&result, words, sizeof(words));
    assert_string_equal(words,
                        "The key " NEW " may be what it made; if nobody else made it, nobody "
                        "has its secret. Look at it and ask before it is revoked.");
}

static void what_was_there_before_is_none(void **state)
{
    struct find_wanted what = wanted();

    (void)state;
    add(row_of(OLD));
    assert_int_equal(find(&what).count, 0);
}

static void what_is_older_than_the_newest_of_before_is_none(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);

    (void)state;
    row.created_at = row.updated_at = BEFORE - 1;
    add(row);
    assert_int_equal(find(&what).count, 0);
    /* In the same second it may be it. */
    row.created_at = row.updated_at = BEFORE;
    add(row);
    assert_int_equal(find(&what).count, 1);
}

static void another_place_or_kind_is_none(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);

    (void)state;
    row.workspace_id = inventory_id(inv, W2);
    add(row);
    row = row_of(OTHER);
    row.kind = KEY_WORKSPACE_USER;
    add(row);
    assert_int_equal(find(&what).count, 0);
}

static void another_name_counts_when_it_was_changed_since(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);
    struct find_result result;
    char words[160];

    (void)state;
    row.name = inventory_text(inv, "renamed", 7);
    add(row);
    assert_int_equal(find(&what).count, 0);
    row.updated_at = MADE + 1;
    add(row);
    result = find(&what);
    assert_int_equal(result.count, 1);
    assert_int_equal(result.hits[0].differs, FIND_NAME);
    find_differs_words(result.hits[0].differs, words, sizeof(words));
    assert_string_equal(words, "its name differs from what was asked");
}

static void other_scopes_and_another_owner_are_told_and_exclude_nothing(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);
    struct find_result result;
    char words[160];

    (void)state;
    what.kind = KEY_WORKSPACE_USER;
    what.owner = OTHER;
    row.kind = KEY_WORKSPACE_USER;
    row.user_id = inventory_id(inv, OLD);
    row.scopes = (struct scope_set){0};
    add(row);
    result = find(&what);
    assert_int_equal(result.count, 1);
    assert_int_equal(result.hits[0].differs, FIND_OWNER | FIND_SCOPES);
    find_differs_words(result.hits[0].differs, words, sizeof(words));
    assert_string_equal(words, "its owner and its scopes differ from what was asked");
}

static void what_cannot_be_read_excludes_nothing(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);

    (void)state;
    row.kind = KEY_KIND_UNKNOWN;
    row.created_at = TIME_NONE;
    row.workspace_id = (struct id){0};
    add(row);
    assert_int_equal(find(&what).count, 1);
    assert_true((find(&what).hits[0].differs & FIND_UNREAD) != 0);
    /* The place of a slug cannot be compared. */
    add(row_of(OTHER));
    what.workspace = "ws-tools-e2a85b";
    assert_int_equal(find(&what).count, 2);
}

/* Only a time that was read can be older. */
static void a_time_that_cannot_be_read_is_no_older_one(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(NEW);

    (void)state;
    row.created_at = row.updated_at = TIME_UNREAD;
    row.name = inventory_text(inv, "renamed", 7);
    add(row);
    assert_int_equal(find(&what).count, 1);
    assert_true((find(&what).hits[0].differs & FIND_UNREAD) != 0);
    /* It may have been changed after a time that is not known. */
    inv->keys[0].updated_at = MADE;
    assert_int_equal(find(&what).count, 1);
    /* Nor does it show that the list reaches back. */
    add_own("workspace_service_api_keys.list");
    inv->keys[1].created_at = TIME_UNREAD;
    inv->lists[LIST_KEYS].total = 200;
    assert_false(find(&what).told);
}

static void the_newest_is_told_by_the_times_that_can_be_read(void **state)
{
    struct key_row row = row_of(OLD);

    (void)state;
    assert_true(find_newest(inv) == TIME_NONE);
    row.created_at = TIME_UNREAD;
    add(row);
    assert_true(find_newest(inv) == TIME_NONE);
    add(row_of(NEW));
    row = row_of(OTHER);
    row.created_at = BEFORE;
    add(row);
    assert_true(find_newest(inv) == MADE);
}

/* It may be the row that could not be understood. */
static void a_list_with_such_a_row_says_nothing_of_what_is_not_in_it(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(OLD);

    (void)state;
    add_own("workspace_service_api_keys.list");
    row.created_at = BEFORE - 1;
    add(row);
    assert_true(find(&what).told);
    inv->lists[LIST_KEYS].total = -1;
    assert_true(find(&what).told);
    inv->lists[LIST_KEYS].progress = PROGRESS_PARTIAL;
    assert_false(find(&what).told);
}

static void what_another_write_made_is_none(void **state)
{
    static const char *const others[] = {NEW};
    struct find_wanted what = wanted();

    (void)state;
    add(row_of(NEW));
    what.others = others;
    what.other_count = 1;
    assert_int_equal(find(&what).count, 0);
}

/* Without the page of before all that is there could be new. */
static void without_the_page_before_nothing_is_told(void **state)
{
    struct find_wanted what = wanted();
    struct find_result result;

    (void)state;
    add_own("workspace_service_api_keys.list");
    add(row_of(NEW));
    what.blind = true;
    result = find(&what);
    assert_int_equal(result.count, 0);
    assert_int_equal(find_verdict(&result, FIND_MAY_COME_MS, FIND_MAY_COME_MS), FIND_UNTOLD);
}

static void none_is_said_by_a_list_that_shows_the_kind_and_not_before_its_time(void **state)
{
    struct find_wanted what = wanted();
    struct find_result result;

    (void)state;
    add_own("workspace_service_api_keys.list");
    result = find(&what);
    assert_true(result.told);
    assert_int_equal(find_verdict(&result, 0, FIND_MAY_COME_MS), FIND_MAY_COME);
    assert_int_equal(find_verdict(&result, -1, FIND_MAY_COME_MS), FIND_MAY_COME);
    assert_int_equal(find_verdict(&result, FIND_MAY_COME_MS - 1, FIND_MAY_COME_MS), FIND_MAY_COME);
    assert_int_equal(find_verdict(&result, FIND_MAY_COME_MS, FIND_MAY_COME_MS), FIND_NONE);
}

static void a_list_that_lost_the_kind_says_nothing(void **state)
{
    struct find_wanted what = wanted();
    struct find_result result;

    (void)state;
    result = find(&what);
    assert_false(result.told); /* an empty list */
    add_own("workspace_user_api_keys.list");
    result = find(&what);
    assert_false(result.told);
    assert_int_equal(find_verdict(&result, FIND_MAY_COME_MS, FIND_MAY_COME_MS), FIND_UNTOLD);
    /* A key of that kind and place in it shows it as well. */
    add(row_of(OLD));
    assert_true(find(&what).told);
}

static void the_own_key_of_another_workspace_shows_nothing(void **state)
{
    struct find_wanted what = wanted();
    struct key_row own = row_of(OWN);

    (void)state;
    own.workspace_id = inventory_id(inv, W2);
    scope_set_add(&own.scopes, scope_find("workspace_service_api_keys.list"));
    add(own);
    assert_false(find_shows(&what, inv, OWN));
}

/* A page of which all is new may have it behind its end. */
static void a_page_that_does_not_reach_back_says_nothing(void **state)
{
    struct find_wanted what = wanted();
    struct key_row row = row_of(OTHER);

    (void)state;
    row.name = inventory_text(inv, "else", 4);
    add(row);
    inv->lists[LIST_KEYS].total = 200;
    assert_false(find(&what).told);
    row = row_of(OLD);
    row.created_at = BEFORE - 1;
    add(row);
    inv->lists[LIST_KEYS].total = 200;
    assert_true(find(&what).told);
}

static void many_are_counted_and_some_are_named(void **state)
{
    struct find_wanted what = wanted();
    struct find_result result;
    char words[1200];

    (void)state;
    for (int i = 0; i < FIND_HITS_MAX + 3; i++) {
        char id[ID_TEXT_SIZE];

        snprintf(id, sizeof(id), "00000000-0000-4000-8000-0000000001%02d", i);
        add(row_of(id));
    }
    result = find(&what);
    assert_int_equal(result.count, FIND_HITS_MAX + 3);
    find_words(&result, words, sizeof(words));
    assert_non_null(strstr(words, " or one of 3 more may be what it made"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_new_and_fits_is_a_candidate),
        TEST(what_was_there_before_is_none),
        TEST(what_is_older_than_the_newest_of_before_is_none),
        TEST(another_place_or_kind_is_none),
        TEST(another_name_counts_when_it_was_changed_since),
        TEST(other_scopes_and_another_owner_are_told_and_exclude_nothing),
        TEST(what_cannot_be_read_excludes_nothing),
        TEST(a_time_that_cannot_be_read_is_no_older_one),
        TEST(the_newest_is_told_by_the_times_that_can_be_read),
        TEST(a_list_with_such_a_row_says_nothing_of_what_is_not_in_it),
        TEST(what_another_write_made_is_none),
        TEST(without_the_page_before_nothing_is_told),
        TEST(none_is_said_by_a_list_that_shows_the_kind_and_not_before_its_time),
        TEST(a_list_that_lost_the_kind_says_nothing),
        TEST(the_own_key_of_another_workspace_shows_nothing),
        TEST(a_page_that_does_not_reach_back_says_nothing),
        TEST(many_are_counted_and_some_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
