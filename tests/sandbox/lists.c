/* Lists and the shapes of their rows: paging by the names of each endpoint, filters, totals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

static struct sandbox_process *server;
static const char *root;
static char *busy; /* the id of a workspace with many members */

/* A list: its path, the names of its two parameters and those of another list, which it ignores. */
struct list {
    const char *path, *size, *page, *wrong_size, *wrong_page;
};

static const struct list LISTS[] = {
    {"/api-keys", "page_size", "current_page", "pageSize", "currentPage"},
    {"/admin/users", "pageSize", "currentPage", "page_size", "current_page"},
    {"/admin/workspaces", "page_size", "current_page", "pageSize", "currentPage"},
    {"/admin/workspaces/{}/users", "page_size", "current_page", "pageSize", "currentPage"},
};
#define LIST_COUNT (sizeof LISTS / sizeof *LISTS)

static char *path_of(const struct list *list, const char *query)
{
    const char *hole = strstr(list->path, "{}");
    if (hole == NULL) {
        return text("%s?%s", list->path, query);
    }
    return text("%.*s%s%s?%s", (int)(hole - list->path), list->path, busy, hole + 2, query);
}

static json_t *get_page(const struct list *list, int size, int page)
{
    char *query = text("%s=%d&%s=%d", list->size, size, list->page, page);
    char *path = path_of(list, query);
    json_t *json = get(server, root, path);
    free(path);
    free(query);
    return json;
}

static json_t *get_query(const struct list *list, const char *query)
{
    char *path = path_of(list, query);
    json_t *json = get(server, root, path);
    free(path);
    return json;
}

static size_t rows(const json_t *list)
{
    assert_string_equal(string_at(list, "object"), "list");
    return json_array_size(at(list, "data"));
}

/* Pages from 0, of 3: every row once, a short last page, then nothing, and the total all along. */
static void pages_hold_each_row_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        json_t *seen = json_object();
        json_t *first = get_page(&LISTS[i], 3, 0);
        long long total = number_at(first, "total");
        assert_true(total > 6);
        json_decref(first);
        for (int page = 0; page <= (int)total / 3 + 1; page++) {
            json_t *list = get_page(&LISTS[i], 3, page);
            size_t n;
            json_t *row;
            long long left = total - (long long)page * 3;
            assert_int_equal(rows(list), left > 3 ? 3 : left > 0 ? left : 0);
            assert_int_equal(number_at(list, "total"), total);
            json_array_foreach(at(list, "data"), n, row)
            {
                assert_int_equal(json_object_set_new(seen, string_at(row, "id"), json_true()), 0);
            }
            json_decref(list);
        }
        assert_int_equal(json_object_size(seen), total);
        json_decref(seen);
    }
}

static void far_pages_and_wrong_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        static const char *const BAD[] = {"x", "-1", "1.5", "", "99999999999999999999"};
        json_t *list = get_page(&LISTS[i], 100, 2000000000);
        assert_int_equal(rows(list), 0);
        json_decref(list);
        for (size_t b = 0; b < sizeof BAD / sizeof *BAD; b++) {
            char *query = text("%s=%s", b % 2 == 0 ? LISTS[i].size : LISTS[i].page, BAD[b]);
            char *path = path_of(&LISTS[i], query);
            expect_error(server, root, "GET", path, NULL, 400, "AB01");
            free(path);
            free(query);
        }
    }
}

/* What is not known by its name is not there: nothing else makes those mistakes invisible. */
static void unknown_parameters_are_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        char *query =
            text("%s=2&%s=1&sort=name&page=7&limit=1", LISTS[i].wrong_size, LISTS[i].wrong_page);
        json_t *plain = get_query(&LISTS[i], "");
        json_t *with = get_query(&LISTS[i], query);
        assert_true(json_equal(plain, with));
        assert_true(rows(plain) > 2);
        json_decref(plain);
        json_decref(with);
        free(query);
    }
}

/* 50 rows when no number is given, 100 when more are asked for. */
static void sizes(void **state)
{
    (void)state;
    json_t *list = get_query(&LISTS[0], "");
    assert_int_equal(rows(list), 50);
    assert_int_equal(number_at(list, "total"), 150);
    json_decref(list);
    list = get_page(&LISTS[0], 1000, 0);
    assert_int_equal(rows(list), 100);
    json_decref(list);
}

