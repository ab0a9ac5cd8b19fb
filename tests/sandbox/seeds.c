/* The seeds: the same every time, of the sizes asked for, and a demo that looks like life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define NOW "2026-11-25T03:12:00Z"

/* All that the first organisation's lists tell. */
static char *whole(const struct sandbox_process *sandbox)
{
    static const char *const PATHS[] = {
        "/api-keys?page_size=100",
        "/api-keys?page_size=100&current_page=1",
        "/admin/users?pageSize=100",
        "/admin/workspaces?page_size=100",
        "/admin/users/invites?pageSize=100",
        "/scim/workspaces",
        "/scim/groups",
        "/audit-logs?start_time=2020-01-01&end_time=2027-01-01&page_size=100"};
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), PATHS[i]);
        char *dump = json_dumps(list, JSON_SORT_KEYS);
        buf_adds(&out, dump);
        json_decref(list);
        free(dump);
    }
    buf_adds(&out, sandbox_admin_key(sandbox, 0));
    return buf_take(&out);
}

static char *seeded(const char *seed, const char *number)
{
    struct sandbox_process *sandbox = sandbox_start(
        (const char *const[]){"--seed", seed, "--number", number, "--now", NOW, NULL});
    char *all = whole(sandbox);
    assert_int_equal(sandbox_stop(sandbox), 0);
    return all;
}

static void seeds_are_the_same_every_time(void **state)
{
    (void)state;
    static const char *const SEEDS[] = {"demo", "scale"};
    for (int i = 0; i < 2; i++) {
        char *first = seeded(SEEDS[i], "1");
        char *same = seeded(SEEDS[i], "1");
        char *other = seeded(SEEDS[i], "2");
        assert_string_equal(first, same);
        assert_string_not_equal(first, other);
        free(first);
        free(same);
        free(other);
    }
}

