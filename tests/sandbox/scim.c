/* Groups of the identity provider are mapped to workspaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define NOW "2026-11-25T03:12:00Z"

static struct sandbox_process *start(const char *quirk)
{
    return sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, "--quirk",
                                               quirk != NULL ? quirk : "gone=403-AB03", NULL});
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

static const char *root_of(const struct sandbox_process *sandbox)
{
    return sandbox_admin_key(sandbox, 0);
}

static char *workspace(const struct sandbox_process *sandbox, const char *number, const char *what)
{
    json_t *list = get(sandbox, root_of(sandbox), "/admin/workspaces");
    char *value = xstrdup(string_at(at(at(list, "data"), number), what));
    json_decref(list);
    return value;
}

static json_t *map(const struct sandbox_process *sandbox, const char *ws, const char *role,
                   const char *how, const char *group, int status)
{
    char *body =
        text("{\"workspace_id\":\"%s\",\"role\":\"%s\",\"%s\":\"%s\"}", ws, role, how, group);
    json_t *json = expect(sandbox, root_of(sandbox), "POST", "/scim/workspaces", body, status);
    free(body);
    return json;
}

static long long count(const struct sandbox_process *sandbox, const char *query)
{
    char *path = text("/scim/workspaces%s", query);
    json_t *list = get(sandbox, root_of(sandbox), path);
    long long total = number_at(list, "total_count");
    assert_int_equal(json_array_size(at(list, "mappings")), total);
    json_decref(list);
    free(path);
    return total;
}

static void groups_are_mapped(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *id = workspace(sandbox, "2", "id");
    char *slug = workspace(sandbox, "5", "slug");
    char *other = workspace(sandbox, "5", "id");
    long long before = count(sandbox, "");
    json_t *first = map(sandbox, id, "Manager", "scim_group_name", "Platform night", 200);
    assert_int_equal(json_object_size(first), 5);
    assert_string_equal(string_at(first, "workspace_id"), id);
    assert_string_equal(string_at(first, "scim_group"), "Platform night");
    assert_string_equal(string_at(first, "role"), "manager");
    json_t *second =
        map(sandbox, slug, "manager", "scim_group_id", string_at(first, "scim_group_id"), 200);
    assert_string_equal(string_at(second, "workspace_id"), other);
    assert_string_equal(string_at(second, "scim_group"), "Platform night");
    assert_int_equal(count(sandbox, ""), before + 2);
    char *query = text("?workspace_id=%s&role=manager", slug);
    assert_int_equal(count(sandbox, query), 1);
    free(query);
    query = text("?scim_group_id=%s", string_at(first, "scim_group_id"));
    assert_int_equal(count(sandbox, query), 2);
    free(query);
    char *path = text("/scim/workspaces/%s", string_at(first, "id"));
    json_t *done = expect(sandbox, root_of(sandbox), "DELETE", path, NULL, 200);
    assert_true(json_is_true(at(done, "success")));
    json_decref(done);
    expect_error(sandbox, root_of(sandbox), "DELETE", path, NULL, 403, "AB03");
    json_t *again = map(sandbox, id, "manager", "scim_group_name", "Platform night", 200);
    assert_string_not_equal(string_at(again, "id"), string_at(first, "id"));
    json_t *groups = get(sandbox, root_of(sandbox), "/scim/groups?search=platform%20NIGHT");
    assert_int_equal(number_at(groups, "total_count"), 1);
    assert_string_equal(string_at(groups, "groups.0.id"), string_at(first, "scim_group_id"));
    json_decref(groups);
    /* What is archived is mapped no more. */
    json_t *place =
        expect(sandbox, root_of(sandbox), "POST", "/admin/workspaces", "{\"name\":\"n\"}", 200);
    json_t *third = map(sandbox, string_at(place, "id"), "member", "scim_group_name", "G", 200);
    char *ws = text("/admin/workspaces/%s", string_at(place, "id"));
    json_decref(expect(sandbox, root_of(sandbox), "DELETE", ws, "{\"name\":\"n\"}", 200));
    assert_int_equal(count(sandbox, ""), before + 2);
    json_decref(third);
    json_decref(place);
    free(ws);
    json_decref(again);
    json_decref(second);
    json_decref(first);
    free(path);
    free(other);
    free(slug);
    free(id);
    stop(sandbox);
}