static void keys_come_newest_first(void **state)
{
    (void)state;
    char last[64] = "9999";
    for (int page = 0; page < 2; page++) {
        json_t *list = get_page(&LISTS[0], 100, page);
        size_t n;
        json_t *row;
        json_array_foreach(at(list, "data"), n, row)
        {
            assert_true(strcmp(string_at(row, "created_at"), last) <= 0);
            snprintf(last, sizeof last, "%s", string_at(row, "created_at"));
        }
        json_decref(list);
    }
}

static void keys_of_a_workspace_and_by_id(void **state)
{
    (void)state;
    json_t *workspaces = get(server, root, "/admin/workspaces");
    const char *id = string_at(workspaces, "data.1.id");
    char *by_id = text("workspace_id=%s&page_size=100", id);
    char *by_slug = text("workspace_id=%s&page_size=100", string_at(workspaces, "data.1.slug"));
    json_t *list = get_query(&LISTS[0], by_id);
    json_t *same = get_query(&LISTS[0], by_slug);
    size_t n;
    json_t *row;
    assert_true(json_equal(list, same));
    assert_int_equal(number_at(list, "total"), rows(list));
    assert_true(rows(list) > 4);
    json_array_foreach(at(list, "data"), n, row)
    {
        assert_string_equal(string_at(row, "workspace_id"), id);
    }
    char *ids = text("ids=%s,%s,no-such-id,%s", string_at(list, "data.3.id"),
                     string_at(list, "data.1.id"), string_at(list, "data.3.id"));
    json_t *two = get_query(&LISTS[0], ids);
    assert_int_equal(number_at(two, "total"), 2);
    assert_string_equal(string_at(two, "data.0.id"), string_at(list, "data.1.id"));
    assert_string_equal(string_at(two, "data.1.id"), string_at(list, "data.3.id"));
    json_decref(two);
    two = get_query(&LISTS[0], "ids=no-such-id");
    assert_int_equal(number_at(two, "total"), 0);
    expect_error(server, root, "GET", "/api-keys?workspace_id=no-such-workspace", NULL, 403,
                 "AB03");
    json_decref(two);
    json_decref(list);
    json_decref(same);
    json_decref(workspaces);
    free(ids);
    free(by_id);
    free(by_slug);
}

/* Pages of two lists by turns, and a key that comes and goes in between: each list tells what is
 * there now. */
static void lists_follow_what_is_made(void **state)
{
    (void)state;
    json_t *workspaces = get(server, root, "/admin/workspaces");
    const char *ws = string_at(workspaces, "data.2.id");
    char *queries[] = {text("page_size=10"), text("page_size=10&workspace_id=%s", ws)};
    char *body = text("{\"name\":\"newest\",\"workspace_id\":\"%s\",\"scopes\":"
                      "[\"completions.write\"]}",
                      ws);
    long long before[2], total;
    for (int i = 0; i < 2; i++) {
        json_t *list = get_query(&LISTS[0], queries[i]);
        before[i] = number_at(list, "total");
        json_decref(list);
    }
    struct made_key made = make_key(server, root, "workspace/service", body);
    for (int gone = 0; gone < 2; gone++) {
        for (int i = 0; i < 4; i++) {
            json_t *list = get_query(&LISTS[0], queries[i % 2]);
            total = number_at(list, "total");
            assert_int_equal(total, before[i % 2] + !gone);
            assert_int_equal(strcmp(string_at(list, "data.0.id"), made.id) == 0, !gone);
            json_decref(list);
        }
        if (!gone) {
            char *path = text("/api-keys/%s", made.id);
            json_decref(expect(server, root, "DELETE", path, NULL, 200));
            free(path);
        }
    }
    json_decref(workspaces);
    free(queries[0]);
    free(queries[1]);
    free(body);
}

