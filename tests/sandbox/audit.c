/* The audit log: what is in it, how it is narrowed and paged, and what is not known of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
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

#define LOG "/audit-logs?start_time=2026-11-25T03:12:00Z&end_time=2026-12-25T00:00:00Z"

/* The log since the start, with this behind the times. */
static json_t *records(const struct sandbox_process *sandbox, const char *more)
{
    char *path = text(LOG "%s", more);
    json_t *list = get(sandbox, root_of(sandbox), path);
    free(path);
    return list;
}

static struct made_key make(const struct sandbox_process *sandbox)
{
    return make_key(sandbox, root_of(sandbox), "organisation/service",
                    "{\"name\":\"made\",\"scopes\":[\"workspaces.list\",\"audit_logs.list\"]}");
}

static void every_mutation_is_in_it(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *resource, *action;
    } ACTS[] = {
        {"POST", "/api-keys/organisation/service", "{\"name\":7}", 400, "api-keys", "create"},
        {"PUT", "/api-keys/none", "{\"name\":\"n\"}", 403, "api-keys", "update"},
        {"DELETE", "/api-keys/none", NULL, 403, "api-keys", "delete"},
        {"POST", "/api-keys/none/rotate", NULL, 403, "api-keys", "rotate"},
        {"POST", "/admin/workspaces", "{\"name\":\"n\"}", 200, "workspaces", "create"},
        {"PUT", "/admin/workspaces/none", "{\"name\":\"n\"}", 403, "workspaces", "update"},
        {"DELETE", "/admin/workspaces/none", "{\"name\":\"n\"}", 403, "workspaces", "delete"},
        {"POST", "/admin/workspaces/none/users", "{}", 400, "workspace-users", "create"},
        {"PUT", "/admin/workspaces/none/users/x", "{}", 400, "workspace-users", "update"},
        {"DELETE", "/admin/workspaces/none/users/x", NULL, 403, "workspace-users", "delete"},
        {"PUT", "/admin/users/none", "{\"role\":\"admin\"}", 403, "users", "update"},
        {"DELETE", "/admin/users/none", NULL, 403, "users", "delete"},
        {"POST", "/admin/users/invites", "{\"email\":\"a@b.example\",\"role\":\"member\"}", 200,
         "invites", "create"},
        {"POST", "/admin/users/invites/none/resend", NULL, 403, "invites", "resend"},
        {"DELETE", "/admin/users/invites/none", NULL, 403, "invites", "delete"},
        {"POST", "/scim/workspaces", "{}", 400, "scim-workspaces", "create"},
        {"DELETE", "/scim/workspaces/none", NULL, 403, "scim-workspaces", "delete"},
    };
    const size_t count = sizeof ACTS / sizeof *ACTS;
    struct sandbox_process *sandbox = start(NULL);
    for (size_t i = 0; i < count; i++) {
        json_decref(expect(sandbox, root_of(sandbox), ACTS[i].method, ACTS[i].path, ACTS[i].body,
                           ACTS[i].status));
    }
    json_t *list = records(sandbox, "");
    assert_string_equal(string_at(list, "object"), "analytics-graph");
    assert_int_equal(number_at(list, "total"), count);
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_array_get(at(list, "records"), count - 1 - i); /* newest first */
        char *uri = text("/v1%s", ACTS[i].path);
        assert_string_equal(string_at(row, "method"), ACTS[i].method);
        assert_string_equal(string_at(row, "uri"), uri);
        assert_string_equal(string_at(row, "request_body"),
                            ACTS[i].body != NULL ? ACTS[i].body : "{}");
        assert_int_equal(number_at(row, "response_status_code"), ACTS[i].status);
        assert_string_equal(string_at(row, "resource_type"), ACTS[i].resource);
        assert_string_equal(string_at(row, "action"), ACTS[i].action);
        assert_string_equal(string_at(row, "user_type"), "api_key");
        free(uri);
    }
    json_decref(list);
    stop(sandbox);
}

static void rows_hold_sixteen_texts(void **state)
{
    (void)state;
    static const char *const NAMES[] = {
        "timestamp",    "method",          "uri",     "request_id", "request_body",
        "query_params", "request_headers", "user_id", "user_type",  "organisation_id",
        "workspace_id", "resource_type",   "action",  "client_ip",  "country"};
    struct sandbox_process *sandbox = start(NULL);
    struct made_key made = make(sandbox);
    char *path = text("/api-keys/%s?x=1&y=%%20", made.id);
    json_decref(expect(sandbox, made.secret, "DELETE", path, NULL, 403));
    /* The demo's whole life too: none is missing, none is null. */
    json_t *list = get(sandbox, root_of(sandbox),
                       "/audit-logs?start_time=2020-01-01&end_time=2027-01-01&page_size=100");
    size_t i;
    json_t *row;
    json_array_foreach(at(list, "records"), i, row)
    {
        assert_int_equal(json_object_size(row), 16);
        for (size_t n = 0; n < sizeof NAMES / sizeof *NAMES; n++) {
            (void)string_at(row, NAMES[n]);
        }
        (void)number_at(row, "response_status_code");
    }
    row = at(list, "records.0");
    assert_string_equal(string_at(row, "user_id"), made.id);
    assert_string_equal(string_at(row, "query_params"), "{\"x\":\"1\",\"y\":\" \"}");
    assert_non_null(strstr(string_at(row, "request_headers"), "*****"));
    char *dump = json_dumps(list, 0);
    assert_null(strstr(dump, made.secret));
    assert_null(strstr(dump, root_of(sandbox)));
    free(dump);
    json_decref(list);
    free(path);
    stop(sandbox);
}