static void wrong_mappings(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "\"role\":\"member\"",
        "\"role\":\"owner\",\"scim_group_name\":\"g\"",
        "\"scim_group_name\":\"g\"",
        "\"role\":\"member\",\"scim_group_name\":\"\"",
        "\"role\":\"member\",\"scim_group_name\":7",
        "\"role\":\"member\",\"scim_group_id\":7",
        "\"role\":\"member\",\"scim_group_name\":\"g\",\"scim_group_id\":\"x\"",
        "\"role\":\"member\",\"scim_group_name\":\"ws-tools-role-admin\"",
    };
    struct sandbox_process *sandbox = start(NULL);
    char *id = workspace(sandbox, "2", "id");
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *body = text("{\"workspace_id\":\"%s\",%s}", id, BAD[i]);
        expect_error(sandbox, root_of(sandbox), "POST", "/scim/workspaces", body, 400, "AB01");
        free(body);
    }
    expect_error(sandbox, root_of(sandbox), "POST", "/scim/workspaces",
                 "{\"role\":\"member\",\"scim_group_name\":\"g\"}", 400, "AB01");
    json_decref(map(sandbox, id, "member", "scim_group_id", "none", 403));
    json_decref(map(sandbox, "none", "member", "scim_group_name", "g", 403));
    free(id);
    stop(sandbox);
}

/* One group, one role, and each workspace once. */
static void a_group_has_one_role(void **state)
{
    (void)state;
    for (int conflict = 0; conflict < 2; conflict++) {
        struct sandbox_process *sandbox =
            start(conflict ? "mapping-conflict=409" : "mapping-conflict=400");
        char *id = workspace(sandbox, "2", "id");
        char *other = workspace(sandbox, "3", "id");
        json_decref(map(sandbox, id, "member", "scim_group_name", "g", 200));
        json_decref(map(sandbox, other, "admin", "scim_group_name", "g", conflict ? 409 : 400));
        json_decref(map(sandbox, id, "member", "scim_group_name", "g", conflict ? 409 : 400));
        json_decref(map(sandbox, other, "member", "scim_group_name", "g", 200));
        free(other);
        free(id);
        stop(sandbox);
    }
}

static void groups_of_one_version(void **state)
{
    (void)state;
    for (int v2 = 0; v2 < 2; v2++) {
        struct sandbox_process *sandbox = start(v2 ? "scim-groups=v2" : "scim-groups=v1");
        static const char *const PATHS[] = {"/v1/scim/groups", "/v2/scim/groups"};
        for (int i = 0; i < 2; i++) {
            struct answer answer = call_root(sandbox, root_of(sandbox), "GET", PATHS[i], NULL);
            assert_int_equal(answer.status, i == v2 ? 200 : 400);
            answer_done(&answer);
        }
        struct answer answer = call_root(sandbox, root_of(sandbox), "GET", "/v2/api-keys", NULL);
        assert_int_equal(answer.status, 400);
        answer_done(&answer);
        stop(sandbox);
    }
}

static void errors_with_and_without_an_envelope(void **state)
{
    (void)state;
    for (int bare = 0; bare < 2; bare++) {
        struct sandbox_process *sandbox = start(bare ? "scim-errors=bare" : "scim-errors=envelope");
        json_t *json = expect(sandbox, root_of(sandbox), "POST", "/scim/workspaces", "{}", 400);
        assert_true(strlen(string_at(json, bare ? "message" : "data.message")) > 0);
        assert_int_equal(json_object_size(json), bare ? 1 : 2);
        json_decref(json);
        expect_error(sandbox, root_of(sandbox), "GET", "/api-keys/none", NULL, 403, "AB03");
        stop(sandbox);
    }
}

static void pages(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("delete-body=empty");
    char *id = workspace(sandbox, "2", "id");
    long long before = count(sandbox, "");
    for (int i = 0; i < 101; i++) {
        char *name = text("group %d", i);
        json_decref(map(sandbox, id, "member", "scim_group_name", name, 200));
        free(name);
    }
    json_t *list = get(sandbox, root_of(sandbox), "/scim/workspaces"); /* 100 when none is asked */
    assert_int_equal(json_array_size(at(list, "mappings")), 100);
    assert_int_equal(number_at(list, "total_count"), before + 101);
    assert_int_equal(number_at(list, "page"), 0);
    assert_int_equal(number_at(list, "page_size"), 100);
    char *path = text("/scim/workspaces/%s", string_at(list, "mappings.50.id"));
    struct answer answer = call(sandbox, root_of(sandbox), "DELETE", path, NULL);
    assert_int_equal(answer.status, 200);
    assert_null(answer.json); /* as older servers did */
    answer_done(&answer);
    json_decref(list);
    list = get(sandbox, root_of(sandbox), "/scim/workspaces?page=1");
    assert_int_equal(json_array_size(at(list, "mappings")), before);
    json_decref(list);
    list = get(sandbox, root_of(sandbox), "/scim/workspaces?page=3&page_size=10");
    assert_int_equal(json_array_size(at(list, "mappings")), 10);
    json_decref(list);
    free(path);
    free(id);
    stop(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_mapped),
        cmocka_unit_test(wrong_mappings),
        cmocka_unit_test(a_group_has_one_role),
        cmocka_unit_test(groups_of_one_version),
        cmocka_unit_test(errors_with_and_without_an_envelope),
        cmocka_unit_test(pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