static void users_by_role_and_mail(void **state)
{
    (void)state;
    long long sum = 0;
    static const char *const ROLES[] = {"owner", "admin", "member"};
    for (int i = 0; i < 3; i++) {
        char *query = text("role=%s&pageSize=100", ROLES[i]);
        json_t *list = get_query(&LISTS[1], query);
        size_t n;
        json_t *row;
        assert_true(rows(list) > 0);
        assert_int_equal(number_at(list, "total"), rows(list));
        json_array_foreach(at(list, "data"), n, row)
        {
            assert_string_equal(string_at(row, "role"), ROLES[i]);
        }
        sum += number_at(list, "total");
        json_decref(list);
        free(query);
    }
    assert_int_equal(sum, 32);
    json_t *one = get_query(&LISTS[1], "email=B.Ferreira%40acme.example");
    assert_int_equal(number_at(one, "total"), 1);
    assert_string_equal(string_at(one, "data.0.first_name"), "Beatriz");
    json_decref(one);
}

static void workspaces_by_name_and_status(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int total;
    } CASES[] = {
        {"name=pay", 1},
        {"name=Pay", 0},
        {"exact_name=payments", 1},
        {"exact_name=payment", 0},
        {"status=active", 8},
        {"status=archived", 1},
        {"status=active,archived", 9},
        {"name=support", 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *list = get_query(&LISTS[2], CASES[i].query);
        if (number_at(list, "total") != CASES[i].total) {
            fail_msg("%s: %lld", CASES[i].query, number_at(list, "total"));
        }
        assert_int_equal(rows(list), CASES[i].total);
        json_decref(list);
    }
}

static void members_by_role_and_mail(void **state)
{
    (void)state;
    static const char *const ROLES[] = {"admin", "manager", "member"};
    json_t *all = get_query(&LISTS[3], "page_size=100");
    size_t sum = 0;
    for (int i = 0; i < 3; i++) {
        char *query = text("role=%s&page_size=100", ROLES[i]);
        json_t *list = get_query(&LISTS[3], query);
        size_t n;
        json_t *row;
        assert_true(rows(list) > 0);
        json_array_foreach(at(list, "data"), n, row)
        {
            assert_string_equal(string_at(row, "role"), ROLES[i]);
            /* Owners of the organisation are admin whatever they were given [OBS]. */
            assert_true(strcmp(string_at(row, "org_role"), "owner") != 0 || i == 0);
        }
        sum += rows(list);
        json_decref(list);
        free(query);
    }
    assert_int_equal(sum, rows(all));
    char *query = text("email=%s", string_at(all, "data.4.email"));
    json_t *one = get_query(&LISTS[3], query);
    assert_int_equal(number_at(one, "total"), 1);
    assert_string_equal(string_at(one, "data.0.id"), string_at(all, "data.4.id"));
    json_decref(one);
    json_decref(all);
    free(query);
}

/* The second owner of the second organisation was given another role in its first workspace. */
static void owners_show_as_admin(void **state)
{
    (void)state;
    const char *second = sandbox_admin_key(server, 1);
    json_t *places = get(server, second, "/admin/workspaces");
    for (int i = 0; i < 2; i++) {
        char *path = text("/admin/workspaces/%s/users?email=m.friis%%40borealis.example%s",
                          string_at(places, "data.0.id"), i == 0 ? "" : "&role=admin");
        json_t *list = get(server, second, path);
        assert_int_equal(number_at(list, "total"), 1);
        assert_string_equal(string_at(list, "data.0.org_role"), "owner");
        assert_string_equal(string_at(list, "data.0.role"), "admin");
        json_decref(list);
        free(path);
    }
    json_decref(places);
}

/* The members of an object, all and no others. */
static void has_exactly(const json_t *object, const char *names)
{
    char *copy = xstrdup(names);
    char *rest = copy;
    size_t count = 0;
    for (char *name = strsep(&rest, " "); name != NULL; name = strsep(&rest, " "), count++) {
        at(object, name);
    }
    if (json_object_size(object) != count) {
        char *dump = json_dumps(object, 0);
        fail_msg("more than %s in %s", names, dump);
    }
    free(copy);
}

static void is_time(const char *stamp)
{
    assert_int_equal(strlen(stamp), strlen("2026-05-03T17:08:55.000Z"));
    assert_string_equal(stamp + 19, ".000Z");
    assert_int_equal(stamp[10], 'T');
}