static long long total_of(const struct sandbox_process *sandbox, const char *more)
{
    json_t *list = records(sandbox, more);
    long long total = number_at(list, "total");
    json_decref(list);
    return total;
}

static void it_is_narrowed(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    json_t *places = get(sandbox, root_of(sandbox), "/admin/workspaces");
    struct made_key made = make(sandbox);
    char *ws = text("/admin/workspaces/%s", string_at(places, "data.2.slug"));
    char *key = text("/api-keys/%s", made.id);
    json_decref(expect(sandbox, root_of(sandbox), "PUT", ws, "{\"description\":\"d\"}", 200));
    json_decref(expect(sandbox, made.secret, "DELETE", key, NULL, 403));
    json_t *list = records(sandbox, "");
    struct buf cases;
    buf_init(&cases, 0);
    buf_addf(
        &cases,
        "&method=POST &method=PUT &method=DELETE &uri=/v1%s &request_id=%s &user_id=%s "
        "&workspace_id=%s &workspace_id=%s &response_status_code=403 &resource_type=workspaces "
        "&action=delete &action=update&method=PUT",
        ws, string_at(list, "records.0.request_id"), made.id, string_at(places, "data.2.id"),
        string_at(places, "data.2.slug"));
    char *rest = cases.data;
    for (char *one = strsep(&rest, " "); one != NULL; one = strsep(&rest, " ")) {
        if (total_of(sandbox, one) != 1) {
            fail_msg("%s: %lld", one, total_of(sandbox, one));
        }
    }
    assert_int_equal(total_of(sandbox, "&user_type=api_key&client_ip=127.0.0.1"), 3);
    assert_int_equal(total_of(sandbox, "&user_type=user"), 0);
    assert_int_equal(total_of(sandbox, "&country=NZ"), 0);
    assert_int_equal(total_of(sandbox, "&actor_id=x&country="), 3); /* not its name; empty */
    static const char *const BAD[] = {
        "/audit-logs",
        "/audit-logs?start_time=2026-11-25T03:12:00Z",
        "/audit-logs?end_time=2026-11-25T03:12:00Z",
        "/audit-logs?start_time=then&end_time=2026-11-25T03:12:00Z",
        LOG "&response_status_code=x",
        LOG "&page_size=0",
        LOG "&current_page=-1",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        expect_error(sandbox, root_of(sandbox), "GET", BAD[i], NULL, 400, "AB01");
    }
    /* As two clients write the times [OBS]. */
    json_decref(get(sandbox, root_of(sandbox),
                    "/audit-logs?start_time=2026-11-30T00:00:00.000000Z&"
                    "end_time=2026-11-30T00:00:00.000Z"));
    buf_done(&cases);
    json_decref(list);
    json_decref(places);
    free(key);
    free(ws);
    stop(sandbox);
}

/* Newest first, bounds within, no total past the end, and rows that come do not move a window that
 * has ended. */
static void it_is_paged(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    for (int i = 0; i < 25; i++) {
        char *body = text("{\"name\":\"n%d\",\"scopes\":[]}", i);
        json_decref(
            expect(sandbox, root_of(sandbox), "POST", "/api-keys/organisation/service", body, 400));
        free(body);
    }
    advance(sandbox, 60);
    json_decref(expect(sandbox, root_of(sandbox), "DELETE", "/api-keys/none", NULL, 403));
    static const char WINDOW[] = "/audit-logs?start_time=2026-11-25T03:12:00Z&"
                                 "end_time=2026-11-25T03:12:59Z&page_size=10&current_page=%d";
    for (int page = 0; page < 4; page++) {
        char *path = text(WINDOW, page);
        json_t *list = get(sandbox, root_of(sandbox), path);
        size_t count = json_array_size(at(list, "records"));
        assert_int_equal(count, page < 2 ? 10 : page == 2 ? 5 : 0);
        assert_int_equal(number_at(list, "total"), page < 3 ? 25 : 0);
        if (count > 0) {
            char *name = text("\"n%d\"", 24 - page * 10);
            assert_non_null(strstr(string_at(list, "records.0.request_body"), name));
            free(name);
        }
        json_decref(list);
        free(path);
        json_decref(expect(sandbox, root_of(sandbox), "DELETE", "/api-keys/none", NULL, 403));
    }
    json_t *list = records(sandbox, "&page_size=1000");
    assert_int_equal(number_at(list, "total"), 30);
    json_decref(list);
    stop(sandbox);
}