static void scale_has_the_sizes(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start((const char *const[]){
        "--seed", "scale", "--workspaces", "12", "--users", "34", "--keys", "567", NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    static const char *const PATHS[] = {"/admin/workspaces", "/admin/users", "/api-keys"};
    static const int SIZES[] = {12, 34, 567};
    for (int i = 0; i < 3; i++) {
        json_t *list = get(sandbox, root, PATHS[i]);
        assert_int_equal(number_at(list, "total"), SIZES[i]);
        json_decref(list);
    }
    assert_int_equal(sandbox_stop(sandbox), 0);
}

struct counts {
    int all, twins, wide, endless, rotating;
    int by[3][3]; /* type, status */
};

static void count_key(const json_t *key, struct counts *counts)
{
    static const char *const TYPES[] = {"organisation-service", "workspace-service",
                                        "workspace-user"};
    static const char *const STATUSES[] = {"active", "expired", "exhausted"};
    const json_t *expires_at = at(key, "expires_at");
    counts->all++;
    counts->twins += strcmp(string_at(key, "name"), "default_user_key") == 0;
    counts->wide += json_array_size(at(key, "scopes")) >= 60;
    counts->endless += json_is_null(expires_at);
    counts->rotating += json_object_get(key, "rotation_policy") != NULL;
    if (json_is_string(expires_at)) { /* nobody dies before birth */
        assert_true(strcmp(json_string_value(expires_at), string_at(key, "created_at")) > 0);
    }
    for (int t = 0; t < 3; t++) {
        for (int s = 0; s < 3; s++) {
            counts->by[t][s] += strcmp(string_at(key, "type"), TYPES[t]) == 0 &&
                                strcmp(string_at(key, "status"), STATUSES[s]) == 0;
        }
    }
}

static bool has_name(const json_t *names, const char *part)
{
    size_t n;
    json_t *name;
    json_array_foreach(names, n, name)
    {
        if (strstr(json_string_value(name), part) != NULL) {
            return true;
        }
    }
    return false;
}

static void the_demo_looks_like_life(void **state)
{
    (void)state;
    /* NOLINTBEGIN(misc-misleading-bidirectional): as misleading as the names */
    static const char *const PARTS[] = {"🚀",      "客服",     "\u0628\u0648\u062a",
                                        "\u0301", "\x1b[31m", "\u202e",
                                        "\u200b", "\t",       "at-again-001"};
    /* NOLINTEND(misc-misleading-bidirectional) */
    struct sandbox_process *sandbox =
        sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    struct counts counts = {0};
    json_t *names = json_array();
    for (int page = 0; page < 2; page++) {
        char *path = text("/api-keys?page_size=100&current_page=%d", page);
        json_t *list = get(sandbox, root, path);
        size_t n;
        json_t *key;
        json_array_foreach(at(list, "data"), n, key)
        {
            count_key(key, &counts);
            json_array_append(names, at(key, "name"));
        }
        json_decref(list);
        free(path);
    }
    assert_int_equal(counts.all, 150);
    assert_int_equal(sandbox_organisation_count(sandbox), 2);
    assert_true(counts.twins >= 2 && counts.wide >= 2 && counts.endless >= 10);
    assert_true(counts.rotating >= 2);
    for (int t = 0; t < 3; t++) {
        for (int s = 0; s < (t == 0 ? 2 : 3); s++) { /* admin keys have no budget to use up */
            assert_true(counts.by[t][s] >= (t == 0 && s == 1 ? 1 : 2));
        }
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        assert_true(has_name(names, PARTS[i]));
    }
    /* The second organisation's key meets refusals, and can read itself all the same. */
    const char *second = sandbox_admin_key(sandbox, 1);
    expect_error(sandbox, second, "GET", "/admin/users", NULL, 403, "AB03");
    json_t *list = get(sandbox, second, "/api-keys?page_size=100");
    assert_string_equal(string_at(list, "data.39.name"), "console-admin");
    json_decref(list);
    json_decref(names);
    assert_int_equal(sandbox_stop(sandbox), 0);
}

/* When this record of a list came into being; lends. */
static const char *created(const json_t *list, const char *id)
{
    size_t n;
    json_t *row;
    json_array_foreach(at(list, "data"), n, row)
    {
        if (strcmp(string_at(row, "id"), id) == 0) {
            return string_at(row, "created_at");
        }
    }
    fail_msg("no record %s", id);
    return NULL;
}

static void nobody_is_a_member_too_early(void **state)
{
    (void)state;
    struct sandbox_process *sandbox =
        sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *users = get(sandbox, root, "/admin/users?pageSize=100");
    json_t *places = get(sandbox, root, "/admin/workspaces?page_size=100");
    size_t p, m, seen = 0;
    json_t *place, *member;
    json_array_foreach(at(places, "data"), p, place)
    {
        char *path = text("/admin/workspaces/%s/users?page_size=100", string_at(place, "id"));
        json_t *members = get(sandbox, root, path);
        json_array_foreach(at(members, "data"), m, member)
        {
            const char *since = string_at(member, "created_at");
            assert_true(strcmp(since, created(users, string_at(member, "id"))) >= 0);
            assert_true(strcmp(since, string_at(place, "created_at")) >= 0);
            seen++;
        }
        json_decref(members);
        free(path);
    }
    assert_true(seen > 50);
    json_decref(users);
    json_decref(places);
    assert_int_equal(sandbox_stop(sandbox), 0);
}

/* Invites in every status, groups with and without a mapping, rows of the log of every kind. */
static void the_demo_has_been_lived_in(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        long long least;
    } LISTS[] = {
        {"/admin/users/invites?status=pending", 2},
        {"/admin/users/invites?status=expired", 1},
        {"/admin/users/invites?status=accepted", 1},
        {"/admin/users/invites?status=cancelled", 1},
        {"/audit-logs?start_time=2020-01-01&end_time=2027-01-01", 140},
        {"/audit-logs?start_time=2020-01-01&end_time=2027-01-01&user_type=user", 20},
        {"/audit-logs?start_time=2020-01-01&end_time=2027-01-01&action=rotate", 4},
        {"/audit-logs?start_time=2020-01-01&end_time=2027-01-01&response_status_code=403", 2},
        {"/audit-logs?start_time=2026-11-24T03:12:00Z&end_time=2026-11-25T03:12:00Z", 4},
    };
    struct sandbox_process *sandbox =
        sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        json_t *list = get(sandbox, root, LISTS[i].path);
        if (number_at(list, "total") < LISTS[i].least) {
            fail_msg("%s: %lld", LISTS[i].path, number_at(list, "total"));
        }
        json_decref(list);
    }
    json_t *groups = get(sandbox, root, "/scim/groups");
    json_t *mappings = get(sandbox, root, "/scim/workspaces");
    assert_int_equal(number_at(groups, "total_count"), 4);
    assert_int_equal(number_at(mappings, "total_count"), 4);
    json_decref(groups);
    json_decref(mappings);
    /* Nobody's rotation, and a row that is nobody's request. */
    json_t *log =
        get(sandbox, root, "/audit-logs?start_time=2020-01-01&end_time=2027-01-01&page_size=100");
    size_t n, automatic = 0, of_none = 0;
    json_t *row;
    json_array_foreach(at(log, "records"), n, row)
    {
        automatic += strstr(string_at(row, "request_body"), "\"auto\"") != NULL;
        of_none += *string_at(row, "user_id") == '\0' && *string_at(row, "method") == '\0';
    }
    assert_int_equal(automatic, 2);
    assert_int_equal(of_none, 1);
    json_decref(log);
    assert_int_equal(sandbox_stop(sandbox), 0);
}