static void shapes_of_people(void **state)
{
    (void)state;
    json_t *users = get_query(&LISTS[1], "");
    const json_t *user = at(users, "data.3");
    has_exactly(user, "object id first_name last_name role email created_at last_updated_at");
    assert_string_equal(string_at(user, "object"), "user");
    assert_int_equal(string_at(user, "id")[14], '1'); /* UUID v1 [LIVE] */
    is_time(string_at(user, "created_at"));
    char *path = text("/admin/users/%s", string_at(user, "id"));
    json_t *one = get(server, root, path);
    assert_int_equal(strncmp(string_at(one, "workspace_ids.0"), "ws-", 3), 0);
    assert_int_equal(json_object_del(one, "workspace_ids"), 0);
    assert_true(json_equal(one, user));
    json_decref(one);
    free(path);
    path = text("/admin/users/%s", string_at(users, "data.0.id")); /* an owner is everywhere */
    one = get(server, root, path);
    assert_int_equal(json_array_size(at(one, "workspace_ids")), 8);
    json_decref(one);
    free(path);

    json_t *members = get_query(&LISTS[3], "");
    const json_t *member = at(members, "data.2");
    has_exactly(member, "object id first_name last_name org_role role created_at last_updated_at "
                        "status workspace_id email scopes settings");
    assert_string_equal(string_at(member, "object"), "workspace-user");
    assert_string_equal(string_at(member, "status"), "active");
    assert_string_equal(string_at(member, "workspace_id"), busy);
    path = text("/admin/workspaces/%s/users/%s", busy, string_at(member, "id"));
    one = get(server, root, path);
    assert_true(json_equal(one, member));
    json_decref(one);
    json_decref(users);
    json_decref(members);
    free(path);
}

static void shapes_of_workspaces(void **state)
{
    (void)state;
    json_t *list = get_query(&LISTS[2], "");
    const json_t *row = at(list, "data.1");
    has_exactly(row, "id slug name icon description created_at last_updated_at defaults is_default "
                     "scim_source_id usage_limits rate_limits security_settings status object");
    assert_int_equal(number_at(row, "is_default"), 0);
    assert_int_equal(number_at(list, "data.0.is_default"), 1);
    assert_true(json_is_array(at(row, "usage_limits")));
    assert_true(json_is_null(at(list, "data.0.usage_limits")));
    assert_int_equal(json_object_size(at(row, "security_settings")), 35);
    assert_true(json_is_boolean(at(row, "security_settings.membersWriteApiKeys")));
    assert_true(json_is_false(at(list, "data.0.security_settings.membersWriteConfigs")));
    assert_true(json_is_true(at(list, "data.0.security_settings.membersViewLogs")));
    assert_string_equal(string_at(row, "name"), "💳 payments");
    assert_string_equal(string_at(row, "icon"), "💳");
    json_t *plain = get_query(&LISTS[2], "name_format=plain");
    assert_string_equal(string_at(plain, "data.1.name"), "payments");
    json_decref(plain);

    char *path = text("/admin/workspaces/%s", string_at(row, "slug"));
    json_t *one = get(server, root, path);
    has_exactly(one, "id slug name icon description created_at last_updated_at defaults is_default "
                     "usage_limits rate_limits security_settings object settings organisation_id "
                     "last_reset_at created_by creation_source users");
    assert_string_equal(string_at(one, "id"), string_at(row, "id"));
    has_exactly(at(one, "settings"), "debug_log user_api_key_ttl user_key_metadata "
                                     "user_api_key_count user_api_key_max_ttl "
                                     "user_key_metadata_override");
    assert_int_equal(number_at(one, "settings.user_api_key_count"), -1);
    has_exactly(at(one, "users.0"), "first_name last_name org_role role created_at last_updated_at "
                                    "status workspace_id id");
    assert_string_equal(string_at(one, "organisation_id"), sandbox_organisation_id(server, 0));
    json_decref(one);
    json_decref(list);
    free(path);
}