static void rotations(void **state)
{
    (void)state;
    static const char *const PLACES[] = {"body", "top", "absent"};
    for (int i = 0; i < 3; i++) {
        char *quirk = text("rotate-event=%s", PLACES[i]);
        struct sandbox_process *sandbox = start(quirk);
        struct made_key made = make(sandbox);
        char *path = text("/api-keys/%s/rotate", made.id);
        char *mask = text("%.2s*****%s", made.secret, made.secret + strlen(made.secret) - 3);
        json_t *rotated = expect(sandbox, root_of(sandbox), "POST", path,
                                 "{\"key_transition_period_ms\":3600000}", 200);
        json_decref(expect(sandbox, root_of(sandbox), "POST", path, NULL, 409)); /* refused */
        json_t *list = records(sandbox, "&action=rotate");
        assert_int_equal(number_at(list, "total"), 2);
        const json_t *row = at(list, "records.1");
        json_t *body = json_loads(string_at(row, "request_body"), 0, NULL);
        const json_t *told = i == 0 ? body : row;
        if (i < 2) {
            assert_string_equal(string_at(told, "api_key_id"), made.id);
            assert_string_equal(string_at(told, "rotation_mode"), "manual");
            assert_string_equal(string_at(told, "old_key_masked"), mask);
            assert_string_equal(string_at(told, "transition_expires_at"),
                                string_at(rotated, "key_transition_expires_at"));
        }
        assert_int_equal(json_object_get(body, "key_transition_period_ms") != NULL, i > 0);
        char *dump = json_dumps(list, 0);
        assert_int_equal(strstr(dump, "old_key_masked") != NULL, i < 2);
        assert_int_equal(json_object_size(at(list, "records.0")), 16);
        free(dump);
        json_decref(body);
        json_decref(list);
        json_decref(rotated);
        free(mask);
        free(path);
        stop(sandbox);
        free(quirk);
    }
}

static void the_organisation_is_not_to_be_sent(void **state)
{
    (void)state;
    for (int ignored = 0; ignored < 2; ignored++) {
        struct sandbox_process *sandbox = start(ignored ? "audit-org=ignored" : "audit-org=403");
        json_decref(expect(sandbox, root_of(sandbox), "GET", LOG "&organisation_id=x", NULL,
                           ignored ? 200 : 403));
        stop(sandbox);
    }
}

static void actions_may_be_empty(void **state)
{
    (void)state;
    for (int some = 0; some < 2; some++) {
        struct sandbox_process *sandbox =
            start(some ? "audit-action=empty-some" : "audit-action=full");
        size_t empty = 0, i;
        json_t *row;
        for (int n = 0; n < 9; n++) {
            json_decref(expect(sandbox, root_of(sandbox), "DELETE", "/api-keys/none", NULL, 403));
        }
        json_t *list = records(sandbox, "");
        json_array_foreach(at(list, "records"), i, row)
        {
            empty += *string_at(row, "action") == '\0';
        }
        assert_int_equal(empty, some ? 3 : 0);
        json_decref(list);
        stop(sandbox);
    }
}

static void makers_of_keys(void **state)
{
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct sandbox_process *sandbox = start(told ? "key-makers=yes" : "key-makers=no");
        struct made_key made = make(sandbox);
        json_t *list = get(sandbox, root_of(sandbox), "/api-keys?page_size=100");
        const json_t *row = at(list, "data.0");
        assert_int_equal(json_object_get(row, "created_by") != NULL, told);
        if (told) {
            char *path = text("/api-keys/%s", made.id);
            const char *by = string_at(row, "created_by");
            assert_string_equal(string_at(row, "last_updated_by"), by);
            json_t *maker_row = records(sandbox, "&action=create");
            assert_string_equal(string_at(maker_row, "records.0.user_id"), by);
            json_decref(maker_row);
            json_decref(get(sandbox, root_of(sandbox), path));
            free(path);
        }
        json_decref(list);
        stop(sandbox);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mutation_is_in_it),
        cmocka_unit_test(rows_hold_sixteen_texts),
        cmocka_unit_test(it_is_narrowed),
        cmocka_unit_test(it_is_paged),
        cmocka_unit_test(rotations),
        cmocka_unit_test(the_organisation_is_not_to_be_sent),
        cmocka_unit_test(actions_may_be_empty),
        cmocka_unit_test(makers_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