/* By quirk rotations by schedule have no actor; by hand they always have. */
static void rotations_by_schedule_may_have_no_actor(void **state)
{
    (void)state;
    for (int none = 0; none < 2; none++) {
        struct sandbox_process *sandbox = sandbox_start(
            (const char *const[]){"--seed", "demo", "--now", NOW, "--quirk",
                                  none ? "rotate-actor=no" : "rotate-actor=yes", NULL});
        json_t *log = get(sandbox, sandbox_admin_key(sandbox, 0),
                          "/audit-logs?start_time=2020-01-01&end_time=2027-01-01&action=rotate");
        size_t n, nobody = 0;
        json_t *row;
        json_array_foreach(at(log, "records"), n, row)
        {
            nobody += *string_at(row, "user_id") == '\0' && *string_at(row, "user_type") == '\0';
        }
        assert_int_equal(nobody, none ? 2 : 0);
        json_decref(log);
        assert_int_equal(sandbox_stop(sandbox), 0);
    }
}

static void scale_has_an_audit_log(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start((const char *const[]){
        "--seed", "scale", "--keys", "30", "--audit", "2345", "--now", NOW, NULL});
    static const char LOG[] =
        "/audit-logs?start_time=2020-01-01&end_time=2027-01-01&page_size=100&current_page=%d";
    char last[64] = "9";
    size_t seen = 0, n;
    json_t *row;
    for (int page = 0; page < 25; page++) {
        char *path = text(LOG, page);
        json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), path);
        json_array_foreach(at(list, "records"), n, row)
        {
            assert_true(strcmp(string_at(row, "timestamp"), last) <= 0);
            snprintf(last, sizeof last, "%s", string_at(row, "timestamp"));
            seen++;
        }
        json_decref(list);
        free(path);
    }
    assert_int_equal(seen, 2345);
    assert_int_equal(sandbox_stop(sandbox), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_are_the_same_every_time),
        cmocka_unit_test(scale_has_the_sizes),
        cmocka_unit_test(the_demo_looks_like_life),
        cmocka_unit_test(nobody_is_a_member_too_early),
        cmocka_unit_test(the_demo_has_been_lived_in),
        cmocka_unit_test(rotations_by_schedule_may_have_no_actor),
        cmocka_unit_test(scale_has_an_audit_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