static void shapes_of_keys(void **state)
{
    (void)state;
    static const char ROW[] =
        "id key name description type organisation_id workspace_id user_id status created_at "
        "last_updated_at creation_mode rate_limits usage_limits reset_usage expires_at "
        "last_reset_at alert_emails expiry_enforced allow_config_override api_key_defaults_id "
        "scopes defaults object";
    json_t *list = get_query(&LISTS[0], "page_size=100&current_page=1");
    json_t *row = at(list, "data.49"); /* the oldest: the console's own */
    has_exactly(row, ROW);
    has_exactly(at(row, "defaults"), "metadata config_id");
    assert_string_equal(string_at(row, "type"), "organisation-service");
    assert_true(json_is_null(at(row, "workspace_id")));
    assert_true(json_is_null(at(row, "user_id")));
    assert_true(json_is_null(at(row, "usage_limits")));
    assert_true(json_is_array(at(row, "rate_limits")));
    assert_int_equal(number_at(row, "expiry_enforced"), 0);
    assert_int_equal(json_array_size(at(row, "scopes")), 133);
    /* The mask: the first two characters, five stars, the last three [LIVE]. */
    assert_int_equal(strlen(string_at(row, "key")), 10);
    assert_int_equal(strncmp(string_at(row, "key"), root, 2), 0);
    assert_int_equal(strncmp(string_at(row, "key") + 2, "*****", 5), 0);
    assert_string_equal(string_at(row, "key") + 7, root + strlen(root) - 3);
    is_time(string_at(row, "created_at"));
    char *path = text("/api-keys/%s", string_at(row, "id"));
    json_t *one = get(server, root, path);
    assert_true(json_is_null(at(one, "next_usage_reset_at")));
    assert_true(json_is_false(at(one, "defaults.allow_config_override")));
    assert_int_equal(json_object_size(one), json_object_size(row) + 1);
    json_decref(one);
    json_decref(list);
    free(path);
}

static void unknown_paths_fall_to_the_gateway(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"/workspaces", "/admin/integrations", "/admin/users/",
                                        "/api-keys/a/b", "/"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        json_t *json = expect(server, NULL, "GET", PATHS[i], NULL, 400);
        assert_string_equal(string_at(json, "status"), "failure");
        assert_string_equal(string_at(json, "message"),
                            "Either x-portkey-config or x-portkey-provider header is required");
        json_decref(json);
    }
    json_decref(expect(server, root, "PATCH", "/api-keys", NULL, 400));
    struct answer answer = call_root(server, root, "GET", "/api-keys", NULL); /* without /v1 */
    assert_int_equal(answer.status, 400);
    assert_non_null(strstr(answer.head, "Content-Type: application/json"));
    answer_done(&answer);
    /* An object that is not there reads as forbidden. */
    expect_error(server, root, "GET", "/api-keys/no-such-key", NULL, 403, "AB03");
    expect_error(server, root, "GET", "/admin/users/no-such-user", NULL, 403, "AB03");
    expect_error(server, root, "GET", "/admin/workspaces/no-such-place", NULL, 403, "AB03");
    expect_error(server, root, "GET", "/admin/workspaces/%C3%28", NULL, 403, "AB03");
}

static int setup(void **state)
{
    (void)state;
    server = sandbox_start(
        (const char *const[]){"--seed", "demo", "--now", "2026-11-25T03:12:00Z", NULL});
    root = sandbox_admin_key(server, 0);
    json_t *list = get(server, root, "/admin/workspaces");
    busy = xstrdup(string_at(list, "data.0.id"));
    json_decref(list);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(busy);
    return sandbox_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_hold_each_row_once),
        cmocka_unit_test(far_pages_and_wrong_numbers),
        cmocka_unit_test(unknown_parameters_are_ignored),
        cmocka_unit_test(sizes),
        cmocka_unit_test(keys_come_newest_first),
        cmocka_unit_test(keys_of_a_workspace_and_by_id),
        cmocka_unit_test(lists_follow_what_is_made),
        cmocka_unit_test(users_by_role_and_mail),
        cmocka_unit_test(workspaces_by_name_and_status),
        cmocka_unit_test(members_by_role_and_mail),
        cmocka_unit_test(owners_show_as_admin),
        cmocka_unit_test(shapes_of_people),
        cmocka_unit_test(shapes_of_workspaces),
        cmocka_unit_test(shapes_of_keys),
        cmocka_unit_test(unknown_paths_fall_to_the_gateway),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
